import Testing

@testable import PFSim

@Suite("Softnet learns leases from DHCP answers")
struct SoftnetLeaseTests {
  /// A DHCP message from a server as an Ethernet frame.
  static func answer(
    type: UInt8, from server: String = "192.168.64.1", to mac: MACAddress = SoftnetTests.own,
    lease: UInt32? = 600
  ) throws -> [UInt8] {
    var message = [UInt8](repeating: 0, count: 236)
    message[0] = 2
    message.replaceSubrange(16..<20, with: [192, 168, 64, 5])
    message += [0x63, 0x82, 0x53, 0x63, 53, 1, type]
    if let lease {
      message += [51, 4] + (0..<4).map { UInt8(truncatingIfNeeded: lease >> (24 - 8 * $0)) }
    }
    message += [6, 4, 192, 168, 1, 1, 255]
    let packet = try SoftnetTests.udp(
      "192.168.64.5", 68, from: server, sourcePort: 67, message)
    return SoftnetTests.frame(packet, from: MACAddress(bits: 0x0200_0000_0001), to: mac)
  }

  static func to(_ softnet: inout Softnet, _ frame: [UInt8], at time: Double = 0) -> String {
    let decision = frame.withUnsafeBytes { softnet.toVM(frame: $0, at: time) }
    return (decision.passes ? "pass " : "drop ") + decision.row.name
  }

  @Test("41 to 43: ARP and IPv4 reach the VM from anywhere, IPv6 does not")
  func toTheVM() throws {
    var softnet = try SoftnetTests.softnet()
    let advertisement = SoftnetTests.frame([0x60], type: EtherType.ipv6)
    #expect(Self.to(&softnet, advertisement) == "drop H3")
    let lan = SoftnetTests.frame(try SoftnetTests.tcp("192.168.64.5", from: "192.168.1.10"))
    #expect(Self.to(&softnet, lan) == "pass H2")
    let arp = SoftnetTests.frame(
      try SoftnetTests.arp(sender: "192.168.64.6"), type: EtherType.arp)
    #expect(Self.to(&softnet, arp) == "pass H2")
  }

  @Test("44: an ACK to the VM is learnt, with its time and name servers")
  func learnt() throws {
    var softnet = try SoftnetTests.softnet(lease: false)
    #expect(Self.to(&softnet, try Self.answer(type: 5), at: 10) == "pass H4")
    #expect(softnet.lease?.address == 0xc0a8_4005)
    #expect(softnet.lease?.nameServers == [0xc0a8_0101])
    #expect(softnet.leaseIsValid(at: 609.8))
    #expect(!softnet.leaseIsValid(at: 609.95))
  }

  @Test("45 and 46: broadcast and forged ACKs pass and are not learnt")
  func notLearnt() throws {
    var softnet = try SoftnetTests.softnet(lease: false)
    #expect(Self.to(&softnet, try Self.answer(type: 5, to: .broadcast)) == "pass H2")
    #expect(Self.to(&softnet, try Self.answer(type: 5, from: "192.168.64.9")) == "pass H2")
    #expect(softnet.lease == nil)
  }

  @Test("an ACK without a lease time and an OFFER change nothing, a NAK ends the lease")
  func otherMessages() throws {
    var softnet = try SoftnetTests.softnet()
    let before = softnet.lease
    #expect(Self.to(&softnet, try Self.answer(type: 5, lease: nil)) == "pass H2")
    #expect(Self.to(&softnet, try Self.answer(type: 2)) == "pass H2")
    #expect(softnet.lease == before)
    #expect(Self.to(&softnet, try Self.answer(type: 6)) == "pass H4")
    #expect(softnet.lease == nil)
  }

  @Test("a lease is assumed for traffic without DHCP before it, and only if asked for")
  func assumedLease() throws {
    let policy = SoftnetPolicy()
    let frame = SoftnetTests.frame(try SoftnetTests.tcp("8.8.8.8"))
    var strict = Softnet(mac: nil, gateway: SoftnetTests.gateway.bits.ipv4, policy: policy)
    var open = strict
    open.assumesLease = true
    let strictDecision = frame.withUnsafeBytes { strict.fromVM(frame: $0, at: 0) }
    let openDecision = frame.withUnsafeBytes { open.fromVM(frame: $0, at: 0) }
    #expect(!strictDecision.passes)
    #expect(openDecision.passes)
    #expect(open.lease?.isAssumed == true)
    #expect(open.mac == SoftnetTests.own)
  }
}
