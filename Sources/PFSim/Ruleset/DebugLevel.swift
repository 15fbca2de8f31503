/// The kernel's debug levels.
public enum DebugLevel: UInt8, Sendable, Hashable {
  /// `none`.
  case none
  /// `urgent`.
  case urgent
  /// `misc`.
  case misc
  /// `loud`.
  case loud
}
