import Testing

@testable import PFSim

/// Packets of known connections spare themselves the way through the host, and nobody can tell.
@Suite("The shortcut of known connections") struct ShortcutTests {
  private static let server = CaptureFixture.ip("1.1.1.1")

  /// Connections of two VMs whose segments mix: most fit, some are spoilt, late, too long or from
  /// somebody else.
  private static func recording(seed: UInt64) -> ReplayFixture {
    var fixture = ReplayFixture()
    var random = SplitMix64(seed: seed)
    var talks: [(talk: TCPConversation, vm: Int)] = []
    for round in 0..<3_000 {
      if talks.count < 60, random.below(8) == 0 {
        let vm = 5 + random.below(2)
        let isInbound = random.below(6) == 0
        let machine = CaptureFixture.ip("192.168.64.\(vm)")
        let builder = PacketBuilder(
          from: isInbound ? server : machine, to: isInbound ? machine : server)
        let syn = builder.tcp(
          from: UInt16(20_000 + round), to: isInbound ? 22 : [443, 23, 8080][random.below(3)], .syn,
          sequence: 100)
        fixture.add(syn, from: isInbound ? 1 : vm, to: isInbound ? vm : 1)
        guard let talk = TCPConversation(syn, after: syn, &random) else { continue }
        talks.append((talk, isInbound ? -vm : vm))
      }
      guard !talks.isEmpty else { continue }
      let place = random.below(talks.count)
      let (bytes, isAnswer) = talks[place].talk.segment(&random)
      talks[place].talk.passed(bytes, isAnswer: isAnswer)
      let vm = abs(talks[place].vm)
      let fromVM = isAnswer == (talks[place].vm < 0)
      let stranger = random.below(50) == 0 ? 3 : 0
      fixture.add(
        random.below(40) == 0 ? bytes + [UInt8](repeating: 0, count: 6) : bytes,
        from: fromVM ? vm : 1, to: fromVM ? (stranger > 0 ? stranger : 1) : vm)
      if random.below(100) == 0 { fixture.pause(seconds: Double(random.below(4)) * 30) }
      if random.below(60) == 0 { talks.remove(at: place) }
    }
    return fixture
  }

  /// What shows of a replay: the result, and what `pfctl -v -sr`, `-si`, `-ss` and `-sI` tell.
  private struct Outcome: Equatable {
    var result: String
    var rules: [String]
    var states: [StateSnapshot]
    var status: String
    var interfaces: String
  }

  /// - Returns: Also how many packets took the shortcut.
  private static func run(
    _ fixture: ReplayFixture, rules: String, shortcuts: Bool
  ) throws -> (Outcome, taken: Int) {
    var deployment = Deployment()
    deployment.rules = RulesFile(name: "pf.conf", text: rules)
    var options = Replay.Options(modes: [ModeSetup(.nat, deployment: deployment)])
    options.sampleSize = 30
    let replay = try Replay(options)
    replay.onStart = { [unowned replay] in
      if !shortcuts { replay.modes[0].host.filter.evaluator = .plain }
    }
    try fixture.feed(replay)
    replay.drain()
    let mode = replay.modes[0]
    let taken = (0..<mode.shortcuts.count).reduce(0) { sum, flow in
      let taken = mode.shortcuts.base[flow].taken
      return sum + Int(taken.question) + Int(taken.answer)
    }
    let filter = mode.host.filter
    let counted = filter.anchorPaths.flatMap { path in
      RuleKind.allCases.flatMap { kind in
        filter.rules(kind, anchor: path).map { "\($0.rule.text()) \($0.counters)" }
      }
    }
    let outcome = Outcome(
      result: try replay.finish().json.text(indented: true), rules: counted,
      states: filter.stateSnapshots, status: "\(filter.statusInfo)",
      interfaces: "\(filter.interfaceSnapshots)")
    return (outcome, taken)
  }

  @Test(
    "nothing that can be seen depends on it",
    arguments: [
      "pass all keep state\n", "nat on en0 from 192.168.64.0/24 to any -> (en0)\npass all\n",
      """
      set loginterface en0
      scrub in all no-df min-ttl 100
      scrub out all max-mss 1400
      rdr pass on en0 proto tcp to port 2222 -> 192.168.64.5 port 22
      pass all keep state
      block in on bridge100 proto tcp to port 23
      pass log quick proto tcp to port 8080 keep state
      anchor "own" {
      pass out on en0 all keep state
      }

      """,
      """
      table <vms> { 192.168.64.5 }
      scrub all
      pass in from <vms> keep state
      pass in from 192.168.64.6 keep state
      pass out all keep state (if-bound)

      """,
    ])
  func isInvisible(rules: String) throws {
    for seed in 1...3 {
      let fixture = Self.recording(seed: UInt64(seed))
      let (with, taken) = try Self.run(fixture, rules: rules, shortcuts: true)
      let (without, none) = try Self.run(fixture, rules: rules, shortcuts: false)
      #expect(none == 0)
      #expect(with == without)
      #expect(taken > 10, "\(taken) shortcuts with seed \(seed)")
    }
  }

  @Test func `An event on the host ends all shortcuts`() throws {
    var fixture = ReplayFixture()
    fixture.connect(ReplayFixture.vm, 50_000, to: Self.server, 443)
    let out = PacketBuilder(from: ReplayFixture.vm, to: Self.server)
    for _ in 0..<20 {
      fixture.add(
        out.tcp(from: 50_000, to: 443, .ack, sequence: 104, acknowledgment: 503))
    }
    var deployment = Deployment()
    deployment.rules = RulesFile(name: "pf.conf", text: "pass all\n")
    var options = Replay.Options(modes: [ModeSetup(.nat, deployment: deployment)])
    options.sampleSize = 1
    let replay = try Replay(options)
    try fixture.feed(replay)
    replay.drain()
    let mode = replay.modes[0]
    #expect(mode.shortcuts.base[0].taken.question == 21)
    mode.host.apply(.stopVM(name: "vm1"))
    try fixture.feed(replay, last: 1)
    replay.drain()
    #expect(mode.shortcuts.base[0].taken.question == 0)
    let result = try replay.finish()
    #expect(result.modes[0].totals.all.packets == 26)
    #expect(result.modes[0].totals.notSeen.packets + result.modes[0].totals.lost.packets > 0)
  }
}
