import Testing

@testable import PFSim

/// Remembered walks over scrub rules against those that an explanation takes rule by rule.
@Suite struct ScrubMemoTests {
  /// The anchors, each with those that its rules may call; no call leads back to its caller.
  private static let calls: [(anchor: String, callees: [String])] = [
    ("", ["a", "a/*", "a/b", "d", "e/*"]), ("a", ["/a/b", "/d"]), ("a/b", ["/d", "/e/*"]),
    ("a/c", ["/e"]), ("d", ["/a/c", "/e/*"]), ("e", []), ("e/f", []), ("e/g", ["/e", "/e/f"]),
  ]

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
    // Matches of filter rules stay in the anchors.
    for call in calls where random.next() & 1 == 0 { lines.append("anchor \"\(call)\"") }
    lines.append("pass\(random.next() & 1 == 0 ? " in" : " proto udp") all no state")
    return lines.joined(separator: "\n")
  }

  private static func evaluations(_ filter: PacketFilter) -> [UInt64] {
    filter.evaluation.settle()
    return (0..<filter.program.bodies.count).map { filter.program.evaluations.base[$0] }
  }

  private static func matches(_ filter: PacketFilter) -> [Bool] {
    (0..<filter.program.anchors.nodes.count).map { filter.program.anchors.nodes.base[$0].match }
  }

  @Test("count and find the same rules, also after rules changed", arguments: 1...60)
  func agreesWithExplanation(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let (remembering, explaining) = (try Self.filter(), try Self.filter())
    let buffer = PacketBuffer()
    for round in 0..<12 {
      let isMain = round == 0 || random.next() % 4 == 0
      let (path, callees) = Self.calls[isMain ? 0 : 1 + Int(random.next() % 7)]
      let rules = Self.randomRules(&random, calls: callees)
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
        #expect(Self.matches(remembering) == Self.matches(explaining), "round \(round)")
      }
      #expect(Self.evaluations(remembering) == Self.evaluations(explaining), "round \(round)")
    }
  }
}
