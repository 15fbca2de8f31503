import Testing

@testable import PFSim

struct FrameViewTests {
  let packet = PacketBuilder(
    from: CaptureFixture.ip("192.168.64.5"), to: CaptureFixture.ip("1.1.1.1")
  ).udp(from: 5000, to: 53)
  let packet6 = PacketBuilder(
    from: CaptureFixture.ip("fd00::5"), to: CaptureFixture.ip("2606:4700::1")
  ).udp(from: 5000, to: 53)

  private func parse(_ frame: [UInt8], _ type: LinkType) -> (FrameView, [UInt8])? {
    frame.withUnsafeBytes { bytes in
      let frame = CapturedFrame(
        number: 1, time: CaptureTime(nanoseconds: 0), originalLength: bytes.count, bytes: bytes)
      return FrameView(frame, type: type).map { ($0, Array($0.payload)) }
    }
  }

  @Test func `Ethernet gives both addresses and the type`() throws {
    let (view, payload) = try #require(parse(CaptureFixture.ethernet(packet), .ethernet))
    #expect(view.link.source == MACAddress("52:54:00:00:00:05"))
    #expect(view.link.destination == MACAddress("52:54:00:00:00:01"))
    #expect(view.isIP && view.vlan == -1 && payload == packet)
  }

  @Test func `802.1Q tags are taken off and the outermost is remembered`() throws {
    let tagged = [0, 7, 0x81, 0, 0, 9, 8, 0] + packet
    let frame = CaptureFixture.ethernet(tagged, type: 0x88a8)
    let (view, payload) = try #require(parse(frame, .ethernet))
    #expect(view.vlan == 7 && view.isIP && payload == packet)
    #expect(parse(Array(frame.prefix(17)), .ethernet) == nil)
  }

  @Test func `Linux cooked v1 gives the sender and the course`() throws {
    let header: [UInt8] = [0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0, 8, 0]
    let (view, payload) = try #require(parse(header + packet, .linuxCooked))
    #expect(view.course == .outgoing && view.link.source == MACAddress("02:00:00:00:00:09"))
    #expect(view.isIP && payload == packet)
  }

  @Test func `Linux cooked v2 is read with a tag inside`() throws {
    var header: [UInt8] = [0x81, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0]
    let (view, payload) = try #require(parse(header + [0, 5, 0x86, 0xdd] + packet6, .linuxCooked2))
    #expect(view.vlan == 5 && view.link.etherType == EtherType.ipv6 && payload == packet6)
    header[0...1] = [8, 0]
    #expect(try #require(parse(header + packet, .linuxCooked2)).1 == packet)
  }

  @Test(arguments: [
    ([2, 0, 0, 0], LinkType.null, EtherType.ipv4), ([0, 0, 0, 2], .null, EtherType.ipv4),
    ([0, 0, 0, 30], .null, EtherType.ipv6), ([10, 0, 0, 0], .null, EtherType.ipv6),
    ([0, 0, 0, 24], .loop, EtherType.ipv6), ([0, 0, 0, 99], .loop, 0),
  ])
  func `Loopback headers are read in both byte orders`(
    header: [UInt8], type: LinkType, etherType: UInt16
  ) throws {
    let (view, payload) = try #require(parse(header + packet, type))
    #expect(view.link.etherType == etherType && payload == packet)
  }

  @Test(arguments: [LinkType.raw, .rawOpenBSD, .rawFile])
  func `Raw packets tell their family themselves`(type: LinkType) throws {
    #expect(try #require(parse(packet, type)).0.link.etherType == EtherType.ipv4)
    #expect(try #require(parse(packet6, type)).0.link.etherType == EtherType.ipv6)
  }

  @Test(arguments: [(61, 64), (69, 72), (100, 100)])
  func `pflog headers of macOS, FreeBSD and OpenBSD are read`(length: Int, size: Int) throws {
    var header = [UInt8](repeating: 0, count: size)
    header[0] = UInt8(length)
    header[1] = 2
    header[60] = 2
    let (view, payload) = try #require(parse(header + packet, .pflog))
    #expect(view.isIP && view.course == .outgoing && payload == packet)
    #expect(parse(Array(header.prefix(40)), .pflog) == nil)
  }
}
