/// How a blocking rule answers.
public struct BlockReturn: Sendable, Hashable {
  /// The kinds of answer.
  public enum Kind: UInt8, Sendable, Hashable {
    /// No answer.
    case drop
    /// A reset for TCP, an ICMP error for others.
    case `return`
    /// A reset (TCP only).
    case returnReset
    /// An ICMP error.
    case returnICMP
  }
  /// The kind of answer.
  public var kind: Kind
  /// The reset's TTL; 0 for the system's.
  public var ttl: UInt8 = 0
  /// The IPv4 error as type in the upper byte, code in the lower; 0 for none.
  public var icmp: UInt16 = 0
  /// The IPv6 error as type in the upper byte, code in the lower; 0 for none.
  public var icmp6: UInt16 = 0
  /// No answer.
  public static let drop = BlockReturn(kind: .drop)

  /// Makes an answer.
  public init(kind: Kind, ttl: UInt8 = 0, icmp: UInt16 = 0, icmp6: UInt16 = 0) {
    self.kind = kind
    self.ttl = ttl
    self.icmp = icmp
    self.icmp6 = icmp6
  }
}
