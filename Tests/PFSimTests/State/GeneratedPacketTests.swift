import Testing

@testable import PFSim

@Suite struct GeneratedPacketTests {
  private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
    }
  }

  /// The reset for a packet, made as the engine makes it.
  private func reset(_ hex: String, ttl: UInt8 = 0) -> [UInt8]? {
    let buffer = PacketBuffer()
    buffer.assign(bytes(hex))
    let isIPv6 = hex.hasPrefix("6")
    let offset = isIPv6 ? 40 : 20
    guard let tcp = TCPHeader(buffer.base + offset, count: buffer.count - offset) else {
      return nil
    }
    let ends = [isIPv6 ? 8 : 12, isIPv6 ? 24 : 16].map { place in
      isIPv6
        ? IPAddress(family: .inet6, bits: buffer.base.reading.address6(place))
        : IPAddress(ipv4: buffer.base.reading.big32(place))
    }
    return GeneratedSegment.reset(
      answering: tcp, from: ends[0], to: ends[1],
      payloadLength: buffer.count - offset - tcp.headerLength, ttl: ttl
    ).bytes
  }

  @Test(arguments: [
    (
      "4500002d1234000040060255c6336409cb00710504d20016000003e8000003095018fffff9d9000068656c6c6f",
      "45100028000040004006d47dcb007105c6336409001604d200000309000003ed501400003db00000"
    ),
    (
      "45000028123400004006025ac6336409cb00710504d20016000003e8000000005003ffff40cf0000",
      "45100028000040004006d47dcb007105c6336409001604d200000000000003ea5014000040bc0000"
    ),
    (
      "600000000016064020010db8ffff0000000000000000000920010db800010000000000000000000500010002"
        + "000003e8000000005002ffffd7fc00007878",
      "600000000014064020010db800010000000000000000000520010db8ffff000000000000000000090002000100"
        + "000000000003eb5014000050620000"
    ),
  ])
  func `a reset is the kernel's byte for byte`(packet: String, answer: String) {
    #expect(reset(packet) == bytes(answer))
  }

  @Test func `a reset takes the rule's TTL`() {
    let packet = "45000028123400004006025ac6336409cb00710504d20016000003e8000000005002ffff40d00000"
    let answer = "451000280000400005060f7ecb007105c6336409001604d200000000000003e95014000040bd0000"
    #expect(reset(packet, ttl: 5) == bytes(answer))
  }

  private func portUnreachable(_ hex: String, from source: String, id: UInt16) -> [UInt8]? {
    bytes(hex).withUnsafeBytes { packet in
      GeneratedError.inet(
        for: packet, type: 3, code: 3, from: IPAddress(source) ?? IPAddress(ipv4: 0),
        identification: id)
    }
  }

  @Test(arguments: [
    (
      "450000211234000040110256c6336409cb00710504d20035000d50b868656c6c6f",
      "45000038fe52000040011630cb007105c63364090303865100000000450021001234000040110256c6336409"
        + "cb00710504d20035000d50b8"
    ),
    (
      "47000030123400004006f13ac6336409cb0071053acaa737d04d5cc7040f04003c88ada533b8d11d5004ffff"
        + "64530000",
      "4500004cfe5200004001161ccb007105c6336409030321c20000000047003000123400004006f13ac6336409"
        + "cb0071053acaa737d04d5cc7040f04003c88ada533b8d11d5004ffff64530000"
    ),
  ])
  func `an ICMP error quotes what the kernel quotes`(packet: String, answer: String) {
    #expect(portUnreachable(packet, from: "203.0.113.5", id: 0xfe52) == bytes(answer))
  }

  @Test func `a packet that must not be fragmented gets no ICMP error`() {
    let packet = "450000211234400040110256c6336409cb00710504d20035000d50b868656c6c6f"
    #expect(portUnreachable(packet, from: "203.0.113.5", id: 1) == nil)
  }

  @Test func `a short ICMPv6 error is the kernel's byte for byte`() {
    let packet = bytes(
      "60000000000d114020010db8ffff0000000000000000000920010db8000100000000000000000005000100"
        + "02000d607e68656c6c6f")
    let answer = bytes(
      "60000000003d3a4020010db800010000000000000000000520010db8ffff0000000000000000000901043"
        + "1d40000000060000000000d114020010db8ffff0000000000000000000920010db800010000000000000"
        + "000000500010002000d607e68656c6c6f")
    let source = IPAddress("2001:db8:1::5") ?? IPAddress(ipv4: 0)
    let made = packet.withUnsafeBytes {
      GeneratedError.inet6(for: $0, type: 1, code: 4, from: source)
    }
    #expect(made == answer)
  }

  @Test func `the sender of an error is the packet's receiver only when that is the host`() throws {
    let interfaces = try [Interface](parsing: "lo0=127.0.0.1/8;en0=203.0.113.5/24;en1=10.1.1.1/24")
    func source(_ text: String, _ index: Int?) -> String? {
      IPAddress(text).map { interfaces.errorSource(for: $0, receivedOn: index).description }
    }
    #expect(source("10.1.1.1", 1) == "10.1.1.1")
    #expect(source("198.51.100.1", 1) == "203.0.113.5")
    #expect(source("198.51.100.1", nil) == "127.0.0.1")
    #expect(source("2001:db8::1", 1) == "::1")
  }
}
