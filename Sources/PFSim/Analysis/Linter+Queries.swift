extension AddressCriterion {
  /// One address.
  static func host(_ address: IPAddress) -> AddressCriterion {
    .network(address, length: address.family.addressBits)
  }

  /// A network.
  static func network(_ address: IPAddress, length: Int) -> AddressCriterion {
    .prefixes(
      [AddressPrefix(family: address.family, address: address.bits, length: length)],
      negated: false)
  }
}

extension Linter {
  /// A rule that blocks every packet of a query, with one of them.
  struct Blocker {
    var rule: Rule
    var witness: String
  }

  /// The criteria that the lints ask about, so that the classes tell them apart.
  static func queries(_ ruleset: Ruleset, _ options: LintOptions) -> [PacketCriteria] {
    VMTraffic.all(options).flatMap(\.queries) + [LoopbackQuery.connections]
      + ruleset.anchors.flatMap { $0[.rdr] }.compactMap(RedirectQuery.after)
  }

  /// The rule that blocks packets of a query, where all of them are blocked for certain.
  func blocker(
    of query: PacketCriteria, in sets: RuleSets, _ budget: inout AnalysisBudget
  ) -> Blocker? {
    let packets = PacketRegion([sets.classes.match(query).set])
    guard let decisions = decisions(for: packets, sets, &budget), !decisions.isEmpty
    else { return nil }
    var first: RuleSets.Entry?
    for decision in decisions {
      guard !decision.isOpen, let index = decision.entry,
        sets.entries[index].step.rule.action == .block
      else { return nil }
      first = first ?? sets.entries[index]
    }
    guard let first, let set = decisions.first?.set else { return nil }
    let packet = sets.classes.witness(of: PacketRegion([set]))
    return Blocker(rule: first.step.rule, witness: packet?.notation ?? "")
  }

  /// Which rules decide packets; nil where the budget of a question does not suffice.
  func decisions(
    for packets: PacketRegion, _ sets: RuleSets, _ budget: inout AnalysisBudget
  ) -> [Decision]? {
    var question = question(&budget)
    let start = question.steps
    defer { settle(question, from: start, &budget) }
    return sets.decisions(for: packets, budget: &question)
  }
}
