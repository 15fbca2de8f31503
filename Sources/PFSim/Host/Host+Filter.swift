extension Host {
  /// Reads a file of rules as pfctl would now, with the interfaces that are there.
  ///
  /// Puts pfctl's messages into the report; nil where the file is refused.
  func parse(_ file: RulesFile, _ report: inout EventReport) -> Ruleset? {
    var options = ParseOptions(interfaces: presentInterfaces)
    options.hosts = configuration.hostNames
    options.macros = file.macros.map { (name: $0.name, value: $0.value) }
    options.anchorPath = file.anchor
    options.isDryRun = false
    options.recordsOrigin = true
    let readFile = configuration.readFile
    options.readFile = { path in
      let contents = readFile(path)
      if case .failure = contents, let stock = StockRules.text(ofFile: path) {
        return .success(Array(stock.utf8))
      }
      return contents
    }
    let parsed = parseRuleset(Array(file.text.utf8), file: file.name, options: options)
    let lines = parsed.standardError.split(separator: "\n", omittingEmptySubsequences: false)
    report.messages += (lines.last?.isEmpty == true ? lines.dropLast() : lines[...]).map(
      String.init)
    return parsed.hasErrors ? nil : parsed.ruleset
  }

  /// The interfaces that are there now, in the order the system lists them.
  var presentInterfaces: [Interface] {
    interfaces.indices.filter { isPresent[$0] }.map { interfaces[$0] }
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

  /// The paths of all anchors, without the main ruleset, in order.
  var anchorPaths: [String] { [] }

  /// Inserts a rule by its priority (`DIOCINSERTRULE`); false where the same call is there.
  func insert(_ rule: Rule, _ kind: RuleKind) -> Bool { true }

  func markSkip(_ skip: Bool, on name: String) {}
  func flushRules(_ kinds: [RuleKind], in anchor: String) {}
  func flushTables(in anchor: String) -> Int { 0 }
  func flushStates() -> Int { 0 }
  func flushSourceNodes() {}
  func clearStatistics() {}
}
