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
