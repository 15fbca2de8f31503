extension Linter {
  /// What was not looked at because there is too much of it.
  func boundFindings(_ budget: AnalysisBudget) -> [Finding] {
    let tooLong = RuleKind.allCases.map { ($0, RuleWalk(ruleset, $0)) }
      .filter { !isAnalysed($0.1) }.map(tooManyRules)
    guard budget.steps == 0 else { return tooLong }
    return tooLong + [
      notDecided(
        "the comparison of rules ended after \(options.steps) steps: there may be more to find",
        at: mainLocation)
    ]
  }

  private func tooManyRules(_ kind: RuleKind, _ walk: RuleWalk) -> Finding {
    let written = ruleset.anchors.reduce(0) { $0 + $1[kind].count }
    let size =
      walk.isComplete || written > options.largestWalk
      ? "\(walk.isComplete ? walk.steps.count : written) \(kind.ruleWord) rules"
      : "\(kind.ruleWord) rules, in nested anchor calls that multiply,"
    return notDecided(
      "\(size) are too many: no two of them were compared (at most \(options.largestWalk) are)",
      at: walk.steps.first?.rule.provenance.location)
  }

  private func notDecided(_ message: String, at place: Provenance.Location?) -> Finding {
    Finding(
      code: LintCode.notDecided.rawValue, severity: .note, message: message,
      cause: "rules that never decide, are overridden or block VMs may be there all the same",
      location: place,
      fix: Finding.Fix("put addresses that are treated alike into tables: one rule is enough"),
      witness: anyExample)
  }

  /// Macros that no statement uses.
  func macroFindings() -> [Finding] {
    options.unusedMacros.map { macro in
      Finding(
        code: LintCode.macroUnused.rawValue, severity: .note,
        message: "no statement uses the macro \"\(macro.name)\"", location: macro.location,
        fix: Finding.Fix("remove it, or write $\(macro.name) where it is meant"),
        witness: anyExample)
    }
  }
}
