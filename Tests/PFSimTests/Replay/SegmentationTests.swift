import Testing

@testable import PFSim

struct SegmentationTests {
  private func buffer(_ bytes: [UInt8]) -> (PacketBuffer, PacketFields) {
    let buffer = PacketBuffer()
    buffer.assign(bytes)
    return (buffer, PacketFields(buffer.base, count: buffer.count))
  }

  private func isRight(_ packet: PacketBuffer) -> Bool {
    let fields = PacketFields(packet.base, count: packet.count)
    return Checksum.transport(
      UnsafeRawPointer(packet.base + fields.networkLength),
      count: fields.totalLength - fields.networkLength, source: fields.source,
      destination: fields.destination, proto: fields.proto) == 0
  }

  @Test(arguments: [("192.168.64.5", "1.1.1.1", 40), ("fd00::5", "2606:4700::1", 60)])
  func `A super-frame becomes segments that carry the same stream`(
    source: String, destination: String, headers: Int
  ) throws {
    let builder = PacketBuilder(from: CaptureFixture.ip(source), to: CaptureFixture.ip(destination))
    let data = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
    let (whole, fields) = buffer(
      builder.tcp(from: 4000, to: 80, [.ack, .psh, .fin], sequence: 100, data))
    let cut = try #require(Segmentation(whole, fields, mtu: 1500))
    #expect(cut.count == 4 && cut.segmentSize == 1500 - headers)
    var stream: [UInt8] = []
    let segment = PacketBuffer()
    for index in 0..<cut.count {
      cut.write(index, to: segment)
      let part = PacketFields(segment.base, count: segment.count)
      let tcp = try #require(TCPHeader(segment.base + part.networkLength, count: 20))
      #expect(segment.count <= 1500 && isRight(segment))
      #expect(tcp.sequence == 100 + UInt32(stream.count))
      #expect(tcp.flags == (index == 3 ? [.ack, .psh, .fin] : [.ack]))
      stream += segment.array.dropFirst(headers)
    }
    #expect(stream == data)
  }

  @Test func `Packets of the wire's size stay whole`() {
    let builder = PacketBuilder(
      from: CaptureFixture.ip("192.168.64.5"), to: CaptureFixture.ip("1.1.1.1"))
    let (whole, fields) = buffer(
      builder.tcp(from: 4000, to: 80, .ack, [UInt8](repeating: 1, count: 1460)))
    #expect(Segmentation(whole, fields, mtu: 1500) == nil)
  }
}
