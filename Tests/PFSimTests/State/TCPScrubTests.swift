import Testing

@testable import PFSim

@Suite struct TCPScrubTests {
  private let builder = PacketBuilder(
    from: IPAddress(ipv4: 0x0a00_0001), to: IPAddress(ipv4: 0x0a00_0002))

  /// A segment with as many timestamp options of value and echo as given.
  private func segment(
    _ flags: TCPFlags, _ stamps: [(UInt32, UInt32)], _ data: [UInt8] = []
  ) -> PacketBuffer {
    var options: [UInt8] = []
    for (value, echo) in stamps {
      options += [1, 1, 8, 10]
      for number in [value, echo] {
        options += withUnsafeBytes(of: number.bigEndian) { Array($0) }
      }
    }
    let buffer = PacketBuffer()
    buffer.assign(builder.tcp(from: 1, to: 2, flags, options: options, data))
    return buffer
  }

  private func header(_ buffer: PacketBuffer) throws -> TCPHeader {
    try #require(TCPHeader(buffer.base + 20, count: buffer.count - 20))
  }

  private func check(
    _ buffer: PacketBuffer, data: Int = 0, _ source: inout TCPScrubPeer,
    _ destination: inout TCPScrubPeer
  ) throws -> Bool {
    var scrub = TCPScrub(
      header: try header(buffer), extent: buffer.count - 20, payloadLength: data,
      bothEstablished: true, age: 1, tolerance: 30, now: 2_000_000)
    return scrub.check(from: &source, to: &destination)
  }

  /// Two sides that offered timestamps and echoed each other's.
  private func established() throws -> (TCPScrubPeer, TCPScrubPeer) {
    func peer(_ value: UInt32) throws -> TCPScrubPeer {
      let buffer = segment(.syn, [(value, 0)])
      return TCPScrubPeer(
        ttl: 64, try header(buffer), extent: buffer.count - 20, now: 1_000_000
      ) { 1_000 }
    }
    var (one, other) = (try peer(500), try peer(900))
    // An echo carries the other side's timestamp as it was moved on its way.
    #expect(try check(segment(.ack, [(501, 1_900)]), &one, &other))
    #expect(try check(segment(.ack, [(901, 1_501)]), &other, &one))
    return (one, other)
  }

  @Test func `timestamps are moved and the checksum stays right`() throws {
    var (one, other) = try established()
    let buffer = segment(.ack, [(502, 1_901)], [1])
    #expect(try check(buffer, data: 1, &one, &other))
    #expect(buffer.base.reading.big32(44) == 1_502)
    #expect(buffer.base.reading.big32(48) == 901)
    let sum = Checksum.transport(
      buffer.base + 20, count: buffer.count - 20, source: builder.source.bits,
      destination: builder.destination.bits, proto: .tcp)
    #expect(sum == 0)
  }

  @Test func `a timestamp from before the last echo is dropped`() throws {
    var (one, other) = try established()
    #expect(try !check(segment(.ack, [(400, 1_901)], [1]), data: 1, &one, &other))
  }

  @Test func `a timestamp too far ahead is dropped`() throws {
    var (one, other) = try established()
    #expect(try !check(segment(.ack, [(100_000, 1_901)], [1]), data: 1, &one, &other))
  }

  @Test func `two timestamp options are dropped`() throws {
    var (one, other) = try established()
    #expect(try !check(segment(.ack, [(502, 1_901), (502, 1_901)]), &one, &other))
  }

  @Test func `data without a timestamp is dropped once data came with one`() throws {
    var (one, other) = try established()
    #expect(try check(segment(.ack, [(502, 1_901)], [1]), data: 1, &one, &other))
    #expect(try !check(segment(.ack, [], [1]), data: 1, &one, &other))
    #expect(try check(segment(.ack, []), &one, &other))
    // The kernel's length is unsigned: less than nothing is data too.
    #expect(try !check(segment(.ack, []), data: -4, &one, &other))
  }
}
