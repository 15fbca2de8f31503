/// The two ends of a packet, for reports.
public struct PacketEnds: Sendable, Hashable {
  /// The protocol.
  public let proto: IPProtocol
  private let family: AddressFamily
  private let sourceBits: AddressBits
  private let destinationBits: AddressBits
  // Numbers instead of optional ports, which replays compare for every packet.
  private var firstPort: Int32 = -1
  private var secondPort: Int32 = -1

  /// The source address.
  public var source: IPAddress { IPAddress(family: family, bits: sourceBits) }
  /// The destination address.
  public var destination: IPAddress { IPAddress(family: family, bits: destinationBits) }
  /// The source port of TCP and UDP, the id of an ICMP echo; nil where there is none.
  public var sourcePort: UInt16? { Self.port(firstPort) }
  /// The destination port of TCP and UDP; nil where there is none.
  public var destinationPort: UInt16? { Self.port(secondPort) }

  /// Reads the ends; nil where the bytes are not IP.
  @inline(__always)
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard let header = RoutedHeader(bytes), let base = bytes.baseAddress else { return nil }
    family = header.family
    sourceBits = header.source
    destinationBits = header.destination
    let isV4 = header.family == .inet
    proto = IPProtocol(rawValue: base.byte(isV4 ? 9 : 6))
    let length = isV4 ? Int(base.byte(0) & 0xf) << 2 : 40
    let isFragment = isV4 && base.big16(6) & IPv4Header.offsetMask != 0
    guard !isFragment, bytes.count >= length &+ 8 else { return }
    readPorts(base + length)
  }

  @inline(__always)
  private mutating func readPorts(_ transport: UnsafeRawPointer) {
    if proto == .tcp || proto == .udp {
      firstPort = Int32(transport.big16(0))
      secondPort = Int32(transport.big16(2))
      return
    }
    let type = transport.byte(0)
    if proto == .icmp && (type == 8 || type == 0) || proto == .icmpv6 && (type | 1) == 129 {
      firstPort = Int32(transport.big16(4))
    }
  }

  private static func port(_ number: Int32) -> UInt16? {
    number < 0 ? nil : UInt16(truncatingIfNeeded: number)
  }
}

extension PacketEnds {
  /// Whether an address, or a port that both packets show, is another one.
  ///
  /// Later fragments show no ports, so that a datagram put together again does not differ.
  @inline(__always)
  func differs(from other: PacketEnds) -> Bool {
    family != other.family || sourceBits != other.sourceBits
      || Self.differ(firstPort, other.firstPort) || differsInDestination(from: other)
  }

  /// Whether the destination, or its port where both packets show one, is another one.
  @inline(__always)
  func differsInDestination(from other: PacketEnds) -> Bool {
    family != other.family || destinationBits != other.destinationBits
      || Self.differ(secondPort, other.secondPort)
  }

  @inline(__always)
  private static func differ(_ port: Int32, _ other: Int32) -> Bool {
    port != other && port >= 0 && other >= 0
  }

  /// Whether an end, which has a port, is the one that the packet comes from.
  @inline(__always)
  func isSource(_ address: AddressBits, _ port: UInt16) -> Bool {
    firstPort == Int32(port) && sourceBits == address
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
