extension FingerprintList {
  /// A few systems of today, for when no file of fingerprints is given.
  ///
  /// The window scale stays open, since the kernel cannot read it. Names that are not here leave
  /// verdicts open instead of never matching.
  public static let builtIn: FingerprintList = {
    // DIFFERS: fingerprints
    var list = FingerprintList(parsing: Array(facts.utf8))
    list.isWhole = false
    return list
  }()

  // Linux offers a multiple of its segment size, the BSDs, Windows and macOS fixed windows.
  private static let facts = """
    S4:64:1:60:M*,S,T,N,W*:Linux:2.6::kernels of 2003 to 2011
    S10:64:1:60:M*,S,T,N,W*:Linux:3.0-3.9::ten segments
    S20:64:1:60:M*,S,T,N,W*:Linux:4::twenty segments
    S44:64:1:60:M*,S,T,N,W*:Linux:5::since 4.20
    S45:64:1:60:M*,S,T,N,W*:Linux:5::since 4.20
    65535:64:1:64:M*,N,W*,N,N,T,S:MacOS:X::and its descendants
    65535:64:1:60:M*,N,W*,S,T:FreeBSD:9::and later
    16384:64:1:64:M*,N,N,S,N,W*,N,N,T:OpenBSD:5::and later
    32768:64:1:64:M*,N,W*,S,T,N,N,N,N:NetBSD:5::and later
    8192:128:1:52:M*,N,W*,N,N,S:Windows:7::and later
    64240:128:1:52:M*,N,W*,N,N,S:Windows:10::and later
    65535:128:1:52:M*,N,W*,N,N,S:Windows:10::and later

    """
}
