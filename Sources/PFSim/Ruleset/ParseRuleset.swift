/// Reads a pf.conf as macOS's pfctl does: parses, expands, optimises, and loads its anchors.
///
/// - Parameters:
///   - text: The bytes of the file.
///   - file: The name for messages; pfctl calls standard input `stdin`.
///   - options: What to know besides the text.
/// - Returns: The rules and everything there is to say; never fails.
/// - Complexity: Linear in the text and in the number of expanded rules.
public func parseRuleset(
  _ text: [UInt8], file: String = "stdin", options: ParseOptions = ParseOptions()
) -> ParsedRuleset {
  var loader = RulesetLoader(options: options)
  return loader.load(text, file: file)
}

/// Loads a file and then the anchors it names (`pfctl_rules`, `pfctl_load_anchors`).
struct RulesetLoader {
  let options: ParseOptions
  private var bindsStates = false
  private var diagnostics: [Diagnostic] = []
  private var output: [OutputEvent] = []
  private var unusedMacros: [UnusedMacro] = []
  private var optimizer = RulesetOptimizer()
  /// The optimiser's level that the main file set, which its anchors inherit.
  private var inheritedLevel: OptimizationLevel?
  /// The end of the main file, once it is read.
  private var mainEnd: Lexer.FileEnd?

  init(options: ParseOptions) { self.options = options }

  mutating func load(_ text: [UInt8], file: String) -> ParsedRuleset {
    var ruleset = Ruleset(path: options.anchorPath)
    var isGood = hasRoom(for: options.anchorPath, at: nil)
    if isGood { (ruleset, isGood) = loadFile(text, file: file, options, isMain: true) }
    var next = 0
    while isGood, options.anchorPath.isEmpty, next < ruleset.loadAnchors.count {
      let statement = ruleset.loadAnchors[next]
      next += 1
      if next > Self.mostLoads {
        say("pfctl: too many load anchor statements", at: statement.location)
        isGood = false
        break
      }
      isGood = loadAnchor(statement, into: &ruleset)
    }
    return ParsedRuleset(
      ruleset: ruleset, diagnostics: diagnostics, output: output, unusedMacros: unusedMacros,
      hasErrors: !isGood)
  }

  /// The most `load anchor` statements: files that load each other twice would double at every
  /// level.
  private static let mostLoads = 4_096

  private mutating func loadAnchor(_ statement: LoadAnchor, into ruleset: inout Ruleset) -> Bool {
    if options.verbosity > 0 {
      output.append(
        OutputEvent(
          "\nLoading anchor \(statement.path) from \(statement.file)\n", isError: true))
    }
    var inner = options
    inner.anchorPath = statement.path
    inner.macros = []
    if inner.optimization == nil { inner.optimization = inheritedLevel }
    guard hasRoom(for: statement.path, at: statement.location) else { return false }
    switch options.readRules(statement.file) {
    case .failure(let reason):
      say("pfctl: \(statement.file): \(reason)", at: statement.location)
      output.append(
        OutputEvent("pfctl: cannot open the main config file!: \(reason)\n", isError: true))
    case .success(let text):
      let (loaded, isGood) = loadFile(text, file: statement.file, inner, isMain: false)
      if isGood {
        ruleset.merge(loaded)
        return true
      }
    }
    output.append(OutputEvent("pfctl: load anchors\n", isError: true))
    return false
  }

  /// The longest path of the anchor that a file is loaded into, in bytes.
  private static let longestPath = 63

  /// Whether an anchor's path fits pfctl's buffer for the anchor of a file; if not, that is said.
  private mutating func hasRoom(for path: String, at location: Provenance.Location?) -> Bool {
    if path.utf8.count <= Self.longestPath { return true }
    say("pfctl: pfctl_add_rule: strlcpy", at: location)
    return false
  }

  private mutating func say(_ line: String, at location: Provenance.Location?) {
    var diagnostic = Diagnostic(
      code: "load-anchor", severity: .error, message: line.replacingPrefix("pfctl: "),
      location: location)
    diagnostic.pfctlLine = line
    diagnostics.append(diagnostic)
    output.append(OutputEvent(line + "\n", isError: true))
  }

  private mutating func loadFile(
    _ text: [UInt8], file: String, _ options: ParseOptions, isMain: Bool
  ) -> (Ruleset, Bool) {
    var macros = MacroTable()
    for macro in options.macros {
      macros.define(macro.name, macro.value, at: .none, isFixed: true)
    }
    var parser = Parser(
      lexer: Lexer(name: file, bytes: text, macros: macros, mainEnd: mainEnd),
      handler: RulesetBuilder(options: options, bindsStates: bindsStates))
    let finished = parser.parse()
    if isMain { mainEnd = parser.lexer.end }
    parser.handler.finishOptions()
    bindsStates = parser.handler.bindsStates
    var log = parser.lexer.log
    unusedMacros += parser.lexer.macros.unused.filter { !$0.isFixed }.map {
      UnusedMacro(name: $0.name, location: parser.lexer.location(of: $0.place))
    }
    if finished, options.verbosity > 1 {
      for macro in parser.lexer.macros.unused {
        log.printError("warning: macro '\(macro.name)' not used")
      }
    }
    log.flush()
    diagnostics += log.diagnostics
    output += log.output
    let isGood = finished && parser.lexer.errorCount == 0
    // Taken out of the parser, since a second owner would mean a second copy of all rules.
    var ruleset = Ruleset(path: options.anchorPath)
    swap(&ruleset, &parser.handler.ruleset)
    guard isGood else { return (ruleset, false) }
    let level = options.optimization ?? ruleset.options.optimization ?? .basic
    if isMain, options.optimization == nil { inheritedLevel = ruleset.options.optimization }
    let optimizes = level != .none && options.parts.contains(.filter)
    if optimizes { optimize(&ruleset, options.parts) }
    if options.verbosity > 0 {
      if optimizes, level == .profile, options.isDryRun { dropUnprofiled(&ruleset) }
      var text = ""
      ruleset.printLoad(parts: options.parts, verbosity: options.verbosity, to: &text)
      output.append(OutputEvent(text))
    }
    return (ruleset, isGood)
  }
}

extension RulesetLoader {
  /// Optimises the filter rules.
  ///
  /// Without tables pfctl cannot, and forgets the rules of each ruleset that has something to
  /// optimise; that is no failure.
  private mutating func optimize(_ ruleset: inout Ruleset, _ parts: LoadParts) {
    if parts.contains(.tables) { return optimizer.optimize(&ruleset) }
    for _ in 0..<optimizer.forgetOptimizable(&ruleset) {
      output.append(
        OutputEvent("pfctl: Must enable table loading for optimizations\n", isError: true))
    }
  }

  /// With `-n` there is no pf to ask for a profile; pfctl then forgets the filter rules.
  private mutating func dropUnprofiled(_ ruleset: inout Ruleset) {
    ruleset.anchors[0][.filter] = []
    output.append(OutputEvent("pfctl: DIOCGETRULES: No such device\n", isError: true))
  }
}

extension Ruleset {
  /// Adds the anchors and further `load anchor` statements of a file loaded into an anchor.
  mutating func merge(_ other: Ruleset) {
    anchors += other.anchors
    loadAnchors += other.loadAnchors
  }
}

extension String {
  /// The text without a prefix that it may have.
  fileprivate func replacingPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
