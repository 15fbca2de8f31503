/// The six lists of rules that every ruleset has, in the kernel's order.
public enum RuleKind: UInt8, Sendable, Hashable, CaseIterable {
  /// Normalisation.
  case scrub = 0
  /// Pass, block and their anchors.
  case filter = 1
  /// Source translation.
  case nat = 2
  /// One-to-one translation.
  case binat = 3
  /// Redirection (also NAT64).
  case rdr = 4
  /// Dummynet (Apple).
  case dummynet = 5
}
