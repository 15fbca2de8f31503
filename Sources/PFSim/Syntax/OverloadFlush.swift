/// Which states an overloading source loses.
public enum OverloadFlush: UInt8, Sendable, Hashable {
  /// None.
  case none
  /// Those made by the rule.
  case rule
  /// All.
  case global
}
