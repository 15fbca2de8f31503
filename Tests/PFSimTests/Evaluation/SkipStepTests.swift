import Testing

@testable import PFSim

/// The walk with skip steps against one that visits every rule.
@Suite struct SkipStepTests {
  @Test("skip steps change no decision", arguments: 1...40)
  func agreesWithLinearWalk(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let filter = try PacketFilterTests.filter(Self.randomRules(&random))
    let all = filter.rules(.filter)
    let buffer = PacketBuffer()
    var seen: UInt64 = 0
    for _ in 0..<200 {
      let source = 0x0a00_0000 | random.next() % 8
      let target = 0x0a00_0000 | random.next() % 8
      let port = UInt16(20 + random.next() % 6)
      let isOut = random.next() & 1 == 0
      let interface = try PacketFilterTests.index(
        random.next() & 1 == 0 ? "en0" : "bridge100", filter)
      buffer.assign(PacketFilterTests.udp(source, 1, target, port))
      let result = filter.process(buffer, isOut ? .out : .in, on: interface)
      seen += 1
      var expected: Int32 = -1
      for rule in all
      where Self.matches(
        rule.rule, filter.interfaces[interface].name, isOut, source, target, port)
      {
        expected = rule.reference.number
        if rule.rule.quick { break }
      }
      #expect(result.rule.number == expected)
    }
    let counted = filter.interfaceSnapshots.reduce(0) {
      $0 + $1.passed4.packetsIn + $1.passed4.packetsOut + $1.blocked4.packetsIn
        + $1.blocked4.packetsOut
    }
    #expect(counted == seen)
    for rule in filter.rules(.filter) {
      let matches = rule.counters.traffic.packetsIn + rule.counters.traffic.packetsOut
      #expect(rule.counters.evaluations >= matches)
    }
  }

  private static func randomRules(_ random: inout RandomSource) -> String {
    (0..<30).map { _ in
      let action = random.next() & 1 == 0 ? "pass" : "block"
      let direction = ["", " in", " out"][Int(random.next() % 3)]
      let quick = random.next() % 6 == 0 ? " quick" : ""
      let interface = ["", " on en0", " on ! en0"][Int(random.next() % 3)]
      let source = random.next() & 1 == 0 ? "any" : "10.0.0.\(random.next() % 8)"
      let target = random.next() & 1 == 0 ? "any" : "10.0.0.\(random.next() % 8)"
      let port = random.next() & 1 == 0 ? "" : " port \(20 + random.next() % 6)"
      let state = action == "pass" ? " no state" : ""
      return
        "\(action)\(direction)\(quick)\(interface) proto udp from \(source) to \(target)\(port)\(state)"
    }.joined(separator: "\n")
  }

  private static func matches(
    _ rule: Rule, _ interface: String, _ isOut: Bool, _ source: UInt32, _ target: UInt32,
    _ port: UInt16
  ) -> Bool {
    if let wanted = rule.interface, (wanted == interface) == rule.interfaceNegated { return false }
    if rule.direction == .in, isOut { return false }
    if rule.direction == .out, !isOut { return false }
    if case .network(let bits, _) = rule.source.address, bits.ipv4 != source { return false }
    if case .network(let bits, _) = rule.destination.address, bits.ipv4 != target { return false }
    return rule.destination.ports.map { $0.first == port } ?? true
  }
}
