/// What an Ethernet header says about a packet.
///
/// Captures without link addresses and packets written by hand leave the addresses nil: the host
/// then assumes the sender's own address and the right next hop.
public struct LinkHeader: Sendable, Hashable {
  /// The destination, nil where it is not known.
  public var destination: MACAddress?
  /// The source, nil where it is not known.
  public var source: MACAddress?
  /// What the frame carries, one of ``EtherType``'s numbers or another.
  public var etherType: UInt16

  /// Makes a header.
  public init(
    destination: MACAddress? = nil, source: MACAddress? = nil, etherType: UInt16 = EtherType.ipv4
  ) {
    self.destination = destination
    self.source = source
    self.etherType = etherType
  }
}

/// The EtherTypes that softnet and the bridge tell apart.
public enum EtherType {
  /// IPv4.
  public static let ipv4: UInt16 = 0x0800
  /// ARP.
  public static let arp: UInt16 = 0x0806
  /// 802.1Q.
  public static let vlan: UInt16 = 0x8100
  /// IPv6.
  public static let ipv6: UInt16 = 0x86dd
}
