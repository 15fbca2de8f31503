import Foundation
import Testing

/// Stories of broken VM networks, told by the built command over recorded traffic.
@Suite("What breaks a VM's network, replayed")
struct StoryReplayTests {
  private static let murus = "pass out all\npass in all\n"
  private static let kept = """
    nat-anchor "com.apple.internet-sharing"
    rdr-anchor "com.apple.internet-sharing"
    pass out all
    pass in all

    """

  /// A host whose VM runs when a pfctl command is given.
  private static func timeline(_ command: String) -> String {
    """
    vms:
      - {name: vm, mode: nat}
    timeline:
      - start: vm
      - pfctl: \(command)

    """
  }

  /// Replays the recording under rules.
  private func replay(
    _ rules: String?, order: String, _ more: [String] = [], status: Int32? = nil
  ) throws -> ReplayAnswer {
    try ScratchFolder.with { folder in
      var arguments = ["replay", "Captures/mixed-vm.pcap", "--json", "--load-order", order] + more
      if let rules { arguments += ["--rules", try folder.file("pf.conf", rules)] }
      let run = try BuiltCommand.run(arguments)
      if let status { #expect(run.status == status) }
      return try #require(try ReplayAnswer.modes(run)["nat"])
    }
  }

  private func internet(_ mode: ReplayAnswer) -> [String: Int] {
    Dictionary(grouping: mode.flows.filter(\.isInternet4), by: \.outcome).mapValues(\.count)
  }

  @Test func `F1: a VM network in NAT mode switches pf on with four anchor calls`() throws {
    let mode = try replay(nil, order: "before-vm", status: 0)
    #expect(mode.isEnabled && mode.enabledBy == "pfd")
    #expect(
      mode.anchors.map { $0.prefix { $0 != " " } } == [
        "scrub-anchor", "nat-anchor", "rdr-anchor", "anchor",
      ])
    let run = try BuiltCommand.run(
      "replay", "Captures/mixed-vm.pcap", "--mode", "bridged", "--json")
    let bridged = try #require(try ReplayAnswer.modes(run)["bridged"])
    #expect(!bridged.isEnabled && bridged.anchors.isEmpty)
  }

  @Test func `F2: with pf off nothing is translated, and the gateway still answers`() throws {
    let mode = try ScratchFolder.with { folder in
      let host = try folder.file("host.yaml", Self.timeline("-d"))
      let run = try BuiltCommand.run(
        "replay", "Captures/mixed-vm.pcap", "--json", "--host", host)
      return try #require(try ReplayAnswer.modes(run)["nat"])
    }
    #expect(!mode.isEnabled && mode.enabledBy == nil)
    #expect(mode.messages("filter-disabled").count == 1)
    for flow in mode.flows where flow.isInternet4 && flow.port != 33_434 {
      #expect(flow.outcome == "lost" && flow.hooks.isEmpty, "\(flow)")
      #expect(flow.reason.contains("private source address"))
    }
    let gateway = mode.flows.filter { $0.destination == "192.168.64.1" && $0.port == 53 }
    #expect(!gateway.isEmpty && gateway.allSatisfy { $0.outcome == "not-seen-by-pf" })
  }

  @Test func `F3: a full ruleset loaded after the VM loses NAT, and the finding names the calls`()
    throws
  {
    let mode = try replay(Self.murus, order: "after-vm", status: 1)
    for flow in mode.flows where flow.isInternet4 && flow.port != 33_434 {
      #expect(flow.outcome == "lost", "\(flow)")
      #expect(flow.reason.contains("leaves en0 untranslated, with its private source address"))
    }
    let names = mode.flows.filter { $0.destination == "192.168.64.1" && $0.port == 53 }
    #expect(names.count == 3 && names.allSatisfy { $0.outcome == "works" })
    let missing = mode.messages("sharing-call-missing").map { $0.prefix { $0 != " " } }
    #expect(missing == ["nat-anchor", "rdr-anchor", "scrub-anchor", "anchor"])
  }

  @Test func `F4: with nat-anchor and rdr-anchor kept the Internet works`() throws {
    let mode = try replay(Self.kept, order: "after-vm", status: 0)
    // Without scrub-anchor nothing reassembles, so a fragmented ping is not translated.
    let lost = mode.flows.filter { $0.isInternet4 && $0.outcome == "lost" }
    #expect(lost.map(\.destination) == ["151.101.2.11"] && internet(mode)["works"] ?? 0 >= 11)
    let works = mode.flows.filter { $0.isInternet4 && $0.outcome == "works" }
    #expect(works.allSatisfy { $0.translated == "192.168.1.20" })
    // The filter's verdict is the user's own.
    #expect(works.allSatisfy { ($0.rule?["file"] as? String ?? "").hasSuffix("pf.conf") })
  }

  @Test func `F5: loaded before the VM starts the same rules work`() throws {
    let mode = try replay(Self.murus, order: "before-vm", status: 0)
    #expect(internet(mode)["lost"] == nil && internet(mode)["works"] ?? 0 >= 12)
    #expect(mode.messages("sharing-call-missing").isEmpty)
  }

  @Test func `F6: loading the stock file while the VM runs is no cure`() throws {
    let lost = try ScratchFolder.with { folder in
      let host = try folder.file(
        "host.yaml", Self.timeline("-f /etc/pf.conf"))
      let run = try BuiltCommand.run("replay", "Captures/mixed-vm.pcap", "--json", "--host", host)
      return try #require(try ReplayAnswer.modes(run)["nat"])
    }
    #expect(internet(lost)["works"] == nil && internet(lost)["lost"] ?? 0 >= 12)
    #expect(lost.messages("sharing-call-missing").count == 4)
  }

  @Test func `F12: a block without quick is overridden while a VM runs, and a finding says so`()
    throws
  {
    let block = "block in on en0 proto tcp to port 8080\n"
    let rules = """
      scrub-anchor "com.apple/*"
      nat-anchor "com.apple/*"
      rdr-anchor "com.apple/*"
      dummynet-anchor "com.apple/*"
      anchor "com.apple/*"
      load anchor "com.apple" from "/etc/pf.anchors/com.apple"

      """
    let packet = "tcp 192.168.1.50:50000 > 192.168.1.20:8080 S from uplink"
    func verdict(_ last: String) throws -> (verdict: String?, place: String?) {
      try ScratchFolder.with { folder in
        let file = try folder.file("pf.conf", rules + last)
        let answer = try BuiltCommand.run("explain", packet, "--rules", file, "--json").json()
        let hop = (answer["hops"] as? [[String: Any]])?.first
        let rule = hop?["rule"] as? [String: Any]
        return (answer["verdict"] as? String, rule?["anchor"] as? String)
      }
    }
    #expect(try verdict(block) == ("pass", "com.apple.internet-sharing/shared_v4"))
    #expect(
      try verdict(block.replacingOccurrences(of: "in on", with: "in quick on")).verdict == "block")
    let mode = try replay(rules + block, order: "before-vm", status: 0)
    #expect(mode.messages("block-overridden-by-sharing").count == 1)
  }
}
