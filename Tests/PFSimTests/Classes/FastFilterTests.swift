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

  @Test(arguments: RulesetShape.allCases, [MatchOrder.last, .quick])
  func `fast and plain agree in rule and counters`(shape: RulesetShape, order: MatchOrder) throws {
    let ruleset = RulesetGenerator(
      shape: shape, count: 150, order: order, families: .mixed, seed: 5
    ).ruleset()
    let plain = program(ruleset)
    let other = program(ruleset)
    var fast = try #require(FastFilter(other))
    defer { fast.deallocate() }
    var random = RandomSource(seed: 1)
    for packet in TraceGenerator(shape: .new, seed: 9).packets(count: 1_000, for: ruleset) {
      var first = description(packet, plain)
      var second = description(packet, other)
      var expected = FilterOutcome()
      var got = FilterOutcome()
      plain.walkFilter(&first, &expected, &random)
      fast.evaluate(&second, &got, &random)
      #expect(expected == got)
      if expected != got { return }
    }
    fast.flush()
    for program in [plain, other] { program.settleVisits() }
    let counters = (0..<plain.bodies.count).map { plain.evaluations.base[$0] }
    #expect(counters == (0..<other.bodies.count).map { other.evaluations.base[$0] })
  }
}
