/// A protocol number of the IP header; an open set.
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  /// The number, 0…255; in rules 0 stands for "any".
  public var rawValue: UInt8

  /// Makes a protocol from its number.
  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Rules: any protocol; packets: IPv6 hop-by-hop options.
  public static let any = IPProtocol(rawValue: 0)
  /// IPv6 hop-by-hop options; the number that means "any" in rules.
  public static let hopByHop = IPProtocol(rawValue: 0)
  /// ICMP for IPv4.
  public static let icmp = IPProtocol(rawValue: 1)
  /// Group management.
  public static let igmp = IPProtocol(rawValue: 2)
  /// TCP.
  public static let tcp = IPProtocol(rawValue: 6)
  /// UDP.
  public static let udp = IPProtocol(rawValue: 17)
  /// IPv6 routing header.
  public static let routing = IPProtocol(rawValue: 43)
  /// IPv6 fragment header.
  public static let fragment = IPProtocol(rawValue: 44)
  /// GRE.
  public static let gre = IPProtocol(rawValue: 47)
  /// IPsec encapsulation.
  public static let esp = IPProtocol(rawValue: 50)
  /// IPsec authentication header.
  public static let ah = IPProtocol(rawValue: 51)
  /// ICMP for IPv6.
  public static let icmpv6 = IPProtocol(rawValue: 58)
  /// IPv6: nothing follows.
  public static let none = IPProtocol(rawValue: 59)
  /// IPv6 destination options.
  public static let destinationOptions = IPProtocol(rawValue: 60)
}
