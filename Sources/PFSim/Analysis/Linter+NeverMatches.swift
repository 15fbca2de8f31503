extension Linter {
  /// A rule that fits no packet, where no other lint says so with its own words.
  func neverMatches(_ rule: Rule, _ sets: RuleSets) -> Finding? {
    if let name = rule.interface, !rule.interfaceNegated, Self.unseen(ruleset).contains(name) {
      return nil
    }
    return Finding(
      code: LintCode.ruleNeverMatches.rawValue, severity: .warning,
      message: "no packet fits this rule", cause: "\(rule.text()): \(reason(rule))",
      location: rule.provenance.location, fix: Finding.Fix("correct or remove the rule"),
      witness: example(of: rule) {
        $0.source = .any
        $0.destination = .any
        $0.sourcePorts = nil
        $0.destinationPorts = nil
      })
  }

  private func reason(_ rule: Rule) -> String {
    for host in [rule.source, rule.destination] where !host.negated {
      switch host.address {
      case .noRoute: return "no-route never matches on macOS"
      case .urpfFailed: return "urpf-failed never matches on macOS"
      case .routeLabel: return "route labels never match on macOS"
      case .dynamic("self", _, _): return "(self) has no addresses on macOS; write self"
      case .range: return "macOS compares ranges byte by byte, this one is empty then"
      default: continue
      }
    }
    for ports in [rule.source.ports, rule.destination.ports].compactMap(\.self)
    where ports.ranges.isEmpty {
      return "no port fits; port 0 is dropped before the rules"
    }
    if rule.tos != nil, rule.family == .inet6 { return "for IPv6 macOS takes the tos as 0" }
    return "its criteria, with those of the anchor calls around it, exclude each other"
  }

  /// Ranges that match other addresses than they name.
  func rangeFindings() -> [Finding] {
    var findings: [Finding] = []
    for rule in ruleset.anchors.flatMap({ $0.rules.joined() }) {
      for host in [rule.source, rule.destination] {
        guard case .range(let low, let high) = host.address, low != high,
          let finding = rangeFinding(rule, low, high)
        else { continue }
        if findings.last?.location != finding.location || finding.location == nil {
          findings.append(finding)
        }
      }
    }
    return findings
  }

  /// KERNEL: pf_match_addr_range compares words in memory order.
  private func rangeFinding(
    _ rule: Rule, _ low: AddressBits, _ high: AddressBits
  ) -> Finding? {
    let classes = AddressClasses(family: rule.family)
    let interval = classes.rangeInterval(low, high)
    let range = "\(text(low, rule)) - \(text(high, rule))"
    guard interval.low <= interval.high else {
      return rangeFinding(rule, "the range \(range) matches no address at all", "", low)
    }
    guard
      let stranger = interval.blocks.lazy.map(\.value.rangeOrder).first(where: {
        $0 < low || $0 > high
      })
    else { return nil }
    return rangeFinding(
      rule, "the range \(range) matches other addresses than it names",
      ", for example \(text(stranger, rule))", stranger)
  }

  private func rangeFinding(
    _ rule: Rule, _ message: String, _ example: String, _ address: AddressBits
  ) -> Finding {
    let host = AddressCriterion.host(IPAddress(family: rule.family, bits: address))
    return Finding(
      code: LintCode.rangeByteOrder.rawValue, severity: .warning, message: message,
      cause:
        "macOS compares the bytes of each word in reverse order on Apple's processors\(example)",
      location: rule.provenance.location,
      fix: Finding.Fix("write networks (address/length) or a table instead of the range"),
      witness: self.example(of: rule, test: rule.kind.test, direction: rule.kind.direction) {
        if case .range = $0.source { $0.source = host } else { $0.destination = host }
      })
  }

  private func text(_ bits: AddressBits, _ rule: Rule) -> String {
    IPAddress(family: rule.family, bits: bits).description
  }

  /// Lists of negated items, whose rules together match everything.
  func negatedListFindings() -> [Finding] {
    var groups: [Provenance.Location: [Rule]] = [:]
    var order: [Provenance.Location] = []
    for rule in ruleset.anchors.flatMap({ $0[.filter] }) {
      guard let place = rule.provenance.location, (expansions[place] ?? 0) > 1 else { continue }
      if groups[place] == nil { order.append(place) }
      groups[place, default: []].append(rule)
    }
    return order.compactMap { place in groups[place].flatMap { negatedList($0, place) } }
  }

  private func negatedList(_ rules: [Rule], _ place: Provenance.Location) -> Finding? {
    let sides = [\Rule.source, \Rule.destination]
    let isNegated =
      sides.contains { side in
        rules.allSatisfy { $0[keyPath: side].negated }
          && Set(rules.map { $0[keyPath: side].address }).count > 1
      }
      || rules.allSatisfy(\.interfaceNegated) && Set(rules.map(\.interface)).count > 1
      || sides.contains { side in
        rules.allSatisfy { $0[keyPath: side].ports?.comparison == .notEqual }
          && Set(rules.map { $0[keyPath: side].ports }).count > 1
      }
    guard isNegated else { return nil }
    return Finding(
      code: LintCode.negatedList.rawValue, severity: .warning,
      message: "a list of negated items matches everything",
      cause: "it becomes one rule per item, and each rule matches what the other items exclude",
      location: place,
      fix: Finding.Fix(
        "put the items into a table and negate the table: ! <name>; or block them in a rule of "
          + "their own behind this one"),
      notes: rules.prefix(4).map { Finding.Note("one of its rules: \($0.text())") },
      witness: negatedListExample(rules))
  }

  /// A packet that the first item excludes, and that the second item's rule matches.
  private func negatedListExample(_ rules: [Rule]) -> String {
    var first = rules[0]
    first.source.negated = false
    first.destination.negated = false
    let excluded = PacketCriteria(first, test: .filter, anchor: "", tables: tables)
    return example(of: rules[1]) {
      if rules[0].source.negated { $0.source = excluded.source }
      if rules[0].destination.negated { $0.destination = excluded.destination }
    }
  }

  /// Tags that rules ask for and none sets.
  func tagFindings() -> [Finding] {
    let rules = ruleset.anchors.flatMap { $0.rules.joined() }
    let set = Set(rules.map(\.tag))
    return rules.compactMap { rule in
      guard !rule.tagged.isEmpty, !rule.taggedNegated, !set.contains(rule.tagged) else {
        return nil
      }
      return Finding(
        code: LintCode.tagNeverSet.rawValue, severity: .note,
        message: "no rule here sets the tag \"\(rule.tagged)\"",
        cause: "\(rule.text()): it matches only if rules that other programs load set the tag",
        location: rule.provenance.location,
        witness: example(of: rule, test: rule.kind.test, direction: rule.kind.direction))
    }
  }
}
