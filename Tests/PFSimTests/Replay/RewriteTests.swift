import Testing

@testable import PFSim

struct RewriteTests {
  private let vm = CaptureFixture.ip("192.168.64.5")
  private let server = CaptureFixture.ip("1.1.1.1")
  private let uplink = CaptureFixture.ip("192.168.1.20")

  private func load(_ bytes: [UInt8]) -> (PacketBuffer, PacketFields) {
    let packet = PacketBuffer()
    packet.assign(bytes)
    return (packet, PacketFields(packet.base, count: packet.count))
  }

  @Test func `A replaced end gives the bytes that the new sender would have made`() {
    var (packet, fields) = load(
      PacketBuilder(from: vm, to: server).tcp(from: 5000, to: 80, .syn, [1, 2, 3]))
    packet.replaceEnd(isSource: true, fields, address: uplink.bits, port: 61_000)
    #expect(
      packet.array
        == PacketBuilder(from: uplink, to: server).tcp(from: 61_000, to: 80, .syn, [1, 2, 3]))
    (packet, fields) = load(PacketBuilder(from: server, to: uplink).echo(identifier: 7, [9]))
    packet.replaceEnd(isSource: false, fields, address: vm.bits, port: 8)
    #expect(packet.array == PacketBuilder(from: server, to: vm).echo(identifier: 8, [9]))
  }

  @Test func `A UDP datagram without a checksum stays without`() {
    var bytes = PacketBuilder(from: vm, to: server).udp(from: 5000, to: 53)
    bytes[26...27] = [0, 0]
    let (packet, fields) = load(bytes)
    packet.replaceEnd(isSource: true, fields, address: uplink.bits, port: 5001)
    #expect(Array(packet.array[26...27]) == [0, 0])
  }

  @Test func `The packet that an ICMP error quotes is rewritten with every checksum`() throws {
    let quoted = PacketBuilder(from: vm, to: server).udp(from: 5000, to: 33_434, [1, 2, 3, 4])
    let error = PacketBuilder(from: server, to: vm).icmp(type: 3, code: 3, quoted)
    let (packet, fields) = load(error)
    let quotation = try #require(Quotation(packet, fields))
    let change = packet.replaceEnd(
      isSource: true, at: quotation.offset, quotation.fields, address: uplink.bits, port: 6000)
    packet.adjustMessage(fields, for: change)
    let expected = PacketBuilder(from: uplink, to: server).udp(
      from: 6000, to: 33_434, [1, 2, 3, 4])
    #expect(
      packet.array == PacketBuilder(from: server, to: vm).icmp(type: 3, code: 3, expected))
  }

  @Test func `A mapped address is replaced in both directions and in quotations`() throws {
    var map = AddressMap()
    let results = ["10.0.2.15=192.168.64.5", "10.0.2.15=fd00::5", "10.0.2.15"].map { map.add($0) }
    #expect(results == [true, false, false])
    let guest = CaptureFixture.ip("10.0.2.15")
    let (packet, fields) = load(
      PacketBuilder(from: server, to: guest).icmp(
        type: 11, PacketBuilder(from: guest, to: server).udp(from: 1, to: 2)))
    var changed = fields
    let sourceChanged = map.apply(to: packet, &changed)
    #expect(!sourceChanged)
    #expect(
      packet.array
        == PacketBuilder(from: server, to: vm).icmp(
          type: 11, PacketBuilder(from: vm, to: server).udp(from: 1, to: 2)))
  }

  @Test func `A partial checksum is recognised and completed`() {
    let whole = PacketBuilder(from: vm, to: server).tcp(from: 5000, to: 80, .syn)
    var (packet, fields) = load(whole)
    #expect(!packet.looksPartial(fields))
    let pseudo = Checksum.fold(
      Checksum.pseudoHeader(
        source: vm.bits, destination: server.bits, proto: .tcp, length: 20))
    packet.base.put16(36, pseudo)
    (packet, fields) = load(packet.array)
    #expect(packet.looksPartial(fields))
    packet.completeChecksum()
    #expect(packet.array == whole)
  }

  @Test func `A changed TTL keeps the header's checksum right`() {
    var builder = PacketBuilder(from: vm, to: server)
    let (packet, _) = load(builder.udp(from: 1, to: 2))
    packet.setTTL(65)
    builder.ttl = 65
    #expect(packet.array == builder.udp(from: 1, to: 2))
  }
}
