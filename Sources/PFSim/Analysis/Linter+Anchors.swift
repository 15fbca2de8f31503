extension Linter {
  /// Anchors with rules that no rule of their kind calls.
  func anchorFindings() -> [Finding] {
    guard main != nil else { return [] }
    return RuleKind.allCases.flatMap(uncalled)
  }

  private func uncalled(_ kind: RuleKind) -> [Finding] {
    let reached = RuleWalk(ruleset, kind).reached
    return ruleset.anchors.dropFirst().compactMap { anchor in
      let rules = anchor[kind].filter { $0.anchorCall == nil }
      guard let first = rules.first, !reached.contains(anchor.path) else { return nil }
      return uncalled(anchor.path, kind, rules.count, first)
    }
  }

  private func uncalled(_ path: String, _ kind: RuleKind, _ count: Int, _ rule: Rule) -> Finding {
    let word = kind.callWord
    let others = RuleKind.allCases.filter {
      $0 != kind && RuleWalk(ruleset, $0).reached.contains(path)
    }.map(\.callWord)
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let line =
      parent.isEmpty ? "\(word) \"\(path)\"" : "\(word) \"\(name)\" in anchor \(parent)"
    let rules = count == 1 ? "1 \(kind.ruleWord) rule" : "\(count) \(kind.ruleWord) rules"
    return Finding(
      code: LintCode.anchorNotCalled.rawValue, severity: .warning,
      message: "anchor \"\(path)\" has \(rules), but no \(word) calls it",
      cause: others.isEmpty
        ? "its rules are loaded and never evaluated"
        : "\(others.joined(separator: " and ")) reaches it, which does not count for "
          + "\(kind.ruleWord) rules",
      location: rule.provenance.location, fix: Finding.Fix("add the line: \(line)"),
      witness: example(of: rule, test: kind.test, direction: kind.direction))
  }
}
