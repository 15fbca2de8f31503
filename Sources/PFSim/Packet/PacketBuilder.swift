/// Makes whole IP packets with right checksums, for tests, tools and generated replies.
///
/// A builder is a template: set what differs from the defaults, then ask for a packet. The family
/// is the source address's; a destination of the other family is taken bit by bit.
public struct PacketBuilder: Sendable, Hashable {
  /// The sender.
  public var source: IPAddress
  /// The receiver.
  public var destination: IPAddress
  /// Time to live or hop limit.
  public var ttl: UInt8 = 64
  /// Type of service or traffic class.
  public var tos: UInt8 = 0
  /// IPv4: the datagram's number.
  public var identification: UInt16 = 0
  /// IPv4: the flags and fragment offset as on the wire (0x4000 forbids fragmenting).
  public var fragmentField: UInt16 = 0
  /// IPv4: options, padded with zeros to four bytes and cut to 40.
  public var options: [UInt8] = []

  /// Makes a template.
  public init(from source: IPAddress, to destination: IPAddress) {
    self.source = source
    self.destination = destination
  }

  /// An IP packet around any payload.
  public func packet(_ proto: IPProtocol, _ payload: [UInt8]) -> [UInt8] {
    source.family == .inet6 ? packet6(proto, payload) : packet4(proto, payload)
  }

  /// A TCP segment.
  /// - Parameter options: The options as on the wire, padded with zeros to four bytes, cut to 40.
  public func tcp(
    from sourcePort: UInt16, to destinationPort: UInt16, _ flags: TCPFlags,
    sequence: UInt32 = 0, acknowledgment: UInt32 = 0, window: UInt16 = 65_535,
    options: [UInt8] = [], _ payload: [UInt8] = []
  ) -> [UInt8] {
    let options = Self.padded(options)
    var segment = Self.big(sourcePort) + Self.big(destinationPort)
    segment += Self.big(sequence) + Self.big(acknowledgment)
    segment += [UInt8((20 + options.count) / 4) << 4, flags.rawValue]
    segment += Self.big(window) + [0, 0, 0, 0] + options + payload
    return packet(.tcp, summed(.tcp, segment, checksumAt: 16))
  }

  /// A UDP datagram.
  public func udp(
    from sourcePort: UInt16, to destinationPort: UInt16, _ payload: [UInt8] = []
  ) -> [UInt8] {
    var datagram = Self.big(sourcePort) + Self.big(destinationPort)
    datagram += Self.big(UInt16(truncatingIfNeeded: payload.count + 8)) + [0, 0] + payload
    return packet(.udp, summed(.udp, datagram, checksumAt: 6))
  }

  /// An ICMP or, between IPv6 addresses, ICMPv6 message.
  /// - Parameter rest: The four bytes behind the checksum, as one number in host order.
  public func icmp(
    type: UInt8, code: UInt8 = 0, rest: UInt32 = 0, _ payload: [UInt8] = []
  ) -> [UInt8] {
    let proto = source.family == .inet6 ? IPProtocol.icmpv6 : .icmp
    let message = [type, code, 0, 0] + Self.big(rest) + payload
    return packet(proto, summed(proto, message, checksumAt: 2))
  }

  /// An echo request.
  public func echo(
    identifier: UInt16, sequence: UInt16 = 1, _ payload: [UInt8] = []
  ) -> [UInt8] {
    icmp(
      type: source.family == .inet6 ? 128 : 8,
      rest: UInt32(identifier) << 16 | UInt32(sequence), payload)
  }

  private func packet4(_ proto: IPProtocol, _ payload: [UInt8]) -> [UInt8] {
    let options = Self.padded(options)
    let length = UInt16(truncatingIfNeeded: 20 + options.count + payload.count)
    var header: [UInt8] = [0x40 | UInt8((20 + options.count) / 4), tos]
    header += Self.big(length) + Self.big(identification) + Self.big(fragmentField)
    header += [ttl, proto.rawValue, 0, 0]
    header += Self.big(source.bits.ipv4) + Self.big(destination.bits.ipv4) + options
    let checksum = header.withUnsafeBytes { bytes in
      bytes.baseAddress.map { Checksum.internet($0, count: bytes.count) } ?? 0
    }
    header.replaceSubrange(10..<12, with: Self.big(checksum))
    return header + payload
  }

  private func packet6(_ proto: IPProtocol, _ payload: [UInt8]) -> [UInt8] {
    var header = Self.big(UInt32(0x6000_0000) | UInt32(tos) << 20)
    header += Self.big(UInt16(truncatingIfNeeded: payload.count))
    header += [proto.rawValue, ttl]
    for half in [source.bits.high, source.bits.low, destination.bits.high, destination.bits.low] {
      header += Self.big(half)
    }
    return header + payload
  }

  private func summed(
    _ proto: IPProtocol, _ message: [UInt8], checksumAt offset: Int
  ) -> [UInt8] {
    var message = message
    var checksum = message.withUnsafeBytes { bytes -> UInt16 in
      guard let start = bytes.baseAddress else { return 0 }
      guard proto != .icmp else { return Checksum.internet(start, count: bytes.count) }
      return Checksum.transport(
        start, count: bytes.count, source: source.bits, destination: destination.bits,
        proto: proto)
    }
    if proto == .udp, checksum == 0 { checksum = 0xffff }
    message.replaceSubrange(offset..<offset + 2, with: Self.big(checksum))
    return message
  }

  private static func padded(_ options: [UInt8]) -> [UInt8] {
    let kept = options.prefix(40)
    return kept + [UInt8](repeating: 0, count: (4 - kept.count % 4) % 4)
  }

  private static func big(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }
}
