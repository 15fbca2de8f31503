import Foundation
import Testing

/// The recording of two VMs through stock rules, as the built command reports it.
@Suite("The mixed recording with stock rules")
struct MixedRecordingTests {
  private static func modes() throws -> [String: ReplayAnswer] {
    let run = try BuiltCommand.run(
      "replay", "Captures/mixed-vm.pcap", "--modes", "nat,softnet,bridged", "--json")
    #expect(run.status == 0 && run.error.isEmpty)
    return try ReplayAnswer.modes(run)
  }

  /// What the recording itself leaves open or refuses.
  private static let notAnswered: Set = ["refused", "unanswered"]

  private func checkInternet(_ mode: ReplayAnswer) {
    let flows = mode.flows.filter(\.isInternet4)
    let works = flows.filter { $0.outcome == "works" }
    #expect(works.count >= 12)
    for flow in flows where flow.outcome != "works" {
      // Two SYNs to the silent address, a closed port, and traceroute's probes: nothing else.
      #expect(Self.notAnswered.contains(flow.outcome), "\(flow)")
      let isProbe = flow.proto == "udp" && flow.port > 33_000
      #expect(isProbe || ["151.101.2.66", "151.101.2.10"].contains(flow.destination), "\(flow)")
    }
    for flow in works {
      #expect(flow.translated == "192.168.1.20")
      #expect(flow.states == 1)
      #expect(flow.hook("out", "en0")?["statesCreated"] as? Int == 1)
      #expect(flow.reason.hasPrefix("state made out on en0; source translated to 192.168.1.20:"))
      #expect(flow.reason.contains("bridge100: passed by the default rule, no state"))
      for direction in ["in", "out"] {
        let hook = flow.hook(direction, "bridge100")
        #expect(hook?["passed"] as? Int ?? 0 > 0)
        #expect(hook?["byDefaultRule"] as? Int == hook?["passed"] as? Int)
        #expect(hook?["statesCreated"] as? Int == 0 && hook?["statesMatched"] as? Int == 0)
      }
    }
  }

  @Test func `NAT translates the Internet, and isolation stops what VMs say to each other`() throws
  {
    let mode = try #require(try Self.modes()["nat"])
    #expect(mode.isEnabled && mode.enabledBy == "pfd" && mode.anchors.count == 4)
    checkInternet(mode)
    let siblings = mode.flows.filter(\.isSibling4)
    #expect(siblings.count == 5)
    #expect(siblings.allSatisfy { $0.outcome == "dropped-by-isolation" })
    let lan = mode.flows.filter(\.isLAN)
    #expect(lan.filter { $0.outcome == "works" }.allSatisfy { $0.translated == "192.168.1.20" })
    #expect(lan.map(\.outcome).sorted() == ["refused", "works", "works", "works", "works"])
    // Without an IPv6 address the host cannot forward to the Internet's IPv6, and says so.
    let six = mode.flows.filter { $0.destination == "2001:db8:5db8:d822::34" }
    #expect(six.map(\.outcome) == ["lost"])
    #expect(six.allSatisfy { $0.reason.contains("no route") })
  }

  @Test func `Softnet lets the Internet pass and drops LAN and siblings`() throws {
    let mode = try #require(try Self.modes()["softnet"])
    #expect(mode.isEnabled && mode.enabledBy == "pfd" && mode.anchors.count == 4)
    checkInternet(mode)
    let dropped = mode.flows.filter { $0.isLAN || $0.isSibling4 }
    #expect(dropped.count == 10)
    #expect(dropped.allSatisfy { $0.outcome == "dropped-by-softnet" && $0.states == 0 })
  }

  @Test func `Bridged traffic does not meet pf, which stays off`() throws {
    let mode = try #require(try Self.modes()["bridged"])
    #expect(!mode.isEnabled && mode.enabledBy == nil && mode.anchors.isEmpty)
    #expect(mode.flows.allSatisfy { $0.outcome == "not-seen-by-pf" && $0.hooks.isEmpty })
    #expect(mode.totals["notSeen"] as? Int == mode.totals["packets"] as? Int)
  }

  @Test func `A probe whose TTL ends at the host never leaves it`() throws {
    let mode = try #require(try Self.modes()["nat"])
    let probe = try #require(mode.flows.first { $0.port == 33_434 })
    #expect(probe.outcome == "unanswered")
    #expect(probe.reason.hasSuffix("the TTL ran out; the host answers with ICMP time exceeded"))
    #expect(probe.hook("out", "en0") == nil && probe.states == 0)
  }

  @Test func `Fragmented flows work in NAT mode`() throws {
    let run = try BuiltCommand.run("replay", "Captures/web-vm.pcap", "--json")
    let flows = try #require(try ReplayAnswer.modes(run)["nat"]).flows
    let fragmented = flows.filter { $0.destination == "151.101.2.11" }
    #expect(fragmented.map(\.proto).sorted() == ["icmp", "udp"])
    #expect(fragmented.allSatisfy { $0.outcome == "works" && $0.states == 1 })
  }
}
