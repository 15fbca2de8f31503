extension Linter {
  /// Tables that are unused, empty, undefined, or hold entries without effect.
  func tableFindings() -> [Finding] {
    let uses = tableUses()
    var findings: [Finding] = []
    for anchor in ruleset.anchors {
      for table in anchor.tables {
        findings += definitionFindings(table, anchor.path, uses)
      }
    }
    var reported: Set<String> = []
    for use in uses where tables.definition(of: use.name, askedFrom: use.anchor) == nil {
      guard reported.insert(use.anchor + ":" + use.name).inserted else { continue }
      findings.append(
        Finding(
          code: LintCode.tableUndefined.rawValue, severity: .warning,
          message: "table <\(use.name)> is not defined here",
          cause: "pf makes it empty; the rule fits nothing until a program fills it",
          location: use.rule.provenance.location,
          fix: Finding.Fix("define it: table <\(use.name)> persist"), witness: example(of: use)))
    }
    return findings
  }

  private struct TableUse {
    var name: String
    var anchor: String
    var rule: Rule
  }

  private func tableUses() -> [TableUse] {
    ruleset.anchors.flatMap { anchor in
      anchor.rules.joined().flatMap { rule in
        tableNames(rule).map { TableUse(name: $0, anchor: anchor.path, rule: rule) }
      }
    }
  }

  private func tableNames(_ rule: Rule) -> [String] {
    var specs = [rule.source.address, rule.destination.address]
    specs += rule.pool?.elements.map(\.address) ?? []
    specs += rule.routing?.pool.elements.map(\.address) ?? []
    var names = specs.compactMap { spec in
      if case .table(let name) = spec { name } else { nil }
    }
    if !rule.stateOptions.overloadTable.isEmpty { names.append(rule.stateOptions.overloadTable) }
    return names
  }

  private func definitionFindings(
    _ table: TableDefinition, _ anchor: String, _ uses: [TableUse]
  ) -> [Finding] {
    let isUsed = uses.contains {
      $0.name == table.name && ($0.anchor == anchor || anchor.isEmpty)
    }
    // Tables that pfctl's optimiser makes are not the user's.
    guard !table.name.hasPrefix("__automatic_") else { return [] }
    var findings: [Finding] = []
    if !isUsed { findings.append(unused(table)) }
    let fillable = uses.contains { $0.rule.stateOptions.overloadTable == table.name }
    let use = uses.first { $0.name == table.name && ($0.anchor == anchor || anchor.isEmpty) }
    let witness = use.map(example) ?? ""
    if isUsed, table.entries.isEmpty, !table.isPersistent, !fillable, !readsFile(table) {
      findings.append(empty(table, witness))
    }
    if !table.entries.isEmpty, table.entries.allSatisfy(\.negated) {
      findings.append(negatedOnly(table, witness))
    } else {
      findings += overlaps(table, use?.rule)
    }
    return findings
  }

  /// A packet that fits a rule but for the table.
  private func example(of use: TableUse) -> String {
    example(of: use.rule, test: use.rule.kind.test, direction: use.rule.kind.direction)
  }

  private func readsFile(_ table: TableDefinition) -> Bool {
    table.sources.contains { if case .file = $0 { true } else { false } }
  }

  private func unused(_ table: TableDefinition) -> Finding {
    Finding(
      code: LintCode.tableUnused.rawValue, severity: table.isPersistent ? .note : .warning,
      message: "no rule uses table <\(table.name)>",
      cause: table.isPersistent
        ? "persist keeps it; rules of anchors that other programs load may use it"
        : "without persist and without a rule the kernel throws it away",
      location: table.location, fix: Finding.Fix("remove the table, or write persist"),
      witness: example(of: table.entries.first, in: table, for: nil))
  }

  private func empty(_ table: TableDefinition, _ witness: String) -> Finding {
    Finding(
      code: LintCode.tableEmpty.rawValue, severity: table.isConst ? .warning : .note,
      message: "table <\(table.name)> is empty",
      cause: table.isConst
        ? "const forbids to fill it: rules over it never match, negated ones always"
        : "rules over it match nothing, negated ones everything, until a program fills it",
      location: table.location, fix: Finding.Fix("list addresses, or name a file"),
      witness: witness)
  }

  private func negatedOnly(_ table: TableDefinition, _ witness: String) -> Finding {
    Finding(
      code: LintCode.tableNegatedOnly.rawValue, severity: .warning,
      message: "table <\(table.name)> holds exceptions only, so that nothing is in it",
      cause: "an entry with ! takes addresses out of a larger entry; there is none",
      location: table.location,
      fix: Finding.Fix(
        "add the larger network, for example 0.0.0.0/0, or negate the table in the rule: "
          + "! <\(table.name)>"), witness: witness)
  }

  /// Entries that are covered by a larger one of the same sense, or take out what is not in.
  private func overlaps(_ table: TableDefinition, _ rule: Rule?) -> [Finding] {
    // Beyond this size the question is for programs that make tables, not for people.
    guard table.entries.count <= KnownTables.largestConstant else { return [] }
    var notes: [Finding.Note] = []
    var first: TableDefinition.Entry?
    for (index, entry) in table.entries.enumerated() {
      let parent = table.entries.enumerated().filter { other, candidate in
        other != index && candidate.holds(entry)
          && (candidate.prefixLength < entry.prefixLength || other < index)
      }.map(\.element).max { $0.prefixLength < $1.prefixLength }
      if let parent, parent.negated == entry.negated {
        notes.append(Finding.Note("\(entry.signedText) is already in \(parent.signedText)"))
      } else if parent == nil, entry.negated {
        notes.append(Finding.Note("\(entry.signedText) takes out what no entry holds"))
      } else {
        continue
      }
      first = first ?? entry
    }
    guard !notes.isEmpty else { return [] }
    let count = notes.count == 1 ? "an entry" : "\(notes.count) entries"
    return [
      Finding(
        code: LintCode.tableOverlap.rawValue, severity: .note,
        message: "table <\(table.name)> has \(count) without effect",
        location: table.location, fix: Finding.Fix("remove what has no effect"),
        notes: Array(notes.prefix(8)), witness: example(of: first, in: table, for: rule))
    ]
  }
}

extension TableDefinition.Entry {
  /// Whether the prefix holds all of another.
  fileprivate func holds(_ other: TableDefinition.Entry) -> Bool {
    let mask = AddressBits(prefixLength: Int(prefixLength))
    return family == other.family && prefixLength <= other.prefixLength
      && (other.address & mask) == (address & mask)
  }

  /// The entry as rules write it, with its `!`.
  fileprivate var signedText: String { (negated ? "!" : "") + text }
}
