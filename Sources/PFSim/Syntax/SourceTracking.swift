/// Source tracking of a rule.
public enum SourceTracking: UInt8, Sendable, Hashable {
  /// None.
  case none
  /// One node per source address over all such rules.
  case global
  /// One node per source address and rule.
  case rule
}
