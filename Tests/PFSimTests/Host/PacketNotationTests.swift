import Testing

@testable import PFSim

@Suite("Packets are read as people write them")
struct PacketNotationTests {
  static func bytes(_ text: String) throws -> [UInt8] {
    guard case .bytes(let bytes) = try PacketNotation(text).content else {
      throw PacketNotationError.test
    }
    return bytes
  }

  @Test("a TCP packet with flags, TTL, type of service and payload")
  func tcp() throws {
    let bytes = try Self.bytes("tcp 192.168.64.5:50000 > 1.1.1.1:443 SA ttl 9 tos 0x10 len 5")
    #expect(bytes.count == 45)
    #expect(bytes[8] == 9)
    #expect(bytes[1] == 0x10)
    #expect(bytes[33] == 0x12)
  }

  @Test("IPv6 with ports, ICMP with an identifier, fragments, raw bytes")
  func others() throws {
    #expect(try Self.bytes("udp [fd00::5]:53 > [2606:4700::1111]:53 len 40").count == 88)
    let echo = try Self.bytes("icmp 192.168.64.5 > 8.8.8.8 echoreq id 7")
    #expect(echo[20] == 8)
    #expect(echo[24..<26] == [0, 7])
    let first = try Self.bytes("udp 10.0.0.1:1 > 10.0.0.2:2 len 16 frag 0+")
    #expect(first[6] == 0x20)
    #expect(first.count == 44)
    let later = try Self.bytes("udp 10.0.0.1:1 > 10.0.0.2:2 len 16 frag 24")
    #expect(later[7] == 3)
    #expect(later.count == 36)
    let raw = "4500001400000000400666e20a0000010a000002"
    #expect(try Self.bytes("hex:" + raw).count == 20)
  }

  @Test("where a packet meets the host")
  func places() throws {
    let packet = "tcp 10.0.0.1:1 > 10.0.0.2:2 S "
    #expect(
      try PacketNotation(packet + "in on bridge100").place == .hook(.in, interface: "bridge100"))
    #expect(try PacketNotation(packet + "out on en0").place == .hook(.out, interface: "en0"))
    #expect(try PacketNotation(packet + "from VM").place == .fromVM(nil))
    #expect(try PacketNotation(packet + "from VM:two").place == .fromVM("two"))
    #expect(try PacketNotation(packet + "from uplink").place == .fromUplink)
    #expect(
      try PacketNotation("trace.pcap#3 from VM").content == .capture(file: "trace.pcap", number: 3))
  }

  @Test(
    "what cannot be read is named with its column",
    arguments: [
      ("", 1), ("tpc 1.1.1.1:1 > 2.2.2.2:2", 1), ("tcp 1.1.1.1:99999 > 2.2.2.2:2", 13),
      ("tcp 1.1.1.1:1 2.2.2.2:2", 15), ("tcp 1.1.1.1:1 > 2.2.2.2", 24),
      ("tcp 1.1.1.1:1 > 2.2.2.2:2 X", 27), ("udp 1.1.1.1:1 > 2.2.2.2:2 ttl 300", 31),
      ("icmp 1.1.1.1 > ::1", 16), ("icmp6 1.1.1.1 > 2.2.2.2", 1), ("hex:45g", 7),
      ("hex:4500", 5), ("tcp 1.1.1.1:1 > 2.2.2.2:2 in bridge100", 30), ("a.pcap#0", 8),
      ("udp 1.1.1.1:1 > 2.2.2.2:2 frag 7", 32), ("tcp 1.1.1.1:1 > 2.2.2.2:2 from", 31),
    ])
  func errors(_ text: String, _ column: Int) {
    let error = #expect(throws: PacketNotationError.self) { try PacketNotation(text) }
    #expect(error?.column == column)
  }
}
