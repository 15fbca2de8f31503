/// Whether and how a rule keeps state, with the kernel's numbers.
public enum StateKeeping: UInt8, Sendable, Hashable {
  /// No state.
  case none = 0
  /// `keep state`.
  case keep = 1
  /// `modulate state`.
  case modulate = 2
  /// `synproxy state`.
  case synproxy = 3
}
