/// A test of a user or group id.
public struct IDMatch: Sendable, Hashable {
  /// The operator.
  public var comparison: Comparison
  /// The first operand; ``unknown`` for `unknown`.
  public var first: UInt32
  /// The second operand of the range operators, else 0.
  public var second: UInt32
  /// The id of a packet without a socket (`UID_MAX`).
  public static let unknown: UInt32 = 0x7fff_ffff

  /// Makes a test.
  public init(_ comparison: Comparison, _ first: UInt32, _ second: UInt32 = 0) {
    self.comparison = comparison
    self.first = first
    self.second = second
  }
}
