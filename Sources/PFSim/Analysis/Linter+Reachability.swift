/// What became of a rule's packets.
private enum Fate {
  case decides
  case never
  case covered([RuleSets.Entry])
  case open(String)
}

extension Linter {
  /// Rules that never decide: not reached, overridden, duplicate, or fitting no packet.
  ///
  /// binat rules are left out: they are compared in two senses, which one set does not hold.
  func reachabilityFindings(_ budget: inout AnalysisBudget) -> [Finding] {
    [RuleKind.filter, .scrub, .nat, .rdr, .dummynet].flatMap { fateFindings($0, &budget) }
  }

  private func fateFindings(_ kind: RuleKind, _ budget: inout AnalysisBudget) -> [Finding] {
    let walk = RuleWalk(ruleset, kind)
    guard !walk.steps.isEmpty else { return [] }
    guard walk.isComplete else { return [tooManyRules(walk)] }
    var fates: [RulePlace: [Fate]] = [:]
    // The kernel goes through scrub rules twice for TCP; a rule counts if either walk uses it.
    for test in kind == .scrub ? [RuleTest.scrubIP, .scrubTCP] : [kind.test] {
      let strict = sets(of: walk, test, kind.direction, tables)
      let present = sets(of: walk, test, kind.direction, tables.lasting(options.interfaces))
      for index in strict.entries.indices {
        var fate = fate(of: index, strict, &budget)
        if case .decides = fate, case .covered = self.fate(of: index, present, &budget) {
          fate = .open("as tables and interfaces are now it never does, but they can change")
        }
        fates[strict.entries[index].step.place, default: []].append(fate)
      }
    }
    let sets = sets(of: walk, kind.test, kind.direction, tables)
    var seen: Set<RulePlace> = []
    return merged(
      walk.steps.compactMap { step in
        guard seen.insert(step.place).inserted else { return nil }
        return finding(step.rule, fates[step.place] ?? [], sets)
      })
  }

  private func sets(
    of walk: RuleWalk, _ test: RuleTest, _ direction: Direction, _ tables: KnownTables
  ) -> RuleSets {
    RuleSets(
      walk, test: test, direction: direction, tables: tables,
      interfaces: options.interfaces.map(\.name), unseen: Self.unseen(ruleset))
  }

  private func tooManyRules(_ walk: RuleWalk) -> Finding {
    Finding(
      code: LintCode.notDecided.rawValue, severity: .note,
      message: "nested anchor calls lead to too many rules to look at all of them",
      location: walk.steps.first?.rule.provenance.location)
  }

  private func fate(
    of index: Int, _ sets: RuleSets, _ budget: inout AnalysisBudget
  ) -> Fate {
    let entry = sets.entries[index]
    let packets = sets.packets(of: entry)
    if packets.isEmpty { return .never }
    let certain = rivals(of: index, sets).filter(\.isCertain)
    if let single = certain.first(where: { rival in
      packets.sets.allSatisfy { sets.classes.layout.contains(rival.set, $0) }
    }) {
      return .covered([single])
    }
    switch answer(packets, certain, sets, &budget) {
    case .covered(let used): return .covered(used.map { certain[$0] })
    case .notDecided: return .open("the sets of packets are too many to compare")
    case .remains: return .decides
    }
  }

  private func answer(
    _ packets: PacketRegion, _ covers: [RuleSets.Entry], _ sets: RuleSets,
    _ budget: inout AnalysisBudget
  ) -> CoverAnswer {
    var question = question(&budget)
    let start = question.steps
    let answer = sets.classes.cover(packets, by: covers.map(\.set), budget: &question)
    settle(question, from: start, &budget)
    return answer
  }

  /// The rules that decide instead wherever they match, too.
  private func rivals(of index: Int, _ sets: RuleSets) -> [RuleSets.Entry] {
    let entry = sets.entries[index]
    let kind = entry.step.place.kind
    // Translation: the first match decides.
    if kind != .filter && kind != .dummynet { return Array(sets.entries[..<index]) }
    let earlier = sets.entries[..<index].filter { rival in
      rival.isQuick
        || rival.quickCalls.contains { call in
          !entry.quickCalls.contains(call) && endsWalk(call, sets.walk)
        }
    }
    if entry.isQuick { return earlier }
    let later = sets.entries[(index + 1)...].filter { rival in
      // A match in a quick anchor may end the walk before the rules behind the anchor.
      entry.quickCalls.allSatisfy { rival.quickCalls.contains($0) }
    }
    return later + earlier
  }

  /// Whether a match inside a quick anchor call surely ends the walk.
  ///
  /// KERNEL: pf_step_into_anchor forgets earlier matches at nested calls, so that the quick of
  /// the outer call is not sure to take effect.
  private func endsWalk(_ call: Int, _ walk: RuleWalk) -> Bool {
    !walk.calls.contains { $0.calls.contains(call) }
  }
}

extension Linter {
  private func finding(_ rule: Rule, _ fates: [Fate], _ sets: RuleSets) -> Finding? {
    var rivals: [RuleSets.Entry] = []
    var open: String?
    for fate in fates {
      switch fate {
      case .decides: return nil
      case .never: continue
      case .open(let reason): open = reason
      case .covered(let entries):
        rivals += entries.filter { entry in !rivals.contains { $0.step.place == entry.step.place } }
      }
    }
    if let open { return notDecided(rule, open) }
    guard !rivals.isEmpty else { return neverMatches(rule, sets) }
    return covered(rule, rivals, sets, witness: witness(of: rule, sets))
  }

  /// A packet that fits the rule, which another one decides.
  private func witness(of rule: Rule, _ sets: RuleSets) -> String {
    let entries = sets.entries.filter { $0.step.rule == rule }
    for entry in entries {
      if let packet = sets.classes.witness(of: sets.packets(of: entry)) { return packet.notation }
    }
    return ""
  }

  private func notDecided(_ rule: Rule, _ reason: String) -> Finding {
    Finding(
      code: LintCode.notDecided.rawValue, severity: .note,
      message: "it is open whether this rule ever decides", cause: "\(rule.text()): \(reason)",
      location: rule.provenance.location)
  }

  private func covered(
    _ rule: Rule, _ rivals: [RuleSets.Entry], _ sets: RuleSets, witness: String
  ) -> Finding {
    let notes = rivals.prefix(8).map { rival in
      Finding.Note(
        "decides instead: \(rival.step.rule.text())", at: rival.step.rule.provenance.location)
    }
    let text = rule.text()
    if rivals.count == 1, rivals[0].step.rule.isTwin(of: rule) {
      return duplicate(rule, rivals[0].step.rule, sets)
    }
    let isFirstMatch = ![RuleKind.filter, .dummynet].contains(rivals[0].step.place.kind)
    let isReached = !isFirstMatch && rivals.contains { !$0.isQuick && $0.quickCalls.isEmpty }
    let hasSameAction = rivals.allSatisfy { $0.step.rule.action == rule.action }
    let code: LintCode = isReached ? .ruleOverridden : .ruleUnreachable
    let message =
      isReached
      ? "this rule never decides: later rules match every packet that it matches"
      : "this rule is never reached: earlier rules take every packet that it matches"
    return Finding(
      code: code.rawValue, severity: hasSameAction ? .note : .warning, message: message,
      cause: hasSameAction
        ? "\(text): the other rules do the same, so that it is superfluous"
        : isReached
          ? "\(text): without quick the last matching rule decides"
          : "\(text): \(isFirstMatch ? "the first matching rule" : "quick") decides",
      location: rule.provenance.location,
      fix: Finding.Fix(
        isReached
          ? "remove the rule, write quick in it, or move it behind the rules that decide"
          : "remove the rule, or move it in front of the rules that decide"),
      notes: Array(notes), witness: witness)
  }

  private func duplicate(_ rule: Rule, _ other: Rule, _ sets: RuleSets) -> Finding {
    let isOtherFirst =
      rule.provenance.location.map { place in
        other.provenance.location.map { $0.isBefore(place) } ?? false
      } ?? false
    let (first, second) = isOtherFirst ? (other, rule) : (rule, other)
    return Finding(
      code: LintCode.ruleDuplicate.rawValue, severity: .warning,
      message: "this rule stands twice", cause: second.text(),
      location: second.provenance.location, fix: Finding.Fix("remove one of the two"),
      notes: [Finding.Note("the same rule", at: first.provenance.location)],
      witness: witness(of: rule, sets))
  }

  /// Joins findings about rules of one statement.
  private func merged(_ findings: [Finding]) -> [Finding] {
    var result: [Finding] = []
    var counts: [Int] = []
    for finding in findings {
      let same = result.firstIndex {
        $0.location != nil && $0.location == finding.location && $0.code == finding.code
      }
      guard let same else {
        result.append(finding)
        counts.append(1)
        continue
      }
      counts[same] += 1
      result[same].severity = max(result[same].severity, finding.severity)
      for note in finding.notes where !result[same].notes.contains(note) {
        result[same].notes.append(note)
      }
    }
    for index in result.indices {
      guard let place = result[index].location, let total = expansions[place], total > 1
      else { continue }
      result[index].message += " (\(counts[index]) of the \(total) rules of this statement)"
    }
    return result
  }
}

extension Rule {
  /// Whether two rules are the same but for where they come from.
  func isTwin(of other: Rule) -> Bool {
    var one = self
    var two = other
    one.provenance = Provenance()
    two.provenance = Provenance()
    one.loadNumber = 0
    two.loadNumber = 0
    return one == two
  }
}

extension Provenance.Location {
  /// Whether the place comes before another of the same file.
  func isBefore(_ other: Provenance.Location) -> Bool {
    file == other.file && (line, column) < (other.line, other.column)
  }
}
