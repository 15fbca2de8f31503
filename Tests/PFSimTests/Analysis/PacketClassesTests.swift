import Testing

@testable import PFSim

/// Rules put together by hand.
private func rule(_ action: RuleAction, _ change: (inout Rule) -> Void = { _ in }) -> Rule {
  var rule = Rule(action: action)
  change(&rule)
  return rule
}

private func network(_ text: String, _ length: Int) -> AddressSpec {
  let address = IPAddress(text)
  let mask = AddressBits(prefixLength: length)
  return .network((address?.bits ?? .zero) & mask, mask: mask)
}

private func sets(_ rules: [Rule], queries: [PacketCriteria] = []) -> RuleSets {
  var ruleset = Ruleset()
  ruleset.anchors[0][.filter] = rules
  return RuleSets(
    RuleWalk(ruleset, .filter), test: .filter, tables: KnownTables(ruleset), queries: queries,
    interfaces: ["en0", "bridge100"], unseen: Linter.unseen(ruleset))
}

@Suite("Sets of packets")
struct PacketClassesTests {
  @Test func `a witness fits the rule whose set it comes from`() throws {
    let ssh = rule(.block) {
      $0.direction = .in
      $0.interface = "en0"
      $0.family = .inet
      $0.proto = .tcp
      $0.source.address = network("10.1.0.0", 16)
      $0.destination.ports = PortMatch(.range, 1000, 2000)
      $0.flags = 0x02
      $0.flagMask = 0x17
    }
    let sets = sets([ssh])
    let packet = try #require(sets.classes.witness(of: sets.packets(of: sets.entries[0])))
    #expect(packet.interface == "en0")
    #expect(packet.direction == .in)
    #expect(packet.proto == .tcp)
    #expect(packet.source.description.hasPrefix("10.1."))
    #expect((1000...2000).contains(packet.destinationPort))
    #expect(packet.flags & 0x17 == 0x02)
    #expect(!packet.isFragment)
    #expect(packet.notation.hasSuffix("in on en0"))
  }

  @Test func `ranges of addresses are compared as the kernel does`() throws {
    let low = try #require(IPAddress("198.51.100.10"))
    let high = try #require(IPAddress("198.51.100.20"))
    var classes = AddressClasses(family: .inet)
    classes.split(rangeFrom: low.bits, to: high.bits)
    classes.seal(preferring: [])
    for (text, expected) in [
      ("198.51.100.15", true), ("200.0.0.15", true), ("198.51.101.15", true),
      ("198.51.100.21", false), ("198.51.100.10", true), ("198.51.99.10", false),
    ] {
      let address = try #require(IPAddress(text))
      #expect(classes.isInRange(address.bits, low.bits, high.bits) == expected, "\(text)")
    }
  }

  @Test func `classes of networks and ranges have an address each`() throws {
    var classes = AddressClasses(family: .inet)
    let low = try #require(IPAddress("10.0.0.5"))
    let high = try #require(IPAddress("10.0.0.9"))
    let inner = try #require(IPAddress("10.0.0.0"))
    classes.split(rangeFrom: low.bits, to: high.bits)
    classes.split(network: inner.bits, prefixLength: 8)
    classes.seal(preferring: [])
    for index in 0..<classes.count {
      #expect(classes.position(of: classes.representatives[index]) == index)
    }
    #expect(classes.count == 9)
  }

  @Test func `two halves of a network cover it, one does not`() {
    let sets = sets([
      rule(.block) {
        $0.family = .inet
        $0.source.address = network("10.0.0.0", 8)
      },
      rule(.pass) {
        $0.family = .inet
        $0.source.address = network("10.0.0.0", 9)
      },
      rule(.pass) {
        $0.family = .inet
        $0.source.address = network("10.128.0.0", 9)
      },
    ])
    var budget = AnalysisBudget()
    let all = sets.packets(of: sets.entries[0])
    let halves = sets.entries[1...].map(\.set)
    #expect(sets.classes.cover(all, by: halves, budget: &budget) == .covered(by: [0, 1]))
    guard case .remains(let rest) = sets.classes.cover(all, by: [halves[0]], budget: &budget) else {
      Issue.record("one half covers the whole")
      return
    }
    let packet = sets.classes.witness(of: PacketRegion([rest]))
    #expect(packet?.source.bits.ipv4 ?? 0 >= 0x0a80_0000)
  }

  @Test func `without steps left nothing is decided`() {
    let sets = sets([rule(.block), rule(.pass)])
    var budget = AnalysisBudget(steps: 0)
    let all = sets.packets(of: sets.entries[0])
    #expect(
      sets.classes.cover(all, by: [sets.entries[1].set], budget: &budget) == .notDecided)
    #expect(sets.decisions(for: all, budget: &budget) == nil)
  }

  @Test func `the same table twice is one unknown, another table is another`() {
    let table = { (name: String) in
      rule(.block) { $0.source.address = .table(name) }
    }
    let sets = sets([table("a"), table("a"), table("b"), table("b")])
    var budget = AnalysisBudget()
    let first = sets.packets(of: sets.entries[0])
    #expect(
      sets.classes.cover(first, by: [sets.entries[1].set], budget: &budget) == .covered(by: [0]))
    guard
      case .remains = sets.classes.cover(first, by: [sets.entries[2].set], budget: &budget)
    else {
      Issue.record("table b covers table a")
      return
    }
  }

  @Test func `default flags leave other TCP packets and fragments to earlier rules`() throws {
    let sets = sets([
      rule(.block),
      rule(.pass) {
        $0.flags = 0x02
        $0.flagMask = 0x12
      },
    ])
    var budget = AnalysisBudget()
    let decisions = try #require(
      sets.decisions(for: sets.universe, budget: &budget))
    let blocked = decisions.filter { $0.entry == 0 }.map(\.set)
    let packet = try #require(sets.classes.witness(of: PacketRegion(blocked)))
    #expect(packet.proto == .tcp)
    #expect(packet.isFragment || packet.flags & 0x12 != 0x02)
  }

  @Test func `the difference of two regions holds what only the first has`() throws {
    let sets = sets([
      rule(.block) {
        $0.proto = .tcp
        $0.destination.ports = PortMatch(.less, 1024)
      },
      rule(.block) {
        $0.proto = .tcp
        $0.destination.ports = PortMatch(.equal, 443)
      },
    ])
    var budget = AnalysisBudget()
    let low = sets.packets(of: sets.entries[0])
    let https = sets.packets(of: sets.entries[1])
    let rest = try #require(
      sets.classes.subtracting(https, from: low, budget: &budget))
    #expect(sets.classes.witness(of: rest)?.destinationPort == 80)
    let common = try #require(
      sets.classes.intersection(low, https, budget: &budget))
    #expect(sets.classes.witness(of: common)?.destinationPort == 443)
    let nothing = try #require(
      sets.classes.subtracting(low, from: https, budget: &budget))
    #expect(nothing.isEmpty)
  }
}
