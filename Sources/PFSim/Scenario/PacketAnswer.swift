/// The other side's usual answer to a packet.
struct PacketAnswer {
  /// The packet, from its IP header on.
  var bytes: [UInt8]

  /// Makes the answer: a TCP segment in the other direction, an empty UDP datagram, an echo reply;
  /// for other protocols a packet without payload.
  ///
  /// Nil where the bytes are not IP.
  /// - Parameter flags: TCP flags where the usual ones are not wanted.
  init?(to packet: [UInt8], flags: TCPFlags? = nil) {
    guard let ends = packet.withUnsafeBytes({ PacketEnds($0) }) else { return nil }
    let builder = PacketBuilder(from: ends.destination, to: ends.source)
    let transport = Array(packet.dropFirst(Self.headerLength(packet)))
    switch ends.proto {
    case .tcp: bytes = Self.tcp(builder, transport, flags)
    case .udp:
      guard transport.count >= 8 else { return nil }
      bytes = builder.udp(from: Self.word(transport, 2), to: Self.word(transport, 0))
    case .icmp, .icmpv6:
      guard transport.count >= 8 else { return nil }
      let rest = UInt32(Self.word(transport, 4)) << 16 | UInt32(Self.word(transport, 6))
      bytes = builder.icmp(type: ends.proto == .icmp ? 0 : 129, rest: rest)
    default: bytes = builder.packet(ends.proto, [])
    }
  }

  private static func headerLength(_ packet: [UInt8]) -> Int {
    packet[0] >> 4 == 6 ? 40 : Int(packet[0] & 0xf) * 4
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
    UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
  }

  private static func long(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    UInt32(word(bytes, offset)) << 16 | UInt32(word(bytes, offset + 2))
  }

  /// A segment that fits what was received: SYN/ACK for a SYN, else ACK.
  private static func tcp(
    _ builder: PacketBuilder, _ segment: [UInt8], _ flags: TCPFlags?
  ) -> [UInt8] {
    guard segment.count >= 20 else { return builder.packet(.tcp, []) }
    let received = TCPFlags(rawValue: segment[13])
    let isFirst = received.contains(.syn) && !received.contains(.ack)
    let length = max(0, segment.count - Int(segment[12] >> 4) * 4)
    let consumed =
      UInt32(truncatingIfNeeded: length) &+ (received.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
    return builder.tcp(
      from: word(segment, 2), to: word(segment, 0), flags ?? (isFirst ? [.syn, .ack] : .ack),
      sequence: isFirst ? 5000 : long(segment, 8),
      acknowledgment: long(segment, 4) &+ consumed)
  }
}
