/// What the parser hands statements to, and asks about names.
protocol StatementHandler {
  /// The addresses of a name or literal; nil where there are none, which has then been said.
  mutating func resolve(_ host: String, at place: Place, _ lexer: inout Lexer) -> [HostItem]?

  /// The id of a user, or nil.
  func userID(_ name: String) -> UInt32?

  /// The id of a group, or nil.
  func groupID(_ name: String) -> UInt32?

  /// The port of a service, or nil.
  func servicePort(_ name: String) -> UInt16?

  /// Takes a statement, as soon as the grammar has it complete.
  mutating func handle(_ statement: Statement, _ lexer: inout Lexer) throws(StatementError)

  /// Steps into the braces of an anchor.
  mutating func openAnchor(at place: Place, _ lexer: inout Lexer)

  /// Steps out again.
  mutating func closeAnchor()

  /// The contents of a file to include.
  func read(_ file: String) -> FileContents
}

/// Parses pf.conf, statement by statement.
///
/// It accepts what pfctl's grammar accepts and runs each check when pfctl does, with the same
/// token of look-ahead: where pfctl must see the next token to know that a part is complete,
/// ``peek()`` is called first.
struct Parser<Handler: StatementHandler> {
  var lexer: Lexer
  var handler: Handler
  /// Tokens to shift before a syntax error is reported again (yacc's `yyerrflag`).
  private var quietTokens = 0
  /// The word that starts the statement, where it is no keyword: perhaps another dialect's.
  var firstWord: Token?
  private var lookahead: Token
  private var hasLookahead = false
  /// Whether the newest filter rule had an ICMP type; `sticky-address` trips over it.
  var newestFilterHadICMP = false
  /// The nesting of anchors in braces.
  var anchorDepth = 0

  init(lexer: Lexer, handler: Handler) {
    self.lexer = lexer
    self.handler = handler
    lookahead = Token(kind: .end, line: 0, place: .none)
  }

  /// Parses everything.
  ///
  /// False where pfctl would have exited at once.
  mutating func parse() -> Bool {
    while peek() != .end {
      do throws(StatementError) {
        if peek() == .newline {
          _ = take()
        } else {
          firstWord = nil
          try parseStatement()
          try endLine()
        }
      } catch .fatal {
        return false
      } catch {
        if error == .syntax { reportSyntaxError() }
        if lexer.isHopeless { return giveUp() }
        guard recover() else { return true }
      }
    }
    return true
  }

  /// Stops after too many errors.
  private mutating func giveUp() -> Bool {
    lexer.reportPlain(
      "too-many-errors", "more than \(Lexer.mostErrors) errors; the rest was not read",
      line: "pfctl: too many errors", at: lookahead.place)
    return false
  }

  /// Skips to the end of the line; false at the end of the input.
  private mutating func recover() -> Bool {
    quietTokens = 3
    while peek() != .newline {
      if peek() == .end { return false }
      hasLookahead = false
    }
    _ = take()
    lexer.errorCount += 1
    return true
  }

  private mutating func reportSyntaxError() {
    let token = firstWord.flatMap { DialectHint($0) == nil ? nil : $0 } ?? lookahead
    let hint = DialectHint(token)
    // Right behind another error pfctl is silent; pfsim still says it.
    if quietTokens > 0 {
      lexer.log.add(
        lexer.located(
          hint == nil ? "syntax" : "foreign-dialect", .error,
          hint?.message ?? "\(token.description) is not expected here", at: token.place))
      return
    }
    if hint == nil, token.kind == .end, lexer.endsWithinLine {
      lexer.report(
        "missing-newline", "the last line has no line feed at its end, which pfctl refuses",
        pfctl: "syntax error", at: token.place,
        fixIt: lexer.insertion(of: "", "end the line", at: token.place))
      return
    }
    lexer.report(
      hint == nil ? "syntax" : "foreign-dialect",
      hint?.message ?? "\(token.description) is not expected here", pfctl: "syntax error",
      at: token.place)
  }

  private mutating func endLine() throws(StatementError) {
    guard peek() == .newline else { throw .syntax }
    _ = take()
  }
}

// MARK: - Tokens

extension Parser {
  /// The kind of the next token.
  mutating func peek() -> Token.Kind {
    if !hasLookahead {
      lookahead = lexer.nextToken()
      hasLookahead = true
    }
    return lookahead.kind
  }

  /// The place of the next token.
  mutating func peekPlace() -> Place {
    _ = peek()
    return lookahead.place
  }

  /// Consumes the next token.
  @discardableResult
  mutating func take() -> Token {
    _ = peek()
    hasLookahead = false
    if quietTokens > 0 { quietTokens -= 1 }
    return lookahead
  }

  /// Consumes a keyword if it comes next.
  mutating func accept(_ keyword: Keyword) -> Bool {
    guard peek() == .keyword(keyword) else { return false }
    take()
    return true
  }

  /// Consumes a sign if it comes next.
  mutating func accept(_ symbol: Unicode.Scalar) -> Bool {
    guard peek() == .symbol(UInt8(ascii: symbol)) else { return false }
    take()
    return true
  }

  /// Consumes a keyword, or fails.
  mutating func expect(_ keyword: Keyword) throws(StatementError) {
    guard accept(keyword) else { throw .syntax }
  }

  /// Consumes a sign, or fails.
  mutating func expect(_ symbol: Unicode.Scalar) throws(StatementError) {
    guard accept(symbol) else { throw .syntax }
  }

  /// Consumes a word or quoted string, or fails.
  mutating func expectString() throws(StatementError) -> Token {
    guard peek() == .string else { throw .syntax }
    return take()
  }

  /// Consumes a number, or fails.
  mutating func expectNumber() throws(StatementError) -> Token {
    guard peek() == .number else { throw .syntax }
    return take()
  }

  /// Consumes words, joined by a blank each (pfctl's `string`), or fails.
  mutating func expectStrings() throws(StatementError) -> String {
    var text = try expectString().text
    while peek() == .string { text += " " + take().text }
    return text
  }

  /// Consumes line ends.
  mutating func skipNewlines() {
    while peek() == .newline { take() }
  }

  /// Reports an error and gives the statement up.
  mutating func fail(
    _ code: String, _ message: String, pfctl: String? = nil, at place: Place? = nil
  ) -> StatementError {
    lexer.report(code, message, pfctl: pfctl ?? message, at: place ?? lookahead.place)
    return .abandoned
  }

  /// A single item, or a list in braces: `item` or `{ item [,] item … }`.
  mutating func oneOrList<Item>(
    _ item: (inout Self) throws(StatementError) -> Item
  ) throws(StatementError) -> [Item] {
    guard accept("{") else { return [try item(&self)] }
    return try restOfList(item)
  }

  /// The rest of a list behind its opening brace.
  ///
  /// Line ends may follow an item, never a comma.
  mutating func restOfList<Item>(
    _ item: (inout Self) throws(StatementError) -> Item
  ) throws(StatementError) -> [Item] {
    skipNewlines()
    var items: [Item] = []
    repeat {
      if !items.isEmpty { _ = accept(",") }
      items.append(try item(&self))
      skipNewlines()
    } while !accept("}")
    return items
  }
}

extension Token {
  /// The token for messages.
  var description: String {
    switch kind {
    case .end: "the end of the file"
    case .newline: "the end of the line"
    case .symbol(let byte): "'\(Unicode.Scalar(byte))'"
    case .keyword(let keyword): "'\(keyword.spelling)'"
    case .string: "'\(text)'"
    case .number: "the number \(number)"
    case .portRange: "this range operator"
    case .arrow: "'->'"
    case .invalid: "this"
    }
  }
}
