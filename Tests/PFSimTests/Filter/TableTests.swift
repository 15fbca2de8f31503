import Testing

@testable import PFSim

/// The contents and counters of tables over the life of their rules.
@Suite struct TableTests {
  private static let rules = "table <t> { 198.51.100.9 }\nblock in from <t>"

  private func load(_ rules: String, _ filter: PacketFilter) throws {
    var options = ParseOptions(interfaces: filter.interfaces)
    options.optimization = OptimizationLevel.none
    try filter.load(parseRuleset(Array((rules + "\n").utf8), options: options).ruleset)
  }

  private func sendOne(_ filter: PacketFilter) throws -> Verdict {
    let buffer = PacketBuffer()
    buffer.assign(PacketFilterTests.udp(0xc633_6409, 9, 0xcb00_7105, 53))
    let en0 = try PacketFilterTests.index("en0", filter)
    return filter.process(buffer, .in, on: en0).verdict
  }

  @Test("a table of the main ruleset that only an anchor names is there for the anchor")
  func namedByAnchor() throws {
    let filter = try PacketFilterTests.filter(
      "table <t> { 198.51.100.9 }\nblock all\nanchor \"a\" {\npass in from <t> no state\n}")
    #expect(try sendOne(filter) == .pass)
    #expect(filter.table("t")?.matches == 1)
    #expect(filter.table("t")?.flags.contains(.active) == true)
  }

  @Test("an active table keeps its counters when its definition is loaded again")
  func countersSurviveReload() throws {
    let filter = try PacketFilterTests.filter(Self.rules)
    #expect(try sendOne(filter) == .block)
    try load(Self.rules, filter)
    #expect(try sendOne(filter) == .block)
    let table = try #require(filter.table("t"))
    #expect(table.matches == 2)
    #expect(table.blocked.packetsIn == 2)
    #expect(table.entries.first?.counters.blockedIn.packets == 2)
  }

  @Test("of two entries for one address the first counts")
  func contradictoryEntries() throws {
    let filter = try PacketFilterTests.filter(Self.rules)
    var entry = TableDefinition.Entry(
      family: .inet, address: AddressBits(ipv4: 0xc633_6409), prefixLength: 32, negated: true)
    let exception = entry
    entry.negated = false
    let change = try filter.replaceTable("t", [exception, entry])
    #expect(change == TableChange(added: 0, deleted: 0, changed: 1))
    #expect(filter.table("t")?.entries.map(\.entry) == [exception])
    #expect(try filter.replaceTable("t", [entry, exception]).changed == 1)
    #expect(filter.table("t")?.entries.map(\.entry) == [entry])
  }
}
