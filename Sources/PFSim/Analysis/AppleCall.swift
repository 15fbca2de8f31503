/// A call that the main ruleset of a Mac with VMs makes.
struct AppleCall {
  var kind: RuleKind
  var path: String
  var wildcard: Bool
  /// What does not work without it.
  var loss: String

  /// The line as it stands in pf.conf.
  var text: String { "\(kind.callWord) \"\(path)\(wildcard ? "/*" : "")\"" }

  /// The place among the calls in the order that pf.conf must keep.
  var rank: Int {
    let kinds: [RuleKind] = [.scrub, .nat, .rdr, .binat, .dummynet, .filter]
    return (kinds.firstIndex(of: kind) ?? 0) * 2 + (path == SharingService.anchor ? 1 : 0)
  }

  /// Those of a stock pf.conf.
  static let comApple: [AppleCall] = [
    apple(.scrub, "normalisation rules below com.apple are not evaluated"),
    apple(.nat, "translation rules below com.apple are not evaluated"),
    apple(.rdr, "redirections below com.apple are not evaluated"),
    apple(.dummynet, "traffic shaping of macOS (Network Link Conditioner) has no effect"),
    apple(.filter, "filter rules below com.apple (AirDrop, the firewall) are not evaluated"),
  ]

  /// Those that macOS adds with a VM network.
  static let sharing: [AppleCall] = [
    shared(.scrub, "packets of VMs are not normalised (no-df)"),
    shared(.nat, OwnTranslation.none.loss),
    shared(.rdr, "exposed ports of VMs (--net-softnet-expose) are not redirected"),
    shared(.filter, "the sharing service's pass rules do not count"),
  ]

  private static func apple(_ kind: RuleKind, _ loss: String) -> AppleCall {
    AppleCall(kind: kind, path: "com.apple", wildcard: true, loss: loss)
  }

  private static func shared(_ kind: RuleKind, _ loss: String) -> AppleCall {
    AppleCall(kind: kind, path: SharingService.anchor, wildcard: false, loss: loss)
  }
}
