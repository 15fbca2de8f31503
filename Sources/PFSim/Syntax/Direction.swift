/// A packet's or rule's direction, with the kernel's numbers.
public enum Direction: UInt8, Sendable, Hashable {
  /// Rules: both directions (`PF_INOUT`).
  case any = 0
  /// Into the host.
  case `in` = 1
  /// Out of the host.
  case out = 2
}
