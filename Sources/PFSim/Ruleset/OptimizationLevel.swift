/// How far pfctl's optimiser goes.
public enum OptimizationLevel: UInt8, Sendable, Hashable {
  /// `none`.
  case none
  /// `basic`, the default.
  case basic
  /// `profile`.
  case profile
}
