import Testing

@testable import PFSim

/// A small deterministic source of choices.
private struct Dice {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(sides))
  }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[roll(list.count)] }
}

/// Makes filter rules whose criteria overlap often.
private struct RuleMaker {
  var dice: Dice
  var line = 0

  private static let networks = [
    ("10.0.0.0", 8), ("10.1.0.0", 16), ("10.1.2.3", 32), ("192.168.64.0", 24), ("0.0.0.0", 1),
  ]
  private static let networks6 = [("2001:db8::", 32), ("2001:db8:1::", 48), ("fe80::", 10)]

  mutating func rule() -> Rule {
    line += 1
    let place = Provenance.Location(file: "made", line: line, column: 1)
    var rule = Rule(
      action: dice.pick([.pass, .block]), provenance: Provenance(location: place))
    rule.quick = dice.roll(5) == 0
    rule.direction = dice.pick([.any, .any, .in, .out])
    rule.interface = dice.pick([nil, nil, "en0", "bridge100"])
    if rule.interface != nil { rule.interfaceNegated = dice.roll(4) == 0 }
    rule.family = dice.pick([.unspecified, .unspecified, .inet, .inet6])
    addProtocol(to: &rule)
    rule.source = host(rule.family)
    rule.destination = host(rule.family)
    if rule.proto == .tcp || rule.proto == .udp {
      rule.source.ports = dice.roll(4) == 0 ? ports() : nil
      rule.destination.ports = dice.roll(2) == 0 ? ports() : nil
    }
    return rule
  }

  private mutating func addProtocol(to rule: inout Rule) {
    switch dice.roll(8) {
    case 0, 1: rule.proto = .tcp
    case 2: rule.proto = .udp
    case 3 where rule.family == .inet:
      rule.proto = .icmp
      rule.icmpType = dice.pick([8, 3])
      rule.icmpCode = dice.pick([nil, 1])
    case 4: rule.tos = dice.pick([0x10, 0x18])
    case 5: rule.fragment = rule.proto == .any
    case 6 where rule.proto == .any || rule.proto == .tcp:
      rule.flags = 0x02
      rule.flagMask = dice.pick([0x12, 0x17])
    default: break
    }
  }

  private mutating func host(_ family: AddressFamily) -> RuleHost {
    var host = RuleHost()
    guard family != .unspecified, dice.roll(2) == 0 else { return host }
    if family == .inet, dice.roll(4) == 0 {
      let low = IPAddress(ipv4: 0x0a00_0005 + UInt32(dice.roll(2000)))
      let high = IPAddress(ipv4: low.bits.ipv4 + UInt32(dice.roll(600)))
      host.address = .range(low.bits, high.bits)
    } else {
      let (text, length) = dice.pick(family == .inet ? Self.networks : Self.networks6)
      let mask = AddressBits(prefixLength: length)
      host.address = .network((IPAddress(text)?.bits ?? .zero) & mask, mask: mask)
    }
    host.negated = dice.roll(4) == 0
    return host
  }

  private mutating func ports() -> PortMatch {
    let first = UInt16(dice.pick([1, 22, 80, 1024]))
    let kinds: [Comparison] = [
      .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .range, .outside,
      .insideExclusive,
    ]
    return PortMatch(dice.pick(kinds), first, first + UInt16(dice.roll(100)))
  }
}

@Suite("Sets of packets against the engine")
struct DecisionTests {
  /// Rules, some in an anchor that a rule of the main ruleset calls.
  private func ruleset(_ seed: UInt64) -> Ruleset {
    var maker = RuleMaker(dice: Dice(state: seed))
    var ruleset = Ruleset()
    var anchor = Ruleset.Anchor(path: "a")
    for _ in 0..<3 { anchor[.filter].append(maker.rule()) }
    for _ in 0..<4 { ruleset.anchors[0][.filter].append(maker.rule()) }
    var call = maker.rule()
    call.action = .pass
    call.fragment = false
    call.anchorCall = AnchorCall(name: "a", path: "a", wildcard: false)
    ruleset.anchors[0][.filter].append(call)
    for _ in 0..<4 { ruleset.anchors[0][.filter].append(maker.rule()) }
    ruleset.anchors.append(anchor)
    return ruleset
  }

  @Test(arguments: 1...60)
  func `the engine decides witnesses as the sets say`(seed: Int) throws {
    let ruleset = ruleset(UInt64(seed) &* 7919)
    let sets = RuleSets(
      RuleWalk(ruleset, .filter), test: .filter, tables: KnownTables(ruleset),
      interfaces: ["lo0", "en0", "bridge100"], unseen: [])
    var budget = AnalysisBudget(steps: 100_000)
    let decisions = try #require(sets.decisions(for: sets.universe, budget: &budget))
    let filter = PacketFilter(
      interfaces: try [Interface](
        parsing: "lo0=127.0.0.1/8;en0=192.168.1.20/24;bridge100=192.168.64.1/24;en1="))
    try filter.load(ruleset)
    filter.setEnabled(true)
    let stride = max(1, decisions.count / 150)
    for index in Swift.stride(from: 0, to: decisions.count, by: stride) {
      try compare(decisions[index], sets, filter)
    }
  }

  private func compare(
    _ decision: Decision, _ sets: RuleSets, _ filter: PacketFilter
  ) throws {
    let packet = try #require(sets.classes.witness(of: PacketRegion([decision.set])))
    let interface = try #require(
      filter.interfaces.firstIndex { $0.name == packet.interface }, "\(packet.interface)")
    let buffer = PacketBuffer()
    buffer.assign(packet.bytes)
    let result = filter.process(buffer, packet.direction, on: interface)
    let rule = filter.rule(result.rule)
    let expected = decision.entry.map { sets.entries[$0].step.rule }
    #expect(
      rule?.provenance.location == expected?.provenance.location,
      "\(packet.notation): \(rule?.text() ?? "default"), not \(expected?.text() ?? "default")")
    #expect(result.verdict == (expected?.action == .block ? .block : .pass))
  }
}
