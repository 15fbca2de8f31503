extension Ruleset {
  /// Prints the rules of a load as `pfctl -v -f` does, list by list.
  ///
  /// - Parameters:
  ///   - parts: Which lists are loaded.
  ///   - verbosity: 1 for `-v`, 2 for `-vv` with rule numbers and no indentation.
  ///   - tableSize: The number of entries of a table, for `-vv`.
  func printLoad(parts: LoadParts, verbosity: Int, to text: inout String) {
    var printer = LoadPrinter(ruleset: self, verbosity: verbosity)
    if parts.contains(.filter) { printer.print(.scrub, anchor: 0, depth: 0, to: &text) }
    if parts.contains(.translation) {
      printer.print(.nat, anchor: 0, depth: 0, to: &text)
      printer.print(.rdr, anchor: 0, depth: 0, to: &text)
      printer.print(.binat, anchor: 0, depth: 0, to: &text)
    }
    if parts.contains(.filter) {
      printer.print(.filter, anchor: 0, depth: 0, to: &text)
      printer.print(.dummynet, anchor: 0, depth: 0, to: &text)
    }
  }
}

/// Prints a load.
///
/// Rules in braces are printed once, where they are called first, because pfctl takes rules out of
/// its lists as it loads them.
private struct LoadPrinter {
  let ruleset: Ruleset
  let verbosity: Int
  private var style = RulePrintStyle()
  private var anchorsByPath: [String: Int] = [:]
  private var printed: Set<Int> = []

  init(ruleset: Ruleset, verbosity: Int) {
    self.ruleset = ruleset
    self.verbosity = verbosity
    style.anchorNames = .lastComponent
    style.isVerbose = verbosity > 1
    for (index, anchor) in ruleset.anchors.enumerated() { anchorsByPath[anchor.path] = index }
  }

  mutating func print(_ kind: RuleKind, anchor: Int, depth: Int, to text: inout String) {
    if kind == .filter { printGeneratedTables(of: ruleset.anchors[anchor], to: &text) }
    for rule in ruleset.anchors[anchor][kind] {
      if verbosity > 1 {
        text += "@\(rule.loadNumber) "
      } else {
        for _ in 0..<depth { text += "  " }
      }
      rule.print(to: &text, style)
      if let call = rule.anchorCall, call.inline, let index = anchorsByPath[call.path] {
        printInline(kind, anchor: index, depth: depth, to: &text)
      } else {
        text += "\n"
      }
    }
  }

  private func printGeneratedTables(of anchor: Ruleset.Anchor, to text: inout String) {
    let names = Set(anchor.generatedTables)
    guard !names.isEmpty else { return }
    for table in anchor.tables where names.contains(table.name) { text += table.text + "\n" }
  }

  private mutating func printInline(
    _ kind: RuleKind, anchor index: Int, depth: Int, to text: inout String
  ) {
    guard !ruleset.anchors[index][kind].isEmpty, printed.insert(index).inserted else {
      text += "\n"
      return
    }
    text += " {\n"
    print(kind, anchor: index, depth: depth + 1, to: &text)
    if verbosity < 2 { for _ in 0..<depth { text += "  " } }
    text += "}\n"
  }
}
