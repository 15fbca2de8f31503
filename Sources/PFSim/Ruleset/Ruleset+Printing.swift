extension Ruleset {
  /// Prints the rules of a load as `pfctl -v -f` does, list by list.
  ///
  /// - Parameters:
  ///   - parts: Which lists are loaded.
  ///   - verbosity: 1 for `-v`, 2 for `-vv` with rule numbers in place of their indentation.
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

extension Ruleset {
  /// The ruleset as a pf.conf that reads back as the same rules, tables and options: macros and
  /// lists are multiplied out, names of anchors are whole, braces hold what they held.
  ///
  /// What `load anchor` brought is left out. pfctl's own output does not read back where anchors'
  /// names have several parts, where braces are empty, or where `set state-policy` changes between
  /// rules.
  public func text() -> String {
    var text = options.text
    for table in anchors[0].tables { text += table.text + "\n" }
    var printer = LoadPrinter(ruleset: self, verbosity: 1)
    printer.readsBack = true
    for kind in [RuleKind.scrub, .nat, .rdr, .binat, .filter, .dummynet] {
      printer.print(kind, anchor: 0, depth: 0, to: &text)
    }
    return text
  }
}

/// Prints a load.
///
/// Rules in braces are printed once, where they are called first, because pfctl takes rules out of
/// its lists as it loads them.
private struct LoadPrinter {
  let ruleset: Ruleset
  let verbosity: Int
  /// Whether the text is to be read again, rather than what pfctl prints.
  var readsBack = false {
    didSet {
      style.anchorNames = readsBack ? .full : .lastComponent
      style.readsBack = readsBack
    }
  }
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
    if kind == .filter, !readsBack { printGeneratedTables(of: ruleset.anchors[anchor], to: &text) }
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
    let isEmpty = ruleset.anchors[index][kind].isEmpty && !readsBack
    guard !isEmpty, printed.insert(index).inserted else {
      text += "\n"
      return
    }
    text += " {\n"
    print(kind, anchor: index, depth: depth + 1, to: &text)
    for _ in 0..<depth { text += "  " }
    text += "}\n"
  }
}
