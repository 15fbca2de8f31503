import Testing

@testable import PFSim

/// The worked examples of the reference, numbered as there.
@Suite("Softnet decides as its tables say")
struct SoftnetTests {
  static let own = MACAddress(bits: 0x5254_0000_0005)
  static let gateway = IPAddress(ipv4: 0xc0a8_4001)
  static let leased = IPAddress(ipv4: 0xc0a8_4005)

  /// A process with a lease that is valid until second 600, or without.
  static func softnet(
    lease: Bool = true, nameServers: Set<UInt32> = [0xc0a8_4001], allow: String? = nil,
    block: String? = nil
  ) throws -> Softnet {
    let policy = try SoftnetPolicy(allow: allow, block: block, gateway: gateway.bits.ipv4)
    var softnet = Softnet(mac: own, gateway: gateway.bits.ipv4, policy: policy)
    if lease {
      softnet.lease = .init(
        address: leased.bits.ipv4, validUntil: 600, nameServers: nameServers)
    }
    return softnet
  }

  static func frame(
    _ packet: [UInt8], from source: MACAddress = own,
    to destination: MACAddress = MACAddress(bits: 0x0200_0000_0001), type: UInt16 = EtherType.ipv4
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for mac in [destination, source] {
      bytes += (0..<6).map { UInt8(truncatingIfNeeded: mac.bits >> UInt64(40 - 8 * $0)) }
    }
    return bytes + [UInt8(type >> 8), UInt8(type & 0xff)] + packet
  }

  static func tcp(
    _ destination: String, from source: String = "192.168.64.5", port: UInt16 = 443
  ) throws -> [UInt8] {
    try builder(destination, from: source).tcp(from: 50_000, to: port, .syn)
  }

  static func udp(
    _ destination: String, _ port: UInt16, from source: String = "192.168.64.5",
    sourcePort: UInt16 = 40_000, _ payload: [UInt8] = [1]
  ) throws -> [UInt8] {
    try builder(destination, from: source).udp(from: sourcePort, to: port, payload)
  }

  static func builder(_ destination: String, from source: String) throws -> PacketBuilder {
    PacketBuilder(
      from: try #require(IPAddress(source)), to: try #require(IPAddress(destination)))
  }

  static func arp(
    sender: String, mac: MACAddress = own, hardware: UInt8 = 6, proto: UInt8 = 4
  ) throws -> [UInt8] {
    let address = try #require(IPAddress(sender)).bits.ipv4
    var bytes: [UInt8] = [0, 1, 8, 0, hardware, proto, 0, 1]
    bytes += (0..<6).map { UInt8(truncatingIfNeeded: mac.bits >> UInt64(40 - 8 * $0)) }
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: address >> UInt32(24 - 8 * $0)) }
    return bytes + [UInt8](repeating: 0, count: 24)
  }

  /// Decides on a frame from the VM and gives the outcome as the reference writes it.
  static func out(_ softnet: Softnet, _ frame: [UInt8], at time: Double = 1) -> String {
    var softnet = softnet
    let decision = frame.withUnsafeBytes { softnet.fromVM(frame: $0, at: time) }
    return (decision.passes ? "pass " : "drop ") + decision.row.name
  }

  @Test("1: another source address than the VM's")
  func spoofedMAC() throws {
    let frame = Self.frame(try Self.tcp("8.8.8.8"), from: MACAddress(bits: 0x5254_0000_0006))
    #expect(Self.out(try Self.softnet(), frame) == "drop V2")
  }

  @Test("2 to 6: without a lease only DHCP and probes pass")
  func withoutLease() throws {
    let softnet = try Self.softnet(lease: false)
    let discover = try Self.udp("255.255.255.255", 67, from: "0.0.0.0", sourcePort: 68)
    #expect(Self.out(softnet, Self.frame(discover)) == "pass V18")
    let probe = Self.frame(try Self.arp(sender: "0.0.0.0"), type: EtherType.arp)
    #expect(Self.out(softnet, probe) == "pass V8")
    let claim = Self.frame(try Self.arp(sender: "192.168.64.5"), type: EtherType.arp)
    #expect(Self.out(softnet, claim) == "drop V8")
    #expect(Self.out(softnet, Self.frame(try Self.tcp("8.8.8.8"))) == "drop V19")
    let odd = try Self.udp("255.255.255.255", 9999, from: "1.2.3.4", sourcePort: 68)
    #expect(Self.out(softnet, Self.frame(odd)) == "pass V18")
  }

  @Test("7 to 11: ARP with a lease")
  func arpWithLease() throws {
    let softnet = try Self.softnet()
    func decide(_ packet: [UInt8]) -> String {
      Self.out(softnet, Self.frame(packet, type: EtherType.arp))
    }
    #expect(decide(try Self.arp(sender: "192.168.64.5")) == "pass V6")
    #expect(decide(try Self.arp(sender: "192.168.64.1")) == "drop V7")
    let other = try Self.arp(sender: "192.168.64.5", mac: MACAddress(bits: 0x5254_0000_0006))
    #expect(decide(other) == "drop V4")
    #expect(decide(try Self.arp(sender: "0.0.0.0")) == "drop V7")
    #expect(decide(try Self.arp(sender: "192.168.64.5", proto: 6)) == "drop V5")
    #expect(decide([0, 1, 8, 0, 6]) == "drop V3")
  }

  @Test(
    "12 to 19: where a leased VM may go",
    arguments: [
      ("8.8.8.8", "pass V14"), ("192.168.1.10", "drop V19"), ("192.168.64.1", "pass V15"),
      ("192.168.64.6", "drop V19"), ("10.0.0.1", "drop V19"), ("192.0.0.9", "pass V14"),
      ("192.0.0.8", "drop V19"), ("240.0.0.1", "drop V19"), ("100.64.0.1", "drop V19"),
    ])
  func destinations(_ destination: String, _ expected: String) throws {
    #expect(Self.out(try Self.softnet(), Self.frame(try Self.tcp(destination))) == expected)
  }

  @Test("16 to 19: multicast is global, broadcasts are not")
  func groups() throws {
    let softnet = try Self.softnet()
    let echo = try Self.builder("10.0.0.1", from: "192.168.64.5").echo(identifier: 7)
    #expect(Self.out(softnet, Self.frame(echo)) == "drop V19")
    #expect(Self.out(softnet, Self.frame(try Self.udp("224.0.0.251", 5353))) == "pass V14")
    let broadcast = try Self.udp("255.255.255.255", 1900, sourcePort: 1900)
    #expect(Self.out(softnet, Self.frame(broadcast)) == "drop V19")
    #expect(Self.out(softnet, Self.frame(try Self.udp("192.168.64.255", 137))) == "drop V19")
  }

  @Test("20 and 21: name servers of the lease are reached by UDP only")
  func nameServers() throws {
    let softnet = try Self.softnet(nameServers: [0xc0a8_0101])
    #expect(Self.out(softnet, Self.frame(try Self.udp("192.168.1.1", 53))) == "pass V16")
    let tcp = try Self.tcp("192.168.1.1", port: 53)
    #expect(Self.out(softnet, Self.frame(tcp)) == "drop V19")
  }

  @Test("22 to 27: spoofing, other EtherTypes, options and fragments")
  func oddPackets() throws {
    let softnet = try Self.softnet()
    let spoofed = try Self.tcp("8.8.8.8", from: "192.168.64.77")
    #expect(Self.out(softnet, Self.frame(spoofed)) == "drop V19")
    let tcp = try Self.tcp("1.1.1.1")
    #expect(Self.out(softnet, Self.frame(tcp, type: EtherType.ipv6)) == "drop V9")
    #expect(Self.out(softnet, Self.frame(tcp, type: EtherType.vlan)) == "drop V9")
    var options = try Self.builder("1.1.1.1", from: "192.168.64.5")
    options.options = [7, 4, 4, 0]
    #expect(Self.out(softnet, Self.frame(options.tcp(from: 1, to: 2, .syn))) == "pass V14")
    var fragment = try Self.builder("1.1.1.1", from: "192.168.64.5")
    fragment.fragmentField = 185
    #expect(Self.out(softnet, Self.frame(fragment.packet(.tcp, [1, 2, 3, 4]))) == "pass V14")
    fragment.destination = try #require(IPAddress("192.168.1.10"))
    #expect(Self.out(softnet, Self.frame(fragment.packet(.udp, [1, 2, 3, 4]))) == "drop V16")
  }

  @Test("28 and 29: allow widens, and a block of the same prefix wins")
  func allowAndBlock() throws {
    let allow = try Self.softnet(allow: "192.168.1.0/24")
    #expect(Self.out(allow, Self.frame(try Self.tcp("192.168.1.10"))) == "pass V12")
    let tie = try Self.softnet(allow: "66.66.0.0/16", block: "66.66.0.0/16")
    #expect(Self.out(tie, Self.frame(try Self.tcp("66.66.66.66"))) == "drop V13")
  }

  @Test(
    "30: the longest prefix decides",
    arguments: [
      ("33.33.33.32", "drop V13"), ("33.33.33.33", "pass V12"), ("33.33.33.34", "drop V13"),
    ])
  func longestPrefix(_ destination: String, _ expected: String) throws {
    let softnet = try Self.softnet(allow: "33.33.33.33/32", block: "33.33.33.0/24")
    #expect(Self.out(softnet, Self.frame(try Self.tcp(destination))) == expected)
  }

  @Test("31 to 34: blocking everything also blocks the gateway and the lease's renewal")
  func blockEverything() throws {
    let host = try Self.softnet(allow: "@host", block: "0.0.0.0/0")
    #expect(Self.out(host, Self.frame(try Self.tcp("8.8.8.8"))) == "drop V13")
    #expect(Self.out(host, Self.frame(try Self.tcp("192.168.64.1"))) == "pass V12")
    let all = try Self.softnet(block: "0.0.0.0/0")
    let renew = try Self.udp("192.168.64.1", 67, sourcePort: 68)
    #expect(Self.out(all, Self.frame(renew)) == "drop V13")
    let rebind = try Self.udp("255.255.255.255", 67, sourcePort: 68)
    #expect(Self.out(all, Self.frame(rebind)) == "drop V13")
    let discover = try Self.udp("255.255.255.255", 67, from: "0.0.0.0", sourcePort: 68)
    #expect(Self.out(all, Self.frame(discover), at: 601) == "pass V18")
  }

  @Test("35 to 37: the host blocked, the lease expired")
  func expiry() throws {
    let host = try Self.softnet(block: "@host")
    #expect(Self.out(host, Self.frame(try Self.tcp("192.168.64.1", port: 22))) == "drop V13")
    let softnet = try Self.softnet()
    #expect(Self.out(softnet, Self.frame(try Self.tcp("8.8.8.8")), at: 600) == "drop V19")
    let arp = Self.frame(try Self.arp(sender: "192.168.64.5"), type: EtherType.arp)
    #expect(Self.out(softnet, arp, at: 600) == "drop V7")
  }

  @Test("38 and 39: a zero total length is malformed; allowing everything reaches siblings")
  func malformedAndOpen() throws {
    var zero = try Self.tcp("8.8.8.8")
    zero[2] = 0
    zero[3] = 0
    #expect(Self.out(try Self.softnet(), Self.frame(zero)) == "drop V10")
    let open = try Self.softnet(allow: "0.0.0.0/0")
    #expect(open.policy.allowsEverything)
    #expect(Self.out(open, Self.frame(try Self.tcp("192.168.64.6"))) == "pass V12")
    let almost = try Self.softnet(allow: "1.2.3.4/0")
    #expect(!almost.policy.allowsEverything)
  }

  @Test("a frame without an Ethernet header is dropped in both directions")
  func shortFrames() throws {
    var softnet = try Self.softnet()
    #expect(Self.out(softnet, [1, 2, 3]) == "drop V1")
    let decision = [UInt8](repeating: 0, count: 13).withUnsafeBytes {
      softnet.toVM(frame: $0, at: 1)
    }
    #expect(decision == .init(passes: false, row: .h1))
  }

  @Test(
    "options that Softnet refuses",
    arguments: ["1.1.1.1", "::1/128", "10.0.0.0/33", " 10.0.0.0/8", "", "@gateway"])
  func refusedOptions(_ text: String) {
    #expect(throws: SoftnetOptionError.self) {
      try SoftnetPolicy(allow: text, block: nil, gateway: 1)
    }
  }
}
