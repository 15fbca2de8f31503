import Testing

@testable import PFSim

@Suite("Events say what they did to pf")
struct HostEventsTests {
  @Test("a declared bridge comes up with the first VM, not at boot")
  func declaredBridge() throws {
    var seen: [Bool] = []
    let fixture = try HostFixture([]) { deployment in
      deployment.host.interfaces.append(
        Interface(
          name: "bridge100",
          addresses: [.init(address: IPAddress(ipv4: 0xc0a8_4d01), prefixLength: 24)]))
    }
    let host = fixture.host
    let bridge = try #require(host.index(ofInterface: "bridge100"))
    seen.append(host.isPresent[bridge])
    host.apply(.startVM(VirtualMachine(name: "a", mode: .nat)))
    seen.append(host.isPresent[bridge])
    #expect(host.networks[0].bridge == bridge)
    #expect(host.networks[0].gateway == IPAddress("192.168.77.1"))
    host.apply(.stopVM(name: "a"))
    seen.append(host.isPresent[bridge])
    #expect(seen == [false, true, false])
    host.apply(.startVM(VirtualMachine(name: "b", mode: .nat)))
    #expect(host.interfaces[host.networks[1].bridge].name == "bridge100")
    #expect(host.networks[1].gateway == IPAddress("192.168.77.1"))
  }

  @Test("appended rules stand behind the service's calls")
  func append() throws {
    let host = try HostFixture().host
    let rules = "rdr-anchor \"sshuttle-12300\"\nanchor \"sshuttle-12300\"\n"
    let report = host.apply(.append(RulesFile(name: "sshuttle", text: rules)))
    #expect(report.exitCode == 0)
    #expect(
      host.rules(of: .filter, in: "").map { $0.text() } == [
        "anchor \"com.apple/*\" all", "anchor \"com.apple.internet-sharing\" all",
        "anchor \"sshuttle-12300\" all",
      ])
    #expect(host.rules(of: .rdr, in: "").last?.text() == "rdr-anchor \"sshuttle-12300\" all")
    let bad = host.apply(.append(RulesFile(name: "bad", text: "pass on on\n")))
    #expect(bad.exitCode == 1)
    #expect(host.rules(of: .filter, in: "").count == 3)
  }

  @Test("the Mac's own packets to a bridged VM meet pf on the uplink and reach the VM")
  func hostToBridgedVM() throws {
    let fixture = try HostFixture([.bridged])
    let disposition = try fixture.send("tcp 192.168.1.20:50000 > 192.168.1.50:22 S from host")
    #expect(disposition.fate == .deliveredToVM && disposition.vm == 0)
    #expect(fixture.walk == "out en0")
    let other = try fixture.send("tcp 192.168.1.20:50000 > 192.168.1.77:22 S from host")
    #expect(other.fate == .left)
  }
}

@Suite("What happens beside pfctl, in order")
struct MacEventsTests {
  private static func machine(
    _ name: String, _ mode: NetworkMode = .nat, program: String = "tart"
  ) -> HostEvent {
    .startVM(VirtualMachine(name: name, mode: mode, program: program))
  }

  @Test(
    "other programs have a bridge and a subnet of their own, one service for all",
    arguments: ["utm", "lima", "docker", "container", "orbstack"])
  func otherPrograms(_ program: String) throws {
    let host = try HostFixture().host
    let report = host.apply(Self.machine("other", program: program))
    #expect(report.effects.first == "bridge101 comes up with 192.168.65.1/24")
    #expect(host.references.tokens.map(\.holder) == ["pfd"])
    let nat = PfctlViews(host: host, anchor: "com.apple.internet-sharing/shared_v4").translation()
    #expect(nat.contains("from 192.168.64.0/24 to any") && nat.contains("from 192.168.65.0/24"))
    host.apply(.stopVM(name: "other"))
    #expect(host.filter.isEnabled)
    let rest = PfctlViews(host: host, anchor: "com.apple.internet-sharing/shared_v4").translation()
    #expect(!rest.contains("192.168.65."))
  }

  @Test("a second VM joins, and no rule or counter changes")
  func secondVM() throws {
    let fixture = try HostFixture()
    try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    let views = PfctlViews(
      host: fixture.host, verbosity: 1, anchor: "com.apple.internet-sharing/shared_v4")
    let before = views.translation()
    #expect(before.contains("Evaluations: 1 "))
    let report = fixture.host.apply(Self.machine("second"))
    #expect(report.effects.first == "joins bridge100; nothing changes in pf")
    #expect(views.translation() == before)
  }

  @Test("the service killed: the bridge stays, VMs are cut off until it runs again")
  func killed() throws {
    let fixture = try HostFixture()
    let report = fixture.host.apply(.killSharing)
    #expect(report.effects == ["the bridges keep their addresses; the VMs are cut off"])
    let packet = "tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM"
    #expect(try fixture.send(packet).fate == .dropped)
    fixture.host.apply(.restartSharing)
    #expect(try fixture.send(packet).fate == .left)
  }

  @Test("Wi-Fi instead of Ethernet: packets leave on an interface without a nat line")
  func otherUplink() throws {
    let fixture = try HostFixture()
    let wifi = Interface(
      name: "en7", addresses: [.init(address: IPAddress(ipv4: 0x0a00_0007), prefixLength: 24)])
    fixture.host.apply(.interfaceUp(wifi, routes: []))
    let report = fixture.host.apply(
      .setDefaultRoute(interface: "en7", gateway: IPAddress(ipv4: 0x0a00_0001)))
    #expect(report.effects.first == "the default route is now default via 10.0.0.1 on en7")
    #expect(report.effects.contains { $0.contains("has no rules for en7") })
    let lost = try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    #expect(lost.leftWithPrivateSource)
    fixture.host.apply(.restartSharing)
    let good = try fixture.send("tcp 192.168.64.5:50001 > 1.1.1.1:443 S from VM")
    #expect(!good.leftWithPrivateSource && fixture.ends.hasPrefix("10.0.0.7:"))
  }

  @Test("a VPN goes down: its routes vanish with it")
  func tunnelDown() throws {
    let fixture = try HostFixture()
    fixture.host.apply(.interfaceUp(.tunnel, routes: [.throughTunnel]))
    let packet = "tcp 192.168.64.5:50000 > 10.1.1.1:443 S from VM"
    #expect(try fixture.send(packet).leftWithPrivateSource)
    #expect(fixture.walk == "in bridge100, out utun5")
    let report = fixture.host.apply(.interfaceDown(name: "utun5"))
    #expect(report.effects == ["utun5 is gone, and its routes with it"])
    try fixture.send("tcp 192.168.64.5:50001 > 10.1.1.1:443 S from VM")
    #expect(fixture.walk == "in bridge100, out en0")
    #expect(fixture.host.apply(.interfaceDown(name: "utun5")).exitCode == 1)
  }

  @Test("sleep keeps rules and tokens; Softnet's lease runs out meanwhile")
  func sleep() throws {
    let fixture = try HostFixture([.softnet])
    try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    let tokens = fixture.host.references.tokens
    let report = fixture.host.apply(.sleep(seconds: 100_000))
    #expect(
      report.effects.first == "pf keeps its rules and tokens; states and leases age meanwhile")
    #expect(fixture.host.references.tokens == tokens && fixture.host.filter.isEnabled)
    #expect(fixture.host.sharingCalls().count == 4)
    #expect(fixture.host.filter.stateSnapshots.isEmpty)
  }

  @Test("a reboot leaves files only")
  func reboot() throws {
    let host = try HostFixture(rules: "table <t> persist\npass all\n", order: .afterVM).host
    host.apply(.table(TableCommand(.add, table: "t", operands: ["192.0.2.1"])))
    let report = host.apply(.boot)
    #expect(report.effects.last == "pf is off")
    #expect(!host.filter.isEnabled && host.references.tokens.isEmpty)
    #expect(host.sharingCalls() == [] && host.machines.allSatisfy { !$0.isRunning })
    #expect(
      host.rules(of: .filter, in: "").map { $0.text() } == ["anchor \"com.apple/*\" all"])
  }

  @Test("events that cannot happen say why")
  func impossible() throws {
    let host = try HostFixture().host
    #expect(host.apply(Self.machine("vm1")).messages == ["a VM named vm1 runs already"])
    #expect(host.apply(.stopVM(name: "nobody")).messages == ["no VM named nobody runs"])
    let bridged = VirtualMachine(name: "b", mode: .bridged, bridgedTo: "utun9")
    #expect(
      host.apply(.startVM(bridged)).messages
        == ["no bridge interfaces matched \"utun9\", available interfaces: en0"])
    var softnet = VirtualMachine(name: "s", mode: .softnet)
    softnet.softnet.allow = "10.0.0.1"
    let refused = host.apply(.startVM(softnet))
    #expect(refused.exitCode == 1 && refused.messages.first?.hasPrefix("softnet: --allow") == true)
    #expect(host.machines.count(where: \.isRunning) == 1)
    #expect(
      host.apply(.setDefaultRoute(interface: "en9", gateway: nil)).messages
        == ["there is no interface en9"])
  }

  @Test("a lease is learnt by Softnet, moves exposed ports and runs out")
  func lease() throws {
    let fixture = try HostFixture([.softnet]) {
      $0.machines[0].softnet = SoftnetOptions(expose: "2222:22", assumesLease: false)
    }
    let host = fixture.host
    let packet = "tcp 192.168.64.9:50000 > 1.1.1.1:443 S from VM"
    #expect(try fixture.send(packet).cause == .softnet)
    let address = try #require(IPAddress("192.168.64.9"))
    let report = host.apply(.lease(vm: "vm1", address: address, seconds: 600))
    #expect(report.effects.first == "vm1 has 192.168.64.9")
    #expect(report.effects.last == "exposed ports lead to 192.168.64.9")
    #expect(try fixture.send(packet).fate == .left)
    let views = PfctlViews(host: host, anchor: "com.apple.internet-sharing/shared_v4")
    #expect(views.translation().contains("port = 2222 -> 192.168.64.9 port 22"))
    let over = host.apply(.wait(seconds: 600))
    #expect(over.effects == ["Softnet: the lease of vm1 (192.168.64.9) has run out"])
    #expect(try fixture.send(packet).softnetRow == .v19)
    let foreign = try #require(IPAddress("10.0.0.1"))
    #expect(host.apply(.lease(vm: "vm1", address: foreign, seconds: 1)).exitCode == 1)
  }
}
