/// Shows the same packets and changes to two filters, one that walks and one that goes by classes,
/// and compares everything that a user can see.
///
/// One comparison is one random ruleset with some hundred packets, between which tables, rules,
/// anchors, interfaces, sockets and time change.
public final class EvaluatorComparison {
  /// The packets shown to a ruleset.
  public static let packetsPerRuleset = 200

  private let plain: PacketFilter
  private let fast: PacketFilter
  private let plainBuffer = PacketBuffer()
  private let fastBuffer = PacketBuffer()
  private var rules: MixedRules
  private var packets: MixedPackets
  private var random: SplitMix64
  private var now = 0.0

  /// Prepares one random ruleset.
  public init(seed: UInt64) throws(EvaluationBenchmark.Disagreement) {
    let seed = SplitMix64.mix(seed)
    rules = MixedRules(seed: seed)
    packets = MixedPackets(seed: seed ^ 1)
    random = SplitMix64(seed: seed ^ 2)
    let interfaces = Self.interfaces(variant: 0)
    plain = PacketFilter(interfaces: interfaces, seed: seed)
    fast = PacketFilter(interfaces: interfaces, seed: seed)
    plain.evaluator = .plain
    fast.evaluator = .fast
    try loadMain()
    for child in MixedRules.children {
      try load(rules.anchorRuleset(for: child), anchor: child)
    }
    for filter in [plain, fast] {
      filter.setEnabled(true)
      filter.socketOwner = .owner(user: 501, group: 20)
    }
  }

  /// Compares plain and fast on at least a number of packets.
  /// - Returns: The number of packets compared, and how many of their evaluations went by classes.
  public static func run(
    packets: Int, seed: UInt64, progress: (Int) -> Void = { _ in }
  ) throws(EvaluationBenchmark.Disagreement) -> (packets: Int, byClasses: Int) {
    var done = 0
    var byClasses: UInt64 = 0
    var number: UInt64 = 0
    while done < packets {
      let one = try EvaluatorComparison(seed: seed &+ number)
      do {
        try one.compare()
      } catch {
        throw EvaluationBenchmark.Disagreement(
          message: "seed \(seed &+ number), \(error.message)")
      }
      done += packetsPerRuleset
      byClasses += one.fast.evaluation.judgedByClasses
      number += 1
      progress(done)
    }
    return (done, Int(byClasses))
  }

  /// Shows all packets of the ruleset.
  func compare() throws(EvaluationBenchmark.Disagreement) {
    for number in 0..<Self.packetsPerRuleset {
      if random.below(40) == 0 { try change() }
      let direction: Direction = random.below(2) == 0 ? .in : .out
      let interface = random.below(plain.interfaces.count)
      let packet = random.below(6) == 0 ? packets.opening() : packets.next()
      let result = try show(packet, number, direction, on: interface)
      if result.state == .created { try converse(packet, number, direction, on: interface) }
    }
    try compareCounters("the end")
  }

  /// Goes on with the connection that a packet began, if it did: most of these packets take the
  /// short way of ``PacketFilter/process(_:_:on:)``.
  private func converse(
    _ bytes: [UInt8], _ number: Int, _ direction: Direction, on interface: Int
  ) throws(EvaluationBenchmark.Disagreement) {
    guard var talk = TCPConversation(bytes, after: plainBuffer.array, &random) else { return }
    for _ in 0..<12 {
      let (segment, isAnswer) = talk.segment(&random)
      let way: Direction = isAnswer == (direction == .in) ? .out : .in
      let result = try show(segment, number, way, on: interface)
      if result.verdict == .pass { talk.passed(plainBuffer.array, isAnswer: isAnswer) }
    }
    try compareStates(number)
  }

  private func compareStates(_ number: Int) throws(EvaluationBenchmark.Disagreement) {
    guard plain.stateSnapshots == fast.stateSnapshots else {
      throw .init(message: "after the connection of packet \(number), the states differ")
    }
  }

  private func show(
    _ bytes: [UInt8], _ number: Int, _ direction: Direction, on interface: Int
  ) throws(EvaluationBenchmark.Disagreement) -> HookResult {
    plainBuffer.assign(bytes)
    fastBuffer.assign(bytes)
    if random.below(10) == 0 {
      let tag = plain.tagNumber("blue")
      _ = fast.tagNumber("blue")
      (plainBuffer.tag, fastBuffer.tag) = (tag, tag)
    }
    let expected = plain.process(plainBuffer, direction, on: interface)
    // Packets that are watched walk; the counts of both ways must still add up.
    let got =
      random.below(20) == 0
      ? fast.explain(fastBuffer, direction, on: interface).result
      : fast.process(fastBuffer, direction, on: interface)
    guard expected == got else {
      throw .init(message: "packet \(number): \(expected) by walk, \(got) by classes")
    }
    guard plainBuffer.array == fastBuffer.array, plain.emitted == fast.emitted else {
      throw .init(message: "packet \(number): different bytes leave")
    }
    return expected
  }

  // MARK: Changes

  private func change() throws(EvaluationBenchmark.Disagreement) {
    switch random.below(9) {
    case 0, 1, 2: try changeTable()
    case 3:
      now += Double(random.below(40))
      for filter in [plain, fast] { filter.advance(to: now) }
    case 4:
      let child = MixedRules.children[random.below(3)]
      try load(rules.anchorRuleset(for: child), anchor: child)
    case 5:
      let interfaces = Self.interfaces(variant: random.below(3))
      for filter in [plain, fast] { filter.interfaces = interfaces }
    case 6:
      let owners: [SocketOwner] = [.none, .owner(user: 501, group: 20), .owner(user: 0, group: 0)]
      let owner = owners[random.below(3)]
      for filter in [plain, fast] { filter.socketOwner = owner }
    case 7: try changeRules()
    default: try compareCounters("a change")
    }
  }

  private func changeTable() throws(EvaluationBenchmark.Disagreement) {
    let name = MixedRules.tables[random.below(MixedRules.tables.count)]
    let entries = (0..<1 + random.below(3)).compactMap { _ in
      TableDefinition.Entry(parsing: rules.tableEntry())
    }
    let kind = random.below(4)
    for filter in [plain, fast] {
      do throws(LoadError) {
        switch kind {
        case 0: _ = try filter.addToTable(name, entries)
        case 1: _ = try filter.deleteFromTable(name, entries)
        case 2: _ = try filter.replaceTable(name, entries)
        default: _ = try filter.flushTable(name)
        }
      } catch {
        throw .init(message: "table \(name): \(error.message)")
      }
    }
  }

  private func changeRules() throws(EvaluationBenchmark.Disagreement) {
    switch random.below(4) {
    case 0: try loadMain()
    case 1:
      var rule = Rule(action: random.below(2) == 0 ? .pass : .block)
      rule.direction = .in
      rule.quick = random.below(2) == 0
      rule.proto = .udp
      rule.owner = "test"
      rule.priority = UInt32(random.below(3))
      for filter in [plain, fast] {
        do throws(LoadError) {
          try filter.insertRule(rule, kind: .filter, anchor: "")
        } catch {
          throw .init(message: "a rule is refused: \(error.message)")
        }
      }
    case 2:
      for filter in [plain, fast] { filter.deleteRules(ownedBy: "test", anchor: "") }
    default:
      for filter in [plain, fast] { filter.clearRuleCounters() }
    }
  }

  private func loadMain() throws(EvaluationBenchmark.Disagreement) {
    try load(rules.mainRuleset(), anchor: "")
  }

  private func load(
    _ text: String, anchor: String
  ) throws(EvaluationBenchmark.Disagreement) {
    var options = ParseOptions(interfaces: plain.interfaces)
    options.anchorPath = anchor
    options.optimization = OptimizationLevel.none
    options.isDryRun = false
    if !anchor.isEmpty { options.parts = .anchor }
    let parsed = parseRuleset(Array(text.utf8), options: options)
    guard !parsed.hasErrors else {
      let messages = parsed.diagnostics.map(\.message).joined(separator: "; ")
      throw .init(message: "the generated rules cannot be read: \(messages)\n\(text)")
    }
    for filter in [plain, fast] {
      do throws(LoadError) {
        try filter.load(parsed.ruleset)
      } catch {
        throw .init(message: "the generated rules do not load: \(error.message)")
      }
    }
  }

  private static func interfaces(variant: Int) -> [Interface] {
    func interface(_ name: String, _ addresses: [(UInt32, UInt8)]) -> Interface {
      Interface(
        name: name,
        addresses: addresses.map {
          .init(address: IPAddress(ipv4: $0.0), prefixLength: $0.1)
        })
    }
    let second: [(UInt32, UInt8)] = variant == 1 ? [(0x0a00_0009, 29)] : []
    return [
      interface("lo0", [(0x7f00_0001, 8)]),
      interface("en0", [(0xc0a8_0114, 24)] + second),
      interface("bridge100", variant == 2 ? [] : [(0xc0a8_4001, 24)]),
    ]
  }

  // MARK: Counters

  /// Compares what `pfctl -sr -v`, `-sn -v`, `-sT -v`, `-si` and `-ss` show.
  private func compareCounters(
    _ moment: String
  ) throws(EvaluationBenchmark.Disagreement) {
    for path in plain.anchorPaths {
      for kind in RuleKind.allCases {
        let expected = plain.rules(kind, anchor: path)
        let got = fast.rules(kind, anchor: path)
        for (left, right) in zip(expected, got) where left.counters != right.counters {
          throw .init(
            message: "at \(moment), \(kind) rule \(left.reference.number) of \"\(path)\" "
              + "(\(left.rule.text())): \(left.counters) by walk, \(right.counters) by classes")
        }
      }
    }
    guard plain.tables == fast.tables else {
      throw .init(message: "at \(moment), the tables' counters differ")
    }
    guard plain.statusInfo == fast.statusInfo else {
      throw .init(
        message: "at \(moment): \(plain.statusInfo) by walk, \(fast.statusInfo) by classes")
    }
  }
}
