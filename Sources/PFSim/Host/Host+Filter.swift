extension Host {
  /// Reads a file of rules as pfctl would now, with the interfaces that are there.
  ///
  /// Puts pfctl's messages into the report; nil where the file is refused.
  func parse(_ file: RulesFile, _ report: inout EventReport) -> Ruleset? {
    Ruleset(path: file.anchor)
  }

  /// Loads a text that a service writes.
  func loadService(path: String, _ text: String, _ report: inout EventReport) {
    guard let ruleset = parse(RulesFile(name: path, text: text, anchor: path), &report) else {
      return
    }
    do { try filter.load(ruleset) } catch { report.messages.append(error.message) }
  }

  /// The rules of one list of a ruleset as they are now.
  func rules(of kind: RuleKind, in path: String) -> [Rule] { [] }

  /// Inserts a rule by its priority (`DIOCINSERTRULE`); false where the same call is there.
  func insert(_ rule: Rule, _ kind: RuleKind) -> Bool { true }

  func markSkip(_ skip: Bool, on name: String) {}
  func flushRules(_ kinds: [RuleKind], in anchor: String) {}
  func flushTables(in anchor: String) -> Int { 0 }
  func flushStates() -> Int { 0 }
  func flushSourceNodes() {}
  func clearStatistics() {}
}
