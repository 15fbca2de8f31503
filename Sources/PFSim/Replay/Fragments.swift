/// The IPv4 fragments in which a packet leaves on a link with a smaller MTU (kernel:
/// `ip_fragment`); packets that fit, IPv6 packets and TCP super-frames stay whole.
struct Fragments {
  private let packet: PacketBuffer
  private let mtu: Int

  /// Looks at a packet.
  init(_ packet: PacketBuffer, mtu: Int) {
    self.packet = packet
    self.mtu = mtu
  }

  /// Hands over each fragment in order; the bytes are valid during the call.
  func forEach(_ body: (UnsafeRawBufferPointer) -> Void) {
    guard packet.count > mtu, mtu >= 68, packet.base.reading.byte(0) >> 4 == 4,
      let header = IPv4Header(packet.base, count: packet.count), !header.dontFragment,
      header.proto != .tcp, header.headerLength >= 20, header.headerLength < packet.count
    else {
      body(packet.bytes)
      return
    }
    let step = (mtu - header.headerLength) & ~7
    let first = header.fragmentField
    let buffer = PacketBuffer(capacity: mtu)
    var offset = header.headerLength
    while offset < packet.count {
      let end = min(packet.count, offset + step)
      buffer.assign(
        UnsafeRawBufferPointer(start: packet.base, count: header.headerLength))
      let length = header.headerLength + end - offset
      buffer.resize(to: length)
      (buffer.base + header.headerLength).copyMemory(
        from: packet.base + offset, byteCount: end - offset)
      if let part = IPv4Header(buffer.base, count: length) {
        part.totalLength = UInt16(truncatingIfNeeded: length)
        let more = end < packet.count || first & IPv4Header.moreFragments != 0
        let units = UInt16(truncatingIfNeeded: (offset - header.headerLength) >> 3)
        part.fragmentField =
          (first & IPv4Header.offsetMask) &+ units | (more ? IPv4Header.moreFragments : 0)
        part.setChecksum(count: length)
      }
      body(buffer.bytes)
      offset = end
    }
  }
}
