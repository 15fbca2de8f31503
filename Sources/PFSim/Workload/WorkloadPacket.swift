/// The header fields of a generated packet.
public struct WorkloadPacket: Sendable, Hashable {
  /// The index of the interface in ``RulesetGenerator/interfaceNames``.
  public var interface: Int = 1
  /// The direction, in or out.
  public var direction = Direction.in
  /// The family.
  public var family = AddressFamily.inet
  /// The protocol: TCP, UDP or ICMP.
  public var proto = IPProtocol.tcp
  /// The source address.
  public var source = AddressBits.zero
  /// The destination address.
  public var destination = AddressBits.zero
  /// The source port; 0 for ICMP.
  public var sourcePort: UInt16 = 0
  /// The destination port; 0 for ICMP.
  public var destinationPort: UInt16 = 0

  /// A TCP packet of zeros.
  public init() {}

  /// The bytes of the packet without payload: a SYN, an empty datagram or an echo request.
  ///
  /// The checksum of the IPv4 header is right; those of the transport headers are not filled in.
  public var bytes: [UInt8] {
    let transport = transportBytes
    if family == .inet6 {
      return [0x60, 0, 0, 0, 0, UInt8(transport.count), proto.rawValue, 64]
        + Self.bytes(source.high) + Self.bytes(source.low)
        + Self.bytes(destination.high) + Self.bytes(destination.low) + transport
    }
    var header: [UInt8] = [
      0x45, 0, 0, UInt8(20 + transport.count), 0, 1, 0, 0, 64, proto.rawValue, 0, 0,
    ]
    header += Self.bytes(source.high)[..<4] + Self.bytes(destination.high)[..<4]
    var sum: UInt32 = 0
    for index in stride(from: 0, to: 20, by: 2) {
      sum += UInt32(header[index]) << 8 | UInt32(header[index + 1])
    }
    sum = (sum & 0xffff) + (sum >> 16)
    sum = ~(sum + (sum >> 16)) & 0xffff
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 255)
    return header + transport
  }

  private var transportBytes: [UInt8] {
    let ports = [
      UInt8(sourcePort >> 8), UInt8(sourcePort & 255),
      UInt8(destinationPort >> 8), UInt8(destinationPort & 255),
    ]
    switch proto {
    case .tcp: return ports + [0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0]
    case .udp: return ports + [0, 8, 0, 0]
    default: return [family == .inet6 ? 128 : 8, 0, 0, 0, 0, 1, 0, 1]
    }
  }

  private static func bytes(_ half: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
  }
}
