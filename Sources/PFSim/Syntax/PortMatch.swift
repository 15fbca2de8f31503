/// A test of a port; numbers in host order.
public struct PortMatch: Sendable, Hashable {
  /// The operator.
  public var comparison: Comparison
  /// The first operand.
  public var first: UInt16
  /// The second operand of the range operators, else 0.
  public var second: UInt16

  /// Makes a test.
  public init(_ comparison: Comparison, _ first: UInt16, _ second: UInt16 = 0) {
    self.comparison = comparison
    self.first = first
    self.second = second
  }
}
