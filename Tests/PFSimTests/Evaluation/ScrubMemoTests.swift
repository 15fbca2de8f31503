import Testing

@testable import PFSim

/// Remembered walks over scrub rules against those that an explanation takes rule by rule.
@Suite struct ScrubMemoTests {
  private static let anchors = ["a", "a/b", "a/c", "d"]

  private static func filter() throws -> PacketFilter { try PacketFilterTests.filter("pass all") }

  private static func load(_ rules: String, _ anchor: String, _ filter: PacketFilter) throws {
    var options = ParseOptions(interfaces: filter.interfaces)
    options.optimization = OptimizationLevel.none
    options.anchorPath = anchor
    let parsed = parseRuleset(Array((rules + "\n").utf8), options: options)
    #expect(!parsed.hasErrors, "\(parsed.standardError)")
    try filter.load(parsed.ruleset)
  }

  private static func randomRules(_ random: inout RandomSource, calls: [String]) -> String {
    var lines: [String] = []
    for _ in 0..<Int(random.next() % 6) {
      if random.next() % 3 == 0, !calls.isEmpty {
        lines.append("scrub-anchor \"\(calls[Int(random.next()) % calls.count])\"")
        continue
      }
      let action = random.next() % 5 == 0 ? "no scrub" : "scrub"
      let direction = ["", " in", " out"][Int(random.next() % 3)]
      let interface = ["", " on en0", " on bridge100", " on ! en0"][Int(random.next() % 4)]
      let proto = ["", " proto tcp", " proto udp"][Int(random.next() % 3)]
      let source = random.next() % 4 == 0 ? "10.0.0.\(random.next() % 4)" : "any"
      lines.append("\(action)\(direction)\(interface)\(proto) from \(source) to any")
    }
    lines.append("pass all no state")
    return lines.joined(separator: "\n")
  }

  private static func evaluations(_ filter: PacketFilter) -> [UInt64] {
    filter.evaluation.settle()
    return (0..<filter.program.bodies.count).map { filter.program.evaluations.base[$0] }
  }

  @Test("count and find the same rules, also after rules changed", arguments: 1...30)
  func agreesWithExplanation(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let (remembering, explaining) = (try Self.filter(), try Self.filter())
    let buffer = PacketBuffer()
    for round in 0..<12 {
      let isMain = round == 0 || random.next() % 4 == 0
      let path = isMain ? "" : Self.anchors[Int(random.next()) % Self.anchors.count]
      let rules = Self.randomRules(&random, calls: isMain ? ["a", "a/*", "a/b", "d"] : [])
      for filter in [remembering, explaining] { try Self.load(rules, path, filter) }
      for _ in 0..<20 {
        let source = 0x0a00_0000 | random.next() % 4
        let direction: Direction = random.next() & 1 == 0 ? .in : .out
        let interface = try PacketFilterTests.index(
          random.next() & 1 == 0 ? "en0" : "bridge100", remembering)
        let builder = PacketBuilder(
          from: IPAddress(ipv4: source), to: IPAddress(ipv4: 0x0101_0101))
        let bytes =
          random.next() & 1 == 0
          ? builder.udp(from: 1, to: 53) : builder.tcp(from: 1, to: 80, .syn)
        buffer.assign(bytes)
        let found = remembering.process(buffer, direction, on: interface)
        buffer.assign(bytes)
        #expect(found == explaining.explain(buffer, direction, on: interface).result)
      }
      #expect(Self.evaluations(remembering) == Self.evaluations(explaining), "round \(round)")
    }
  }
}
