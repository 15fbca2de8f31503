extension Parser {
  /// Parses one statement and hands it on; the line's end remains.
  mutating func parseStatement() throws(StatementError) {
    let place = peekPlace()
    switch peek() {
    case .string: try parseMacro()
    case .keyword(let keyword):
      switch keyword {
      case .include: try parseInclude()
      case .set: try parseSetting()
      case .no: try parseNo(place)
      case .scrub: try parseScrub(isNo: false, place)
      case .pass, .block: try parseFilter(place)
      case .dummynet: try parseDummynet(isNo: false, place)
      case .nat, .rdr: try parseTranslation(isNo: false, place)
      case .binat: try parseBinat(isNo: false, place)
      case .anchor: try parseAnchor(place)
      case .natAnchor, .rdrAnchor, .binatAnchor, .scrubAnchor, .dummynetAnchor:
        try parseListAnchor(place)
      case .antispoof: try parseAntispoof(place)
      case .table: try parseTable(place)
      case .load: try parseLoad()
      default: throw .syntax
      }
    default: throw .syntax
    }
  }

  /// Hands on a statement whose end pfctl recognises by the line end behind it.
  mutating func finish(_ statement: Statement) throws(StatementError) {
    guard peek() == .newline else { throw .syntax }
    try handle(statement)
  }

  mutating func handle(_ statement: Statement) throws(StatementError) {
    try handler.handle(statement, &lexer)
  }

  private mutating func parseNo(_ place: Place) throws(StatementError) {
    take()
    switch peek() {
    case .keyword(.scrub): try parseScrub(isNo: true, place)
    case .keyword(.nat), .keyword(.rdr): try parseTranslation(isNo: true, place)
    case .keyword(.binat): try parseBinat(isNo: true, place)
    case .keyword(.dummynet): try parseDummynet(isNo: true, place)
    default: throw .syntax
    }
  }

  private mutating func parseMacro() throws(StatementError) {
    let name = take()
    firstWord = name
    try expect("=")
    firstWord = nil
    let value = try parseMacroValue()
    lexer.macros.define(name.text, value, at: name.place)
    try finish(.macro(name: name.text, value: value))
  }

  /// Words and numbers, joined by a blank each.
  private mutating func parseMacroValue() throws(StatementError) -> String {
    var parts: [String] = []
    var length = 0
    while true {
      if peek() == .string {
        parts.append(take().text)
      } else if peek() == .number {
        parts.append("\(take().number)")
      } else {
        break
      }
      length += (parts.last?.utf8.count ?? 0) + 1
      if length > Self.longestMacro {
        throw fail("macro-too-long", "a macro's text is at most \(Self.longestMacro) bytes long")
      }
    }
    if parts.isEmpty { throw .syntax }
    return parts.joined(separator: " ")
  }

  /// The most bytes of a macro, which could otherwise double with every line; pfctl has no limit.
  private static var longestMacro: Int { 1 << 19 }

  private mutating func parseInclude() throws(StatementError) {
    take()
    let name = try expectString()
    var reason = ""
    if lexer.files.count > Lexer.mostIncludes {
      lexer.reportPlain(
        "include-failed", "more than \(Lexer.mostIncludes) files are included",
        line: "pfctl: too many included files", at: name.place)
      throw .fatal
    }
    if lexer.depth >= Lexer.deepestInclude {
      reason = "Too many open files"
    } else {
      switch handler.read(name.text) {
      case .success(let bytes):
        lexer.include(name.text, bytes)
        return
      case .failure(let text): reason = text
      }
    }
    lexer.log.printError("pfctl: \(name.text): \(reason)")
    throw fail(
      "include-failed", "the file '\(name.text)' cannot be included: \(reason)",
      pfctl: "failed to include file \(name.text)", at: name.place)
  }

  private mutating func parseLoad() throws(StatementError) {
    take()
    try expect(.anchor)
    let name = try expectStrings()
    try expect(.from)
    let file = try expectStrings()
    try finish(.loadAnchor(name: name, file: file))
  }

  private mutating func parseAntispoof(_ place: Place) throws(StatementError) {
    take()
    var statement = AntispoofStatement(place: place)
    statement.logQuick = try parseLogQuick()
    try expect(.for)
    statement.interfaces = try oneOrList { parser throws(StatementError) in
      try parser.parseAntispoofInterface()
    }
    statement.family = parseFamily()
    while true {
      if accept(.label) {
        if statement.label != nil {
          _ = try expectString()
          throw fail("redefined", "label cannot be redefined")
        }
        statement.label = try expectString().text
      } else if accept(.rtable) {
        statement.rtable = try parseRoutingTable()
      } else {
        break
      }
    }
    try finish(.antispoof(statement))
  }

  private mutating func parseAntispoofInterface() throws(StatementError) -> InterfaceItem {
    guard accept("(") else { return try parseInterfaceName() }
    var item = try parseInterfaceName()
    try expect(")")
    item.isDynamic = true
    return item
  }

  private mutating func parseTable(_ place: Place) throws(StatementError) {
    take()
    try expect("<")
    let name = try expectString()
    try expect(">")
    var statement = TableStatement(name: name.text, place: place)
    while true {
      switch peek() {
      case .string: try parseTableFlag(&statement)
      case .symbol(123): try parseTableList(&statement)
      case .keyword(.file):
        take()
        let file = try expectString()
        statement.sources.append(.file(file.text, file.place))
      default:
        guard peek() == .newline else { throw .syntax }
        try checkTableName(name, code: "table name too long, max 31 chars")
        try handle(.table(statement))
        return
      }
    }
  }

  private mutating func parseTableFlag(
    _ statement: inout TableStatement
  ) throws(StatementError) {
    let word = take()
    switch word.text {
    case "const": statement.isConst = true
    case "persist": statement.isPersistent = true
    default:
      throw fail(
        "table-option", "a table has no option '\(word.text)'; it has const and persist",
        pfctl: "invalid table option '\(word.text)'", at: word.place)
    }
  }

  private mutating func parseTableList(
    _ statement: inout TableStatement
  ) throws(StatementError) {
    take()
    skipNewlines()
    if accept("}") {
      statement.hasEmptyList = true
      return
    }
    let hosts = try parseRestOfHostList()
    for host in hosts {
      let message: String
      switch host.kind {
      case .network: continue
      case .range: message = "address ranges are not permitted inside tables"
      case .dynamic: message = "dynamic addresses are not permitted inside tables"
      case .table: message = "tables cannot contain tables"
      case .noRoute: message = "\"no-route\" is not permitted inside tables"
      case .urpfFailed: message = "\"urpf-failed\" is not permitted inside tables"
      case .routeLabel: message = "unknown address type 3"
      }
      throw fail("table-content", message, at: host.place)
    }
    statement.sources.append(.list(hosts))
  }

  /// Fails where a table's name is longer than the kernel's 31 bytes.
  func isTableNameTooLong(_ name: String) -> Bool { name.utf8.count > 31 }

  private mutating func checkTableName(
    _ name: Token, code message: String
  ) throws(StatementError) {
    if isTableNameTooLong(name.text) { throw fail("name-too-long", message, at: name.place) }
  }
}
