/// A whole TCP segment over IPv4 that neither opens nor closes a connection and has nothing unusual
/// about it: what ``PacketFilter/passEstablished(_:isOut:_:_:)`` and
/// ``PacketFilter/forward(_:in:out:)`` take.
struct PlainSegment {
  /// Where the TCP header begins.
  static let offset = IPv4Header.minimumLength

  /// The packet.
  let base: UnsafeMutableRawPointer
  /// Its length in bytes, as its header says and as there are.
  let length: Int
  /// The length of the TCP header in bytes.
  let headerLength: Int

  /// Reads a packet's headers; nil where the packet must be looked at more closely.
  @inline(__always)
  init?(_ base: UnsafeMutableRawPointer, count: Int) {
    self.base = base
    length = count
    let header = base.reading
    guard length >= Self.offset + TCPHeader.minimumLength, header.byte(0) == 0x45,
      header.byte(9) == IPProtocol.tcp.rawValue, Int(header.big16(2)) == length,
      header.big16(6) & (IPv4Header.offsetMask | IPv4Header.moreFragments) == 0
    else { return nil }
    let transport = header + Self.offset
    headerLength = Int(transport.byte(12) >> 4) << 2
    let usual = TCPFlags.ack.rawValue
    guard headerLength >= TCPHeader.minimumLength, Self.offset &+ headerLength <= length,
      transport.byte(13) & ~TCPFlags.psh.rawValue == usual, transport.byte(12) & 0x0f == 0,
      transport.big16(18) == 0, transport.big16(0) != 0, transport.big16(2) != 0
    else { return nil }
  }

  /// What the search for its state compares.
  @inline(__always)
  func key(isOut: Bool) -> NarrowKey {
    let transport = base.reading + Self.offset
    return NarrowKey(
      .tcp, variant: 0, from: base.reading.big32(12), transport.big16(0),
      to: base.reading.big32(16), transport.big16(2), isOut: isOut)
  }

  /// What the tracking of its connection reads.
  @inline(__always) var segment: TCPSegment {
    let transport = base.reading + Self.offset
    return TCPSegment(
      flags: .ack, sequence: transport.big32(4), acknowledgment: transport.big32(8),
      window: transport.big16(14), length: length &- Self.offset &- headerLength)
  }
}

extension StateRecord {
  /// Whether a plain segment can concern nothing but the windows, the translation and the counters.
  @inline(__always) var isPlainlyEstablished: Bool {
    source.state == TCPState.established && destination.state == TCPState.established
      && timeout == Timeout.tcpEstablished.rawValue && log == 0 && tag == 0
      && flags.isDisjoint(with: [.hasRoute, .isWide, .hasSourceNodes, .isScrubbed])
      && source.sequenceOffset | destination.sequenceOffset == 0
      && source.sequenceLow != 0 && destination.sequenceLow != 0
  }
}
