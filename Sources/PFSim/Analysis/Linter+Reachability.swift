/// What became of a rule's packets.
private enum Fate {
  case decides
  case never
  /// Other visits decide, as indices into the entries of the sets that were asked.
  case covered([Int])
  case open(String)
}

extension Linter {
  /// Rules that never decide: not reached, overridden, duplicate, or fitting no packet.
  func reachabilityFindings(_ budget: inout AnalysisBudget) -> [Finding] {
    [RuleKind.filter, .scrub, .nat, .binat, .rdr, .dummynet].flatMap { fateFindings($0, &budget) }
  }

  private func fateFindings(_ kind: RuleKind, _ budget: inout AnalysisBudget) -> [Finding] {
    let walk = RuleWalk(ruleset, kind)
    guard !walk.steps.isEmpty, isAnalysed(walk) else { return [] }
    var fates: [RulePlace: [Fate]] = [:]
    var visits: [RulePlace: [Int]] = [:]
    // The walks ask the same rules, so that one of the sets can name the visits of them all.
    let asked = kind.questions.map { sets(of: walk, $0.test, $0.direction, tables) }
    for (question, strict) in zip(kind.questions, asked) {
      let present =
        walk.dependsOnContents
        ? sets(of: walk, question.test, question.direction, tables.lasting(options.interfaces))
        : nil
      for index in strict.entries.indices {
        var fate = fate(of: index, strict, &budget)
        if case .decides = fate, let present,
          case .covered = self.fate(of: index, present, &budget)
        {
          fate = .open("as tables and interfaces are now it never does, but they can change")
        }
        fates[strict.entries[index].step.place, default: []].append(fate)
      }
    }
    for (index, entry) in asked[0].entries.enumerated() {
      visits[entry.step.place, default: []].append(index)
    }
    var seen: Set<RulePlace> = []
    return merged(
      walk.steps.compactMap { step in
        guard seen.insert(step.place).inserted else { return nil }
        return finding(step.rule, fates[step.place] ?? [], asked[0], visits[step.place] ?? [])
      })
  }

  /// The sets of a walk's rules.
  /// - Parameter queries: More criteria that the classes must tell apart.
  func sets(
    of walk: RuleWalk, _ test: RuleTest, _ direction: Direction, _ tables: KnownTables,
    queries: [PacketCriteria] = []
  ) -> RuleSets {
    RuleSets(
      walk, test: test, direction: direction, tables: tables, queries: queries,
      interfaces: options.interfaces.map(\.name), unseen: Self.unseen(ruleset))
  }

  private func fate(
    of index: Int, _ sets: RuleSets, _ budget: inout AnalysisBudget
  ) -> Fate {
    let packets = sets.packets(of: sets.entries[index])
    if packets.isEmpty { return .never }
    let rivals = rivals(of: index, sets)
    if let single = rivals.first(where: { rival in
      packets.sets.allSatisfy { sets.classes.layout.contains(sets.entries[rival].set, $0) }
    }) {
      return .covered([single])
    }
    var question = question(&budget)
    let start = question.steps
    defer { settle(question, from: start, &budget) }
    let covers = rivals.map { sets.entries[$0].set }
    switch sets.classes.cover(packets, by: covers, budget: &question) {
    case .covered(let used): return .covered(used.map { rivals[$0] })
    case .notDecided: return .open("the sets of packets are too many to compare")
    case .remains: return .decides
    }
  }

  /// The rules that for certain decide instead wherever they match, and that match something of
  /// the rule's packets.
  private func rivals(of index: Int, _ sets: RuleSets) -> [Int] {
    let entry = sets.entries[index]
    let isRival = { (other: Int) in
      sets.marks[other].isCertain
        && sets.classes.layout.intersects(entry.set, sets.entries[other].set)
    }
    let earlier = (0..<index).filter { other in
      let marks = sets.marks[other]
      guard marks.isQuick || marks.hasQuickCalls, isRival(other) else { return false }
      return marks.isQuick
        || sets.entries[other].quickCalls.contains { call in
          !entry.quickCalls.contains(call) && endsWalk(call, sets.walk)
        }
    }
    if entry.isQuick { return earlier }
    let later = (index + 1..<sets.entries.count).filter { other in
      // A match in a quick anchor may end the walk before the rules behind the anchor.
      isRival(other)
        && entry.quickCalls.allSatisfy { sets.entries[other].quickCalls.contains($0) }
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
  private func finding(
    _ rule: Rule, _ fates: [Fate], _ sets: RuleSets, _ visits: [Int]
  ) -> Finding? {
    var rivals: [Int] = []
    var open: String?
    for fate in fates {
      switch fate {
      case .decides: return nil
      case .never: continue
      case .open(let reason): open = reason
      case .covered(let entries):
        rivals += entries.filter { entry in
          !rivals.contains { sets.entries[$0].step.place == sets.entries[entry].step.place }
        }
      }
    }
    if let open { return notDecided(rule, open, witness: witness(of: visits, sets)) }
    guard !rivals.isEmpty else { return neverMatches(rule, sets) }
    return covered(rule, rivals.map { sets.entries[$0] }, witness: witness(of: visits, sets))
  }

  /// A packet that fits the rule, which another one decides.
  private func witness(of visits: [Int], _ sets: RuleSets) -> String {
    for visit in visits {
      let packets = sets.packets(of: sets.entries[visit])
      if let packet = sets.classes.witness(of: packets) { return packet.notation }
    }
    return ""
  }

  private func notDecided(_ rule: Rule, _ reason: String, witness: String) -> Finding {
    Finding(
      code: LintCode.notDecided.rawValue, severity: .note,
      message: "it is open whether this rule ever decides", cause: "\(rule.text()): \(reason)",
      location: rule.provenance.location, witness: witness)
  }

  private func covered(
    _ rule: Rule, _ rivals: [RuleSets.Entry], witness: String
  ) -> Finding {
    let notes = rivals.prefix(8).map { rival in
      Finding.Note(
        "decides instead: \(rival.step.rule.text())", at: rival.step.rule.provenance.location)
    }
    let text = rule.text()
    if rivals.count == 1, rivals[0].step.rule.isTwin(of: rule) {
      return duplicate(rule, rivals[0].step.rule, witness)
    }
    let isFirstMatch = rivals[0].step.place.kind.firstMatchDecides
    let isReached = !isFirstMatch && rivals.contains { !$0.isQuick && $0.quickCalls.isEmpty }
    let hasSameAction = rivals.allSatisfy { $0.step.rule.doesTheSame(as: rule) }
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

  private func duplicate(_ rule: Rule, _ other: Rule, _ witness: String) -> Finding {
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
      witness: witness)
  }

  /// Joins findings about rules of one statement.
  private func merged(_ findings: [Finding]) -> [Finding] {
    var result: [Finding] = []
    var counts: [Int] = []
    var known: [StatementFinding: Int] = [:]
    for finding in findings {
      let key = StatementFinding(code: finding.code, location: finding.location)
      guard finding.location != nil, let same = known[key] else {
        known[key] = result.count
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

  private struct StatementFinding: Hashable {
    var code: String
    var location: Provenance.Location?
  }
}

extension RuleKind {
  /// The walks in which a rule of the list can decide something.
  ///
  /// The kernel goes through scrub rules twice for TCP, and compares binat rules in two senses; a
  /// rule counts if one of the walks uses it.
  fileprivate var questions: [(test: RuleTest, direction: Direction)] {
    switch self {
    case .scrub: [(.scrubIP, .any), (.scrubTCP, .any)]
    case .binat: [(.translation, .out), (.incomingBinat, .in)]
    default: [(test, direction)]
    }
  }
}

extension RuleWalk {
  /// Whether what rules match depends on tables or addresses that can change.
  fileprivate var dependsOnContents: Bool {
    (steps.lazy.map(\.rule) + calls.lazy.map(\.rule)).contains { rule in
      [rule.source.address, rule.destination.address].contains { address in
        switch address {
        case .table, .dynamic: true
        default: false
        }
      }
    }
  }
}
