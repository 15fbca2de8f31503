import Testing

@testable import PFSim

/// Random rulesets and packets: the filter against a plain one, and properties that hold always.
///
/// `PFSIM_RANDOM_PAIRS` sets the number of pairs, `PFSIM_RANDOM_SEED` the first seed.
@Suite struct RandomFilterTests {
  private static func filter(_ text: String, seed: UInt64 = 1) throws -> (PacketFilter, Ruleset) {
    let filter = PacketFilter(
      interfaces: try [Interface](parsing: PacketFilterTests.interfaces), seed: seed)
    filter.setEnabled(true)
    var options = ParseOptions(interfaces: filter.interfaces)
    options.optimization = OptimizationLevel.none
    options.recordsOrigin = false
    let parsed = parseRuleset(Array(text.utf8), options: options)
    try #require(!parsed.hasErrors, "\(parsed.diagnostics.map(\.message)) \(text)")
    try filter.load(parsed.ruleset)
    return (filter, parsed.ruleset)
  }

  /// Runs pairs, each with its seed; ends at the first that records an issue.
  private static func forEachPair(_ body: (UInt64, inout RandomChoices) throws -> Bool) rethrows {
    for number in 0..<UInt64(RandomChoices.pairs) {
      let seed = RandomChoices.firstSeed &+ number
      var random = RandomChoices(seed: seed &* 0x9e37_79b9_7f4a_7c15 | 1)
      guard try body(seed, &random) else { return }
    }
  }

  @Test("verdict, rule and state agree with a filter that looks at every rule, table and state")
  func agreesWithReference() throws {
    var matched = 0
    try Self.forEachPair { seed, random in
      let isStateful = random.chance(60)
      var rules = RandomRuleset(seed: seed)
      let text = rules.filterText(
        state: isStateful ? ["keep state", "keep state (if-bound)", "no state"] : ["no state"])
      let (filter, ruleset) = try Self.filter(text)
      var reference = ReferenceFilter(ruleset)
      let buffer = PacketBuffer()
      var earlier: [RandomPacket] = []
      for step in 0..<16 {
        var packet = RandomPacket(&random)
        if !earlier.isEmpty, random.chance(40) {
          packet = random.pick(earlier)
          if random.chance(50) { packet.turnAround() }
          packet.interface = random.pick(["en0", "bridge100"])
        }
        earlier.append(packet)
        if isStateful, packet.proto == .tcp { continue }
        if random.chance(2) {
          filter.advance(to: filter.now + 400)
          reference.outlive()
        }
        let interface = try PacketFilterTests.index(packet.interface, filter)
        buffer.assign(packet.bytes)
        let result = filter.process(buffer, packet.direction, on: interface)
        let got = ReferenceFilter.Decision(
          passes: result.verdict == .pass, rule: Int(result.rule.number), event: result.state)
        let expected = reference.process(packet)
        if got.event == .matched { matched += 1 }
        #expect(got == expected, "seed \(seed), packet \(step): \(packet)\n\(text)")
        #expect(filter.stateCount == reference.stateCount, "seed \(seed), packet \(step)")
        if got != expected || filter.stateCount != reference.stateCount { return false }
      }
      return true
    }
    #expect(matched > RandomChoices.pairs / 4)
  }

  @Test("translated packets keep right checksums, and their replies find the way back")
  func translation() throws {
    var replies = 0
    try Self.forEachPair { seed, random in
      var rules = RandomRuleset(seed: seed)
      let text = rules.translationText()
      let (filter, _) = try Self.filter(text, seed: seed)
      let buffer = PacketBuffer()
      for step in 0..<8 {
        let packet = RandomPacket(&random)
        let interface = try PacketFilterTests.index(packet.interface, filter)
        buffer.assign(packet.bytes)
        let result = filter.process(buffer, packet.direction, on: interface)
        guard result.verdict == .pass else { continue }
        #expect(hasRightChecksums(buffer), "seed \(seed), packet \(step)\n\(text)")
        guard result.state == .created, buffer.array != packet.bytes,
          result.translationRule != .none,
          Self.isReversible(filter.rule(result.translationRule), packet)
        else { continue }
        replies += 1
        Self.turnAround(buffer, packet)
        let reply = filter.process(
          buffer, packet.direction == .out ? .in : .out, on: interface)
        let isBack =
          reply.state == .matched && reply.verdict == .pass && Self.isBack(buffer, packet)
        #expect(isBack, "seed \(seed), packet \(step): \(packet)\n\(text)")
        #expect(hasRightChecksums(buffer), "seed \(seed), reply to \(step)\n\(text)")
        if !isBack { return false }
      }
      return true
    }
    #expect(replies > RandomChoices.pairs / 4)
  }

  /// Whether replies must come back: not for what the kernel does to outgoing packets of a
  /// redirection's target, whose destination port it overwrites.
  private static func isReversible(_ rule: Rule?, _ packet: RandomPacket) -> Bool {
    rule.map { $0.action != .rdr || packet.direction == .in } ?? false
  }

  /// Makes the reply to what is in the buffer.
  private static func turnAround(_ buffer: PacketBuffer, _ packet: RandomPacket) {
    let bytes = buffer.base.reading
    let builder = PacketBuilder(
      from: IPAddress(ipv4: bytes.big32(16)), to: IPAddress(ipv4: bytes.big32(12)))
    switch packet.proto {
    case .tcp:
      buffer.assign(
        builder.tcp(
          from: bytes.big16(22), to: bytes.big16(20), [.syn, .ack], sequence: 5000,
          acknowledgment: bytes.big32(24) &+ 1))
    case .udp:
      buffer.assign(builder.udp(from: bytes.big16(22), to: bytes.big16(20), [1, 2, 3]))
    default:
      buffer.assign(builder.icmp(type: 0, rest: bytes.big32(24), [1, 2, 3]))
    }
  }

  /// Whether a reply goes from where the packet went to where it came from.
  private static func isBack(_ buffer: PacketBuffer, _ packet: RandomPacket) -> Bool {
    let bytes = buffer.base.reading
    guard bytes.big32(12) == packet.destination, bytes.big32(16) == packet.source else {
      return false
    }
    if packet.proto == .icmp { return bytes.big16(24) == packet.sourcePort }
    return bytes.big16(20) == packet.destinationPort && bytes.big16(22) == packet.sourcePort
  }

  @Test("counters add up, states keep to their limit, and all end with time")
  func countersAndLimits() throws {
    try Self.forEachPair { seed, random in
      var rules = RandomRuleset(seed: seed)
      let limit = 1 + random.below(6)
      let text =
        "set limit states \(limit)\nset timeout tcp.established 600\n"
        + (random.chance(50)
          ? rules.translationText()
          : rules.filterText(state: ["keep state", "no state", "keep state (source-track rule)"]))
      let (filter, _) = try Self.filter(text, seed: seed)
      let buffer = PacketBuffer()
      var seen: UInt64 = 0
      var decided: [RuleReference: UInt64] = [:]
      for _ in 0..<24 {
        let packet = RandomPacket(&random)
        if random.chance(20) { filter.advance(to: filter.now + Double(random.below(70))) }
        buffer.assign(packet.bytes)
        let interface = try PacketFilterTests.index(packet.interface, filter)
        let result = filter.process(buffer, packet.direction, on: interface)
        if result.isSeen { seen += 1 }
        if result.state != .matched, result.rule.id > 0 { decided[result.rule, default: 0] += 1 }
        #expect(filter.stateCount <= limit + 1, "seed \(seed)\n\(text)")
      }
      let counted = filter.interfaceSnapshots.reduce(0) { sum, interface in
        sum
          + [interface.passed4, interface.blocked4].reduce(0) { $0 + $1.packetsIn + $1.packetsOut }
      }
      #expect(counted == seen, "seed \(seed)\n\(text)")
      for snapshot in filter.rules(.filter, anchor: "") {
        let times = decided[snapshot.reference] ?? 0
        #expect(snapshot.counters.evaluations >= times, "seed \(seed)\n\(text)")
      }
      filter.advance(to: filter.now + 1_000)
      #expect(filter.stateCount == 0, "seed \(seed)\n\(text)")
      #expect(filter.sourceNodeSnapshots.isEmpty, "seed \(seed)\n\(text)")
      return counted == seen && filter.stateCount == 0
    }
  }
}
