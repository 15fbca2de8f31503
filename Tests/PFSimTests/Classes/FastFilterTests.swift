import Testing

@testable import PFSim

@Suite struct FastFilterTests {
  /// A program of a generated ruleset.
  private func program(_ ruleset: Ruleset) -> Program {
    let program = Program()
    program.interfaces.attach(RulesetGenerator.interfaceNames.map { Interface(name: $0) })
    for anchor in ruleset.anchors {
      let index = program.anchors.findOrMake(anchor.path)
      let compiler = RuleCompiler(
        program: program, interfaces: [], anchor: index, kind: .filter, now: 0)
      let records = anchor[.filter].enumerated().map { number, rule in
        let record = compiler.compile(rule)
        program.body(record.id).pointee.number = Int32(number)
        return record
      }
      program.anchors.replace(AnchorTree.list(index, .filter), with: records)
    }
    return program
  }

  private func description(_ packet: WorkloadPacket, _ program: Program) -> PacketDescription {
    var description = PacketDescription(
      base: UnsafeMutableRawPointer(program.stack), count: 0,
      interface: program.interfaces.ofHost.base[packet.interface],
      isIPv6: packet.family == .inet6, isOut: packet.direction == .out)
    description.proto = packet.proto
    description.source = packet.source
    description.destination = packet.destination
    description.sourcePort = packet.sourcePort
    description.destinationPort = packet.destinationPort
    return description
  }

  /// Whether two programs decide alike, and what the rules counted.
  private func compare(
    _ ruleset: Ruleset, packets: Int
  ) throws -> (differences: Int, plain: [UInt64], fast: [UInt64]) {
    let plain = program(ruleset)
    let other = program(ruleset)
    var fast = try #require(FastFilter(other))
    defer { fast.deallocate() }
    var random = RandomSource(seed: 1)
    var differences = 0
    for packet in TraceGenerator(shape: .new, seed: 9).packets(count: packets, for: ruleset) {
      var first = description(packet, plain)
      var second = description(packet, other)
      var expected = FilterOutcome()
      var got = FilterOutcome()
      plain.walkFilter(&first, &expected, &random)
      fast.evaluate(&second, &got, &random)
      if expected != got { differences += 1 }
    }
    fast.flush()
    for program in [plain, other] { program.settleVisits() }
    return (differences, counters(plain), counters(other))
  }

  private func counters(_ program: Program) -> [UInt64] {
    (0..<program.bodies.count).map { program.evaluations.base[$0] }
  }

  @Test(arguments: RulesetShape.allCases, [MatchOrder.last, .quick])
  func `fast and plain agree in rule and counters`(shape: RulesetShape, order: MatchOrder) throws {
    let ruleset = RulesetGenerator(
      shape: shape, count: 150, order: order, families: .mixed, seed: 5
    ).ruleset()
    let result = try compare(ruleset, packets: 1_000)
    #expect(result.differences == 0)
    #expect(result.plain == result.fast)
  }

  /// In 40,000 new headers the memory of walks begins to pause, so that the index answers as well.
  @Test(arguments: [RulesetShape.acl, .fw, .random, .anchors, .tables], [150, 3_000])
  func `bursts and single packets agree in rule and counters`(
    shape: RulesetShape, rules: Int
  ) throws {
    let ruleset = RulesetGenerator(shape: shape, count: rules, families: .mixed, seed: 5).ruleset()
    let packets = TraceGenerator(shape: .new, seed: 9).packets(count: 40_000, for: ruleset)
    let (one, other) = (program(ruleset), program(ruleset))
    var single = try #require(FastFilter(one))
    var bursts = try #require(FastFilter(other))
    defer {
      single.deallocate()
      bursts.deallocate()
    }
    var random = RandomSource(seed: 1)
    let headers = packets.map { FilterHeader(description($0, one)) }
    var got = [FilterOutcome](repeating: FilterOutcome(), count: headers.count)
    headers.withUnsafeBufferPointer { headers in
      got.withUnsafeMutableBufferPointer { got in
        var start = 0
        while start < headers.count {
          // Bursts of every length.
          let count = min(1 + start % FastFilter.burstLength, headers.count - start)
          guard let outcomes = got.baseAddress else { return }
          bursts.evaluate(
            UnsafeBufferPointer(rebasing: headers[start..<start + count]), outcomes + start,
            &random, counting: true)
          start += count
        }
      }
    }
    let expected = headers.map { header in
      var outcome = FilterOutcome()
      var packet = PacketDescription(header, one)
      single.evaluate(&packet, &outcome, &random)
      return outcome
    }
    #expect(expected == got)
    single.flush()
    bursts.flush()
    for program in [one, other] { program.settleVisits() }
    #expect(counters(one) == counters(other))
  }

  @Test func `counters stay exact when hardly a packet comes twice`() throws {
    let ruleset = RulesetGenerator(shape: .random, count: 100, seed: 3).ruleset()
    let result = try compare(ruleset, packets: 36_000)
    #expect(result.differences == 0)
    #expect(result.plain == result.fast)
  }

  @Test func `the memo pauses only after many misses in a row`() {
    var habit = MemoHabit()
    var misses = 0
    while habit.pause == 0, misses < 1_000_000 {
      habit.miss()
      misses += 1
    }
    #expect(misses == 32_768)
    var mixed = MemoHabit()
    for packet in 0..<200_000 {
      if packet % 2 == 0 { mixed.hit() } else { mixed.miss() }
    }
    #expect(mixed.pause == 0)
  }
}
