/// The flags of a TCP header's fourteenth byte.
public struct TCPFlags: OptionSet, Sendable, Hashable {
  /// The byte.
  public var rawValue: UInt8
  /// Makes the set from the byte.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// No more data from the sender.
  public static let fin = TCPFlags(rawValue: 0x01)
  /// Synchronise sequence numbers.
  public static let syn = TCPFlags(rawValue: 0x02)
  /// Reset the connection.
  public static let rst = TCPFlags(rawValue: 0x04)
  /// Push.
  public static let psh = TCPFlags(rawValue: 0x08)
  /// The acknowledgment number means something.
  public static let ack = TCPFlags(rawValue: 0x10)
  /// The urgent pointer means something.
  public static let urg = TCPFlags(rawValue: 0x20)
  /// Echo of congestion experienced.
  public static let ece = TCPFlags(rawValue: 0x40)
  /// Congestion window reduced.
  public static let cwr = TCPFlags(rawValue: 0x80)
}
