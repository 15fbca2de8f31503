/// The two ends of a packet, for reports.
public struct PacketEnds: Sendable, Hashable {
  /// The source address.
  public var source: IPAddress
  /// The destination address.
  public var destination: IPAddress
  /// The protocol.
  public var proto: IPProtocol
  /// The source port of TCP and UDP, the id of an ICMP echo; nil where there is none.
  public var sourcePort: UInt16?
  /// The destination port of TCP and UDP; nil where there is none.
  public var destinationPort: UInt16?

  /// Reads the ends; nil where the bytes are not IP.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard let header = RoutedHeader(bytes), let base = bytes.baseAddress else { return nil }
    source = IPAddress(family: header.family, bits: header.source)
    destination = IPAddress(family: header.family, bits: header.destination)
    let isV4 = header.family == .inet
    proto = IPProtocol(rawValue: base.byte(isV4 ? 9 : 6))
    let length = isV4 ? Int(base.byte(0) & 0xf) << 2 : 40
    let isFragment = isV4 && base.big16(6) & IPv4Header.offsetMask != 0
    guard !isFragment, bytes.count >= length + 8 else { return }
    let transport = base + length
    switch proto {
    case .tcp, .udp:
      sourcePort = transport.big16(0)
      destinationPort = transport.big16(2)
    case .icmp where transport.byte(0) == 8 || transport.byte(0) == 0:
      sourcePort = transport.big16(4)
    case .icmpv6 where transport.byte(0) == 128 || transport.byte(0) == 129:
      sourcePort = transport.big16(4)
    default: break
    }
  }
}

extension PacketEnds {
  /// Whether an address, or a port that both packets show, is another one.
  ///
  /// Later fragments show no ports, so that a datagram put together again does not differ.
  func differs(from other: PacketEnds) -> Bool {
    source != other.source || Self.differ(sourcePort, other.sourcePort)
      || differsInDestination(from: other)
  }

  /// Whether the destination, or its port where both packets show one, is another one.
  func differsInDestination(from other: PacketEnds) -> Bool {
    destination != other.destination || Self.differ(destinationPort, other.destinationPort)
  }

  private static func differ(_ port: UInt16?, _ other: UInt16?) -> Bool {
    guard let port, let other else { return false }
    return port != other
  }
}

extension PacketEnds: CustomStringConvertible {
  /// `source > destination` in the packet notation.
  public var description: String {
    "\(Self.text(source, sourcePort)) > \(Self.text(destination, destinationPort))"
  }

  private static func text(_ address: IPAddress, _ port: UInt16?) -> String {
    guard let port else { return address.description }
    return address.family == .inet6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}
