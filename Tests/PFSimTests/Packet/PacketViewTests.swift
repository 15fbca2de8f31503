import Testing

@testable import PFSim

@Suite struct PacketViewTests {
  private let four = PacketBuilder(
    from: IPAddress(ipv4: 0x0a00_0001), to: IPAddress(ipv4: 0xc633_6401))
  private let six = PacketBuilder(
    from: IPAddress(family: .inet6, bits: AddressBits(high: 0x2001_0db8_0000_0000, low: 1)),
    to: IPAddress(family: .inet6, bits: AddressBits(high: 0x2001_0db8_0000_0000, low: 2)))

  private func withPacket<T>(_ bytes: [UInt8], _ body: (UnsafeMutableRawPointer, Int) -> T) -> T {
    let buffer = PacketBuffer()
    buffer.assign(bytes)
    return withExtendedLifetime(buffer) { body(buffer.base, buffer.count) }
  }

  @Test func `a built TCP packet reads back with right checksums`() {
    let bytes = four.tcp(
      from: 1234, to: 80, [.syn, .ack], sequence: 0xdead_beef, acknowledgment: 7, window: 512,
      options: [2, 4, 5, 0xb4, 3, 3, 7], [1, 2, 3])
    withPacket(bytes) { base, count in
      let ip = IPv4Header(base, count: count)
      #expect(ip?.totalLength == UInt16(bytes.count))
      #expect(ip?.source.ipv4 == 0x0a00_0001)
      #expect(Checksum.internet(base, count: 20) == 0)
      let tcp = TCPHeader(base + 20, count: count - 20)
      #expect(tcp?.sourcePort == 1234)
      #expect(tcp?.sequence == 0xdead_beef)
      #expect(tcp?.flags == [.syn, .ack])
      #expect(tcp?.headerLength == 28)
      #expect(tcp?.maximumSegment(extent: count - 20) == 1460)
      #expect(tcp?.windowScale(extent: count - 20) == 0x87)
      #expect(tcp?.windowScale(extent: 27) == 0)
      let sum = Checksum.transport(
        base + 20, count: count - 20, source: AddressBits(ipv4: 0x0a00_0001),
        destination: AddressBits(ipv4: 0xc633_6401), proto: .tcp)
      #expect(sum == 0)
    }
  }

  @Test func `headers that are cut short give no view`() {
    withPacket([UInt8](repeating: 0x45, count: 64)) { base, _ in
      #expect(IPv4Header(base, count: 19) == nil)
      #expect(IPv6Header(base, count: 39) == nil)
      #expect(TCPHeader(base, count: 19) == nil)
      #expect(UDPHeader(base, count: 7) == nil)
      #expect(ICMPHeader(base, count: -1) == nil)
    }
  }

  @Test func `the IPv6 walk stops where the filter stops`() {
    let routing: [UInt8] = [60, 0, 0, 0, 0, 0, 0, 0]
    let destination: [UInt8] = [17, 1] + [UInt8](repeating: 0, count: 14)
    let bytes = six.packet(.routing, routing + destination + [UInt8](repeating: 0, count: 8))
    withPacket(bytes) { base, count in
      let walk = IPv6Header(base, count: count)?.walk(extent: count)
      #expect(walk == IPv6Walk(end: .payload, proto: .udp, offset: 64, routingHeaders: 1))
      #expect(IPv6Header(base, count: count)?.walk(extent: 49).end == .short)
    }
    withPacket(six.packet(.fragment, [6, 0, 0, 8, 0, 0, 0, 1])) { base, count in
      let walk = IPv6Header(base, count: count)?.walk(extent: count)
      #expect(walk == IPv6Walk(end: .fragment, proto: .tcp, offset: 40, routingHeaders: 0))
    }
  }

  @Test func `random bytes never break a view`() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...120, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      let storage = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: 1)
      defer { storage.deallocate() }
      bytes.withUnsafeBytes {
        if let from = $0.baseAddress { storage.copyMemory(from: from, byteCount: count) }
      }
      if let ip = IPv6Header(storage, count: count) {
        let walk = ip.walk(extent: ip.extent(count: count))
        #expect(walk.offset >= 40)
      }
      if let tcp = TCPHeader(storage, count: count), tcp.headerLength <= count {
        _ = (tcp.windowScale(extent: count), tcp.maximumSegment(extent: count))
      }
    }
  }
}
