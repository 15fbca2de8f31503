import Testing

@testable import PFSim

/// The seventeen flows of the reference's table of hooks, NAT and bridged.
@Suite("A packet meets the hooks that its way crosses")
struct HostPathTests {
  static let internet = "tcp 192.168.64.5:50000 > 1.1.1.1:443 S"

  @Test("1: VM to the Internet is in on the bridge and out on the uplink, its TTL one less")
  func toTheInternet() throws {
    let fixture = try HostFixture()
    let disposition = try fixture.send(Self.internet + " ttl 64 from VM")
    #expect(fixture.walk == "in bridge100, out en0")
    #expect(disposition.fate == .left)
    #expect(fixture.packet.bytes[8] == 63)
    #expect(IPv4Header(fixture.packet.base, count: fixture.packet.count).map(\.isSound) == true)
  }

  @Test(
    "3, 4, 11, 12, 16: what the host itself takes is in on the bridge only",
    arguments: [
      "tcp 192.168.64.5:50000 > 192.168.64.1:22 S", "tcp 192.168.64.5:50000 > 192.168.1.20:22 S",
      "udp 0.0.0.0:68 > 255.255.255.255:67 len 240", "udp 192.168.64.5:40000 > 192.168.64.1:53",
      "udp 192.168.64.5:5353 > 224.0.0.251:5353", "udp 192.168.64.5:137 > 192.168.64.255:137",
    ])
  func toTheHost(_ text: String) throws {
    let fixture = try HostFixture()
    let disposition = try fixture.send(text + " from VM")
    #expect(fixture.walk == "in bridge100")
    #expect(disposition.fate == .deliveredToHost)
  }

  @Test("5: host to VM is out on the bridge only")
  func hostToVM() throws {
    let fixture = try HostFixture()
    let disposition = try fixture.send("tcp 192.168.64.1:50000 > 192.168.64.5:22 S from host")
    #expect(fixture.walk == "out bridge100")
    #expect(disposition.fate == .deliveredToVM)
    #expect(disposition.vm == 0)
  }

  @Test("7: VM to the LAN goes the same way as to the Internet")
  func toTheLAN() throws {
    let fixture = try HostFixture()
    try fixture.send("tcp 192.168.64.5:50000 > 192.168.1.50:80 S from VM")
    #expect(fixture.walk == "in bridge100, out en0")
  }

  @Test("9 and 10: VMs of one network are isolated from macOS 13 on and switched before")
  func siblings() throws {
    let text = "tcp 192.168.64.5:50000 > 192.168.64.6:80 S from VM"
    let isolated = try HostFixture([.nat, .nat])
    let dropped = try isolated.send(text)
    #expect(isolated.walk.isEmpty)
    #expect(dropped.cause == .isolation)
    let open = try HostFixture([.nat, .nat]) { $0.host.profile = .macOS12 }
    let switched = try open.send(text)
    #expect(open.walk.isEmpty)
    #expect(switched.fate == .switched)
    #expect(switched.vm == 1)
  }

  @Test("13: ARP never meets pf")
  func arp() throws {
    let fixture = try HostFixture()
    fixture.packet.assign(try SoftnetTests.arp(sender: "192.168.64.5"))
    let disposition = fixture.host.packetFromVM(
      fixture.packet, link: LinkHeader(etherType: EtherType.arp))
    #expect(fixture.walk.isEmpty)
    #expect(disposition.fate == .deliveredToHost)
  }

  @Test("14: another VM network is reached through the host")
  func otherNetwork() throws {
    let fixture = try HostFixture([.nat, .nat]) { deployment in
      deployment.machines[1].program = "utm"
      deployment.machines[1].address = IPAddress("192.168.65.9")
    }
    let disposition = try fixture.send("tcp 192.168.64.5:50000 > 192.168.65.9:80 S from VM")
    #expect(fixture.walk == "in bridge100, out bridge101")
    #expect(disposition.fate == .deliveredToVM)
    #expect(!disposition.leftWithPrivateSource)
  }

  @Test("15: a VPN's network is reached through its tunnel")
  func tunnel() throws {
    let fixture = try HostFixture { deployment in
      deployment.timeline = [.interfaceUp(.tunnel, routes: [.throughTunnel])]
    }
    try fixture.send("tcp 192.168.64.5:50000 > 10.1.1.1:80 S from VM")
    #expect(fixture.walk == "in bridge100, out utun5")
  }

  @Test("17: the host's own exposed port is reached over lo0")
  func ownAddress() throws {
    let fixture = try HostFixture()
    let disposition = try fixture.send("tcp 192.168.1.20:50000 > 192.168.1.20:2222 S from host")
    #expect(fixture.walk == "out lo0, in lo0")
    #expect(disposition.fate == .deliveredToHost)
  }

  @Test("bridged frames meet no hook, but those for the host's own address do")
  func bridged() throws {
    let fixture = try HostFixture([.bridged])
    let out = try fixture.send("tcp 192.168.1.50:50000 > 1.1.1.1:443 S from VM")
    #expect(fixture.walk.isEmpty)
    #expect(out.fate == .switched)
    let answer = try fixture.send("tcp 1.1.1.1:443 > 192.168.1.50:50000 SA from uplink")
    #expect(fixture.walk.isEmpty)
    #expect(answer.vm == 0)
    try fixture.send("tcp 192.168.1.50:50000 > 192.168.1.20:22 S from VM")
    #expect(fixture.walk == "in en0")
    try fixture.send("udp 192.168.1.50:5353 > 224.0.0.251:5353 from VM")
    #expect(fixture.walk == "in en0")
  }

  @Test("up to macOS 10.14 pf sees bridged frames on the members")
  func bridgedMembers() throws {
    let fixture = try HostFixture([.bridged]) { $0.host.profile = .mojave }
    try fixture.send("tcp 192.168.1.50:50000 > 1.1.1.1:443 S from VM")
    #expect(fixture.walk == "in vmenet0, out en0")
  }

  @Test("what is not forwarded: TTL 1, link-local, multicast, no forwarding, no route")
  func notForwarded() throws {
    let fixture = try HostFixture()
    #expect(try fixture.send(Self.internet + " ttl 1 from VM").cause == .timeExceeded)
    let linkLocal = try fixture.send("udp 192.168.64.5:1 > 169.254.3.4:9 from VM")
    #expect(linkLocal.cause == .notForwardable)
    let off = try HostFixture { $0.host.settings.forwarding = .off }
    #expect(try off.send(Self.internet + " from VM").cause == .notForwarding)
    let lost = try HostFixture { $0.host.routes = [] }
    #expect(try lost.send(Self.internet + " from VM").cause == .noRoute)
  }

  @Test("a packet above the MTU with DF is not forwarded")
  func tooBig() throws {
    // Without the sharing service's scrub rule, whose no-df would let it be cut.
    let fixture = try HostFixture(rules: StoryTests.murus, order: .afterVM) {
      $0.host.interfaces[1].mtu = 1400
    }
    let big = try fixture.send("udp 192.168.64.5:1 > 1.1.1.1:9 len 1450 df from VM")
    #expect(big.cause == .tooBig)
    let small = try fixture.send("udp 192.168.64.5:1 > 1.1.1.1:9 len 1300 df from VM")
    #expect(small.fate == .left)
  }

  @Test("Softnet stands in front of the same walk")
  func softnet() throws {
    let fixture = try HostFixture([.softnet])
    let internet = try fixture.send(Self.internet + " from VM")
    #expect(fixture.walk == "in bridge100, out en0")
    #expect(internet.softnetRow == .v14)
    let lan = try fixture.send("tcp 192.168.64.5:50000 > 192.168.1.50:80 S from VM")
    #expect(fixture.walk.isEmpty)
    #expect(lan.cause == .softnet)
    #expect(lan.softnetRow == .v19)
  }

  @Test("a VM that stopped sends nothing; its bridge goes with the last one")
  func stopped() throws {
    let fixture = try HostFixture()
    fixture.host.apply(.stopVM(name: "vm1"))
    #expect(try fixture.send(Self.internet + " from VM").cause == .absent)
    let bridge = try #require(fixture.host.index(ofInterface: "bridge100"))
    #expect(!fixture.host.isPresent[bridge])
  }
}

extension IPv4Header {
  /// Whether the header's checksum is right.
  var isSound: Bool { Checksum.internet(base.reading, count: headerLength) == 0 }
}
