import Testing

@testable import PFSim

@Suite("Advice before a deployment")
struct DeploymentAdviceTests {
  /// The advice on the three modes with rules and needs.
  private static func advice(
    _ needs: [DeploymentNeed], rules: String? = nil,
    order: Deployment.LoadOrder = .beforeVM, modes: [NetworkMode] = [.nat, .softnet, .bridged]
  ) throws -> DeploymentAdvice {
    let setups = modes.map { mode in
      var deployment = Deployment(rules: rules.map { RulesFile(name: "pf.conf", text: $0) })
      deployment.loadOrder = order
      return ModeSetup(mode, deployment: deployment)
    }
    return try DeploymentAdvisor.advise(setups, needs: needs)
  }

  private static func works(
    _ advice: DeploymentAdvice, _ question: DeploymentAdvice.Question
  ) -> [Bool] {
    advice.modes.map { mode in mode.answers.first { $0.question == question }?.works ?? false }
  }

  @Test("stock rules: what each mode reaches, and what pf sees")
  func stock() throws {
    let advice = try Self.advice([])
    #expect(Self.works(advice, .internet) == [true, true, true])
    #expect(Self.works(advice, .names) == [true, true, true])
    #expect(Self.works(advice, .lan) == [true, false, true])
    #expect(Self.works(advice, .host) == [true, true, true])
    #expect(Self.works(advice, .sibling) == [false, false, true])
    #expect(Self.works(advice, .inbound(5900)) == [false, false, true])
    #expect(advice.modes.map(\.isEnabled) == [true, true, false])
    #expect(advice.modes.map(\.isFiltered) == [true, true, false])
    #expect(advice.recommended?.mode == .softnet)
    #expect(advice.reasons.first == "softnet opens the least")
  }

  @Test(
    "the mode follows the needs",
    arguments: [
      ([DeploymentNeed.internet, .isolation, .noLAN], NetworkMode.softnet),
      ([.internet, .lan, .isolation, .filtered], .nat),
      ([.internet, .inbound(22), .isolation, .filtered], .softnet),
      ([.noHost, .isolation], .softnet),
    ])
  func recommendations(_ needs: [DeploymentNeed], _ mode: NetworkMode) throws {
    let advice = try Self.advice(needs)
    let best = try #require(advice.recommended)
    #expect(best.mode == mode, "\(advice.text)")
    #expect(best.unmet.isEmpty)
  }

  @Test("Softnet gets the options that the needs ask for")
  func options() throws {
    let advice = try Self.advice([.inbound(22), .noHost], modes: [.softnet, .bridged, .nat])
    #expect(
      advice.modes[0].options == [
        "--net-softnet-allow=192.168.1.0/24", "--net-softnet-block=@host",
        "--net-softnet-expose=22:22",
      ])
    #expect(advice.modes[1].options == ["--net-bridged=en0"])
    #expect(advice.modes[2].unmet.first?.reason.contains("no rdr rule leads to the VM") == true)
  }

  @Test("rules that lose the anchors are seen: only bridged still reaches the Internet")
  func lostAnchors() throws {
    let advice = try Self.advice([.internet], rules: "pass all\n", order: .afterVM)
    #expect(Self.works(advice, .internet) == [false, false, true])
    #expect(advice.recommended?.mode == .bridged)
    #expect(
      advice.reasons.contains { $0.hasPrefix("nat misses internet (lost: private source") })
    #expect(advice.text.contains("recommended: bridged\n"))
  }

  @Test("an own rdr rule makes NAT good for inbound connections")
  func ownRedirection() throws {
    let rules = """
      nat-anchor "com.apple.internet-sharing"
      rdr-anchor "com.apple.internet-sharing"
      rdr pass on en0 inet proto tcp to (en0) port 22 -> 192.168.64.5
      """ + "\n"
    let advice = try Self.advice([.inbound(22), .internet], rules: rules, modes: [.nat])
    #expect(advice.modes[0].unmet.isEmpty, "\(advice.text)")
  }

  @Test("needs are read as they are written")
  func needs() {
    for text in ["internet", "lan", "host", "inbound:443", "isolation", "filtered", "no-lan"] {
      #expect(DeploymentNeed(text)?.text == text)
    }
    for text in ["", "inbound:", "inbound:0", "inbound:70000", "wan"] {
      #expect(DeploymentNeed(text) == nil)
    }
  }
}
