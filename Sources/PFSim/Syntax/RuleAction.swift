/// The actions of rules, with the kernel's numbers (`PF_PASS` …).
public enum RuleAction: UInt8, Sendable, Hashable, CaseIterable {
  /// Let the packet pass.
  case pass = 0
  /// Drop the packet.
  case block = 1
  /// Normalise the packet.
  case scrub = 2
  /// Do not normalise.
  case noScrub = 3
  /// Translate the source.
  case nat = 4
  /// Do not translate the source.
  case noNat = 5
  /// Translate both ways, one to one.
  case binat = 6
  /// Do not translate one to one.
  case noBinat = 7
  /// Redirect the destination.
  case rdr = 8
  /// Do not redirect.
  case noRdr = 9
  /// Only a verdict: answered by the SYN proxy.
  case synproxyDrop = 10
  /// Send through a pipe (Apple).
  case dummynet = 11
  /// Do not send through a pipe (Apple).
  case noDummynet = 12
  /// Translate IPv6 to IPv4 (Apple).
  case nat64 = 13
  /// Do not translate IPv6 to IPv4 (Apple).
  case noNat64 = 14
}
