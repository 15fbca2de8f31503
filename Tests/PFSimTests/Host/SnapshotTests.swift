import Foundation
import Testing

@testable import PFSim

@Suite("Snapshots of a Mac")
struct SnapshotTests {
  private static let rules =
    "table <friends> persist { 10.0.0.0/8, !10.1.0.0/16 }\nset skip on lo0\n"
    + StockRules.main.text.replacing(#/load anchor.*\n/#, with: "") + """
      block in on en0 proto tcp to port { 22, 80 } label "in $dstport"
      anchor {
        pass in proto udp to port 53
        block in proto udp to port 54
      }
      pass in on en0 proto tcp from <friends> to (en0) port 443
      block return in on bridge100 inet proto tcp to 192.0.2.0/24 port 1000 >< 2000
      load anchor "com.apple" from "/etc/pf.anchors/com.apple"

      """

  /// A Mac with rules, a VM, a VPN, tokens and some traffic behind it.
  private static func mac() throws -> HostFixture {
    let fixture = try HostFixture(
      rules: rules,
      anchors: ["com.apple/own": "block drop in quick inet from 192.168.64.0/24 to 1.0.0.1\n"])
    fixture.host.apply(.enableWithToken(holder: "pfctl"))
    fixture.host.apply(.interfaceUp(.tunnel, routes: [.throughTunnel]))
    try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    fixture.host.advance(to: 3700)
    return fixture
  }

  private static func reload(_ host: PFSim.Host) throws -> PFSim.Host {
    let text = SnapshotText(host: host).text
    let snapshot = try HostSnapshot(parsing: text, file: "mac.txt")
    return try Deployment(host: snapshot.configuration).makeHost()
  }

  @Test("show, snapshot, load: every view is the same")
  func views() throws {
    let one = try Self.mac().host
    let other = try Self.reload(one)
    let paths = one.filter.anchorPaths
    #expect(other.filter.anchorPaths == paths)
    for path in paths {
      let before = PfctlViews(host: one, anchor: path)
      let after = PfctlViews(host: other, anchor: path)
      #expect(after.rules() == before.rules())
      #expect(after.translation() == before.translation())
      #expect(after.dummynet() == before.dummynet())
      #expect(after.tables() == before.tables())
    }
    let before = PfctlViews(host: one, verbosity: 1)
    let after = PfctlViews(host: other, verbosity: 1)
    #expect(after.tables() == before.tables())
    #expect(
      try PfctlViews(host: other).addresses(ofTable: "friends")
        == PfctlViews(host: one).addresses(ofTable: "friends"))
    #expect(after.references() == before.references())
    #expect(after.interfaces() == before.interfaces())
    #expect(after.timeouts() == before.timeouts())
    #expect(after.memory() == before.memory())
    #expect(after.info().split(separator: "\n").first == before.info().split(separator: "\n").first)
    #expect(
      other.rules(of: .filter, in: "").map(\.priority)
        == one.rules(of: .filter, in: "").map(\.priority))
    #expect(other.sharing.token == one.sharing.token)
  }

  @Test(
    "packets get the same answers, and events go on from there",
    arguments: [
      "tcp 192.168.64.5:50001 > 1.1.1.1:443 S from VM",
      "tcp 192.168.64.5:50001 > 1.0.0.1:443 S from VM",
      "tcp 192.168.64.5:50001 > 192.0.2.1:1500 S from VM",
      "tcp 192.168.64.5:50001 > 10.1.1.1:443 S from VM",
      "udp 192.168.64.5:5000 > 192.168.64.1:54 len 20 from VM",
      "tcp 192.168.1.9:50000 > 192.168.1.20:22 S from uplink",
      "tcp 10.0.0.9:50000 > 192.168.1.20:443 S from uplink",
      "tcp 192.168.1.20:50000 > 192.168.64.5:22 S from host",
    ])
  func answers(_ packet: String) throws {
    let one = try Self.mac()
    let other = try Self.reload(one.host)
    let vm = VirtualMachine(name: "vm1", mode: .nat, address: IPAddress("192.168.64.5"))
    let joined = other.apply(.startVM(vm))
    #expect(joined.effects.contains("joins bridge100; nothing changes in pf"))
    let before = try one.send(packet)
    let notation = try PacketNotation(packet)
    guard case .bytes(let bytes) = notation.content else { return }
    let buffer = PacketBuffer()
    buffer.assign(bytes)
    let after = try other.walk(buffer, from: notation.place)
    #expect(after.fate == before.fate && after.cause == before.cause)
    #expect(
      other.path.map { [$0.interface, $0.verdict, $0.reason, $0.rule?.text ?? ""] }
        == one.host.path.map { [$0.interface, $0.verdict, $0.reason, $0.rule?.text ?? ""] })
  }

  @Test("the service's doings go on from the snapshot: reload, restart, last VM")
  func events() throws {
    let host = try Self.reload(try Self.mac().host)
    #expect(host.assumptions.contains { $0.code == "snapshot" })
    let load = host.apply(.load(StockRules.main))
    #expect(
      load.effects.contains("the VMs lose NAT until the sharing service restarts its network"))
    let restart = host.apply(.restartSharing)
    #expect(restart.effects.contains("pfd inserts nat-anchor \"com.apple.internet-sharing\" all"))
    let name = "com.apple.internet-sharing/shared_v4"
    #expect(
      PfctlViews(host: host, anchor: name).translation()
        .contains("nat on utun5 inet from 192.168.64.0/24 to any -> (utun5:0) extfilter ei"))
  }

  @Test("counters of the Mac stand beside those of the simulation")
  func counters() throws {
    let mac = try Self.mac()
    let other = try Self.reload(mac.host)
    let rows = other.counterComparisons
    let nat = rows.first { $0.rule.text.hasPrefix("nat on en0") }
    #expect(nat?.observed.evaluations == 1)
    #expect(nat?.simulated.evaluations == 0)
    #expect(rows.contains { !$0.isEqual })
    other.apply(
      .startVM(VirtualMachine(name: "vm1", mode: .nat, address: IPAddress("192.168.64.5"))))
    let buffer = PacketBuffer()
    let notation = try PacketNotation("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    guard case .bytes(let bytes) = notation.content else { return }
    buffer.assign(bytes)
    _ = try other.walk(buffer, from: notation.place)
    #expect(other.counterComparisons.filter { !$0.isEqual }.map(\.rule.text) == [])
    let lines = CounterReport(rows: rows).lines
    #expect(lines.first?.hasPrefix("counters of the Mac's rules: ") == true)
    #expect(lines.contains { $0.contains("evaluations 1 → 0") })
  }

  @Test(
    "what is wrong is said with its line",
    arguments: [
      ("rules\n", "mac.txt:1: a snapshot begins with"),
      ("=== pfsim-snapshot 9\n=== end\n", "mac.txt:1: version 9"),
      ("=== pfsim-snapshot 1\n=== info\n", "mac.txt:3: the snapshot is cut off"),
      ("=== pfsim-snapshot 1\n=== table t /\n=== end", "mac.txt:2: table t / is not among"),
      (
        "=== pfsim-snapshot 1\n=== tables /\n-pa-r-\tt\n=== table t /\n   x y\n=== end",
        "mac.txt:5: 'x y' is not an address"
      ),
      (
        "=== pfsim-snapshot 1\n=== ifconfig\nen0: mtu 1500\n\tinet nowhere\n=== end",
        "mac.txt:4: expected an IPv4 address behind inet"
      ),
    ])
  func errors(_ text: String, _ message: String) {
    do {
      _ = try HostSnapshot(parsing: text, file: "mac.txt")
      Issue.record("the snapshot was accepted")
    } catch {
      #expect(error.description.hasPrefix(message), "\(error.description)")
    }
  }

  @Test("a rule that cannot be read is left out, and every answer says so")
  func unreadableRule() throws {
    let text = """
      === pfsim-snapshot 1
      === info
      Status: Enabled for 2 days 03:04:05           Debug: Urgent
      === rules /
      pass in all flags S/SA keep state
      pass in some new words of pf
      block drop out all
      === end
      """
    let snapshot = try HostSnapshot(parsing: text, file: "mac.txt")
    let host = try Deployment(host: snapshot.configuration).makeHost()
    #expect(
      PfctlViews(host: host).rules() == "pass in all flags S/SA keep state\nblock drop out all\n")
    #expect(
      host.assumptions.contains {
        $0.code == "snapshot-rule" && $0.text.hasPrefix("mac.txt:6 is left out: pass in some new")
      })
    #expect(host.rules(of: .filter, in: "")[1].provenance.location?.line == 7)
    #expect(
      PfctlViews(host: host).info().hasPrefix("Status: Enabled for 2 days 03:04:05"))
  }

  @Test("real ifconfig and netstat output is understood")
  func realOutput() throws {
    let text = """
      === pfsim-snapshot 1
      === version
      13.6.1
      === ifconfig
      lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
      \toptions=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
      \tinet 127.0.0.1 netmask 0xff000000
      \tinet6 ::1 prefixlen 128
      \tinet6 fe80::1%lo0 prefixlen 64 scopeid 0x1
      \tnd6 options=201<PERFORMNUD,DAD>
      en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
      \tether a4:83:e7:00:00:01
      \tinet 10.20.30.40 netmask 0xfffffc00 broadcast 10.20.31.255
      \tmedia: autoselect
      utun4: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1380
      \tinet 100.64.0.7 --> 100.64.0.7 netmask 0xffffffff
      bridge100: flags=8a63<UP,BROADCAST,SMART,RUNNING,ALLMULTI,SIMPLEX,MULTICAST> mtu 1500
      \tinet 192.168.64.1 netmask 0xffffff00 broadcast 192.168.64.255
      \tinet6 fd84:d0eb:5505:fa25:14e4:bd45:7a3d:9c46 prefixlen 64 autoconf secured
      \t\tipfilter disabled flags 0x0
      \tmember: vmenet0 flags=10803<LEARNING,DISCOVER,PRIVATE,CSUM>
      \tmember: vmenet1 flags=10803<LEARNING,DISCOVER,PRIVATE,CSUM>
      bridge101: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
      \tmember: en0 flags=8003<LEARNING,DISCOVER,MACNAT>
      \tmember: vmenet2 flags=10003<LEARNING,DISCOVER,CSUM>
      === routes
      Routing tables

      Internet:
      Destination        Gateway            Flags               Netif Expire
      default            10.20.28.1         UGScg                 en0
      default            link#22            UCSIg           bridge100      !
      10.20.28/22        link#14            UCS                   en0      !
      10.20.28.1         a4:83:e7:0:0:9     UHLWIir               en0   1184
      100.64/10          utun4              USc                 utun4
      172.16.9           100.64.0.1         UGSc                utun4
      192.168.64         link#22            UC              bridge100      !
      224.0.0/4          link#14            UmCS                  en0      !

      Internet6:
      Destination                             Gateway                         Flags  Netif Expire
      default                                 fe80::1%en0                     UGcg   en0
      === sysctl
      net.inet.ip.forwarding: 1
      === leases
      {
      \tname=ubuntu
      \tip_address=192.168.64.3
      \thw_address=1,8a:cb:49:70:e1:7b
      \tlease=0x678e2ce7
      }
      === end
      """
    let snapshot = try HostSnapshot(parsing: text, file: "mac.txt")
    #expect(snapshot.profile == .macOS13)
    #expect(snapshot.interfaces.map(\.name) == ["lo0", "en0", "utun4", "bridge100", "bridge101"])
    #expect(snapshot.interfaces[1].addresses[0].prefixLength == 22)
    #expect(snapshot.interfaces[2].mtu == 1380)
    #expect(
      snapshot.routes.map(\.description) == [
        "default via 10.20.28.1 on en0", "default on bridge100", "100.64.0.0/10 on utun4",
        "172.16.9.0/24 via 100.64.0.1 on utun4", "default via fe80::1 on en0",
      ])
    #expect(snapshot.routes.map(\.isScoped) == [false, true, false, false, false])
    #expect(snapshot.leases.count == 1)
    let host = try Deployment(host: snapshot.configuration).makeHost()
    #expect(host.networks.map(\.mode) == [.host, .bridged])
    #expect(host.networks[0].isIsolated && !host.networks[1].isIsolated)
    #expect(host.isForwarding)
    #expect(host.uplink == 1)
  }

  @Test("the script is plain sh, says what it does and ends as the reader wants")
  func script() {
    let text = SnapshotScript.text
    #expect(text.hasPrefix("#!/bin/sh\n"))
    #expect(text.contains("It only looks"))
    #expect(text.hasSuffix("section \"end\" true\n"))
    let changing = [" -f ", " -F ", " -e", " -d ", " -E", " -X", " -k ", " -K ", " -T add", "rm "]
    for line in text.split(separator: "\n") where line.contains("pfctl") && !line.hasPrefix("#") {
      for option in changing { #expect(!line.contains(option), "\(line)") }
    }
  }

  @Test("the sample in the repository goes through the loop unchanged")
  func sample() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appendingPathComponent("Examples/snapshot.txt"), encoding: .utf8)
    let snapshot = try HostSnapshot(parsing: text, file: "Examples/snapshot.txt")
    let host = try Deployment(host: snapshot.configuration).makeHost()
    #expect(!host.assumptions.contains { $0.code == "snapshot-rule" })
    #expect(SnapshotText(host: host).text == text)
  }
}
