extension Linter {
  /// Blocks of IPv4 whose service stays open over IPv6.
  func ipv6Findings() -> [Finding] {
    let blocks = filter.entries.filter { $0.step.rule.action == .block }.map(\.set)
    var findings: [Finding] = []
    var places: Set<Provenance.Location> = []
    for entry in filter.entries {
      let rule = entry.step.rule
      guard isProtection(rule), rule.provenance.location.map({ !places.contains($0) }) ?? true,
        let packet = open(rule, blocks)
      else { continue }
      if let place = rule.provenance.location { places.insert(place) }
      findings.append(ipv6Finding(rule, packet))
    }
    return findings
  }

  /// Whether a rule keeps a whole network, or everybody, from something.
  private func isProtection(_ rule: Rule) -> Bool {
    guard rule.action == .block, rule.family == .inet, rule.proto != .icmp, !rule.fragment,
      rule.tagged.isEmpty, !rule.source.negated, !rule.destination.negated
    else { return false }
    switch rule.source.address {
    case .any, .dynamic: break
    case .network(_, let mask) where mask.leadingOnes <= 24: break
    default: return false
    }
    return rule.interface != nil || rule.destination.ports != nil
  }

  /// A packet over IPv6 that no rule blocks, while the rule blocks its like over IPv4.
  private func open(_ rule: Rule, _ blocks: [PacketSet]) -> WitnessPacket? {
    var query = PacketCriteria(rule, test: .filter, anchor: "", tables: tables)
    query.family = .inet6
    query.source = .any
    query.destination = .any
    query.uncertain = []
    query.unknowns = []
    let set = filter.classes.match(query).set
    let packets = filter.universe.sets.compactMap { filter.classes.layout.intersection($0, set) }
    let isBlocked = blocks.contains { block in
      packets.contains { filter.classes.layout.intersects($0, block) }
    }
    return isBlocked ? nil : filter.classes.witness(of: PacketRegion([set]))
  }

  private func ipv6Finding(_ rule: Rule, _ packet: WitnessPacket) -> Finding {
    Finding(
      code: LintCode.ipv4Only.rawValue, severity: .warning,
      message: "this block is for IPv4 only; no rule blocks the same over IPv6",
      cause: "\(rule.text()): interfaces have IPv6 link-local addresses even without a router",
      location: rule.provenance.location,
      fix: Finding.Fix("add the same rule for inet6, or leave out the family and the addresses"),
      witness: packet.notation)
  }
}
