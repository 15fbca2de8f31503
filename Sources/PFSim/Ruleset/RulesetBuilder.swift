/// Turns statements into rules, tables and options, as pfctl does while it parses.
struct RulesetBuilder: StatementHandler {
  /// The order of statements, unless `set require-order no`.
  enum Section: Int {
    case none, options, normalization, queueing, translation, filtering
  }

  /// An anchor whose braces are open, or the file's own.
  struct OpenAnchor {
    /// The index in ``Ruleset/anchors``.
    var index: Int
    /// The number of rules of all kinds so far (`$nr`).
    var ruleCount: Int32 = 0
  }

  let options: ParseOptions
  let resolver: HostResolver
  var ruleset: Ruleset
  var section = Section.none
  var requiresOrder = true
  var blockPolicyReturns = false
  /// `set state-policy`, which outlives a file: `load anchor` files inherit it.
  var bindsStates: Bool
  /// The file's anchor and those whose braces are open, innermost last.
  var open: [OpenAnchor]
  /// The anchor whose braces were closed last, until its statement takes it.
  ///
  /// KERNEL: where that statement fails, the next anchor statement counts as one with braces.
  var closed: OpenAnchor?
  /// The number of combinations of list items so far.
  var combinationCount = 0
  /// The number of braces opened so far, which names unnamed anchors.
  var braceCount = 0
  /// The anchors in braces that hold rules, by path.
  var filledAnchors: Set<String> = []
  /// `set optimization` and `set timeout`: which adaptive timeouts were set.
  var setsAdaptive = false

  init(options: ParseOptions, bindsStates: Bool) {
    self.options = options
    self.bindsStates = bindsStates
    resolver = HostResolver(interfaces: options.interfaces, hosts: options.hosts)
    ruleset = Ruleset(path: options.anchorPath)
    open = [OpenAnchor(index: 0)]
  }

  func userID(_ name: String) -> UInt32? { options.userID(name) }

  func groupID(_ name: String) -> UInt32? { options.groupID(name) }

  func servicePort(_ name: String) -> UInt16? {
    if let services = options.services { return services.port(of: name) }
    return ServiceNames.port(of: name)
  }

  func read(_ file: String) -> FileContents { options.readRules(file) }

  mutating func resolve(_ host: String, at place: Place, _ lexer: inout Lexer) -> [HostItem]? {
    var sentences: [String] = []
    var items = resolver.resolve(host) { sentences.append($0) }
    for sentence in sentences { lexer.log.printError(sentence) }
    if items.isEmpty { return nil }
    for index in items.indices { items[index].place = place }
    return items
  }

  mutating func handle(_ statement: Statement, _ lexer: inout Lexer) throws(StatementError) {
    switch statement {
    case .macro(let name, let value): print("\(name) = \"\(value)\"\n", &lexer)
    case .setting(let setting): try apply(setting, &lexer)
    case .scrub(let statement): try add(statement, &lexer)
    case .filter(let statement): try add(statement, &lexer)
    case .dummynet(let statement, let isNo): try addDummynet(statement, isNo, &lexer)
    case .translation(let statement): try add(statement, &lexer)
    case .binat(let statement): try add(statement, &lexer)
    case .anchor(let statement): try add(statement, &lexer)
    case .listAnchor(let statement): try add(statement, &lexer)
    case .antispoof(let statement): try add(statement, &lexer)
    case .table(let statement): try define(statement, &lexer)
    case .loadAnchor(let name, let file): addLoadAnchor(name, file, &lexer)
    }
  }

  /// Prints as pfctl's `-v` does.
  func print(_ text: @autoclosure () -> String, _ lexer: inout Lexer) {
    if options.verbosity > 0 { lexer.log.print(text()) }
  }

  /// Reports an error and gives the statement up.
  func fail(
    _ code: String, _ message: String, pfctl: String? = nil, at place: Place,
    _ lexer: inout Lexer
  ) -> StatementError {
    lexer.report(code, message, pfctl: pfctl ?? message, at: place)
    return .abandoned
  }

  /// Stops as pfctl does at an error of its own.
  func exit(_ message: String, at place: Place, _ lexer: inout Lexer) -> StatementError {
    lexer.reportPlain("fatal", message, line: "pfctl: \(message)", at: place)
    return .fatal
  }

  /// Checks the order of statements (`check_rulestate`).
  mutating func enter(
    _ next: Section, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    if requiresOrder, section.rawValue > next.rawValue {
      throw fail(
        "order",
        "Rules must be in order: options, normalization, queueing, translation, filtering",
        at: place, &lexer)
    }
    section = next
  }

  private mutating func addLoadAnchor(_ name: String, _ file: String, _ lexer: inout Lexer) {
    let parent = options.anchorPath
    ruleset.loadAnchors.append(
      LoadAnchor(
        path: parent.isEmpty ? name : "\(parent)/\(name)", file: file,
        location: lexer.location(of: lexer.tokenPlace)))
  }

  /// The longest tag or label, in bytes.
  static let longestTag = 63

  func checkTag(
    _ name: String, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) -> String {
    guard name.utf8.count > Self.longestTag else { return name }
    throw fail("name-too-long", "tag too long, max 63 chars", at: place, &lexer)
  }

  func checkLabel(
    _ name: String?, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) -> String {
    guard let name else { return "" }
    guard name.utf8.count > Self.longestTag else { return name }
    throw fail("name-too-long", "rule label too long (max 63 chars)", at: place, &lexer)
  }
}
