/// Reads characters and tokens of a file and of the files it includes.
///
/// It follows pfctl's scanner closely, because error lines depend on it: a macro's text is read
/// again in the middle of a word, characters put back survive a change of file, an undefined
/// macro swallows a line. ``Token/line`` is the line that pfctl counts; ``Place/line`` the true one.
struct Lexer {
  /// A source file.
  struct File {
    /// The name for messages.
    var name: String
    /// The contents.
    var bytes: [UInt8]
  }

  /// The state of reading one file.
  struct Cursor {
    var file: Int32
    var bytes: [UInt8]
    var position = 0
    /// The line as pfctl counts it.
    var countedLine: Int32 = 1
    /// The true line of ``position``, and where it starts.
    var line: Int32 = 1
    var lineStart: Int32 = 0
  }

  /// The end of input in place of a character.
  static let endOfInput: Int32 = -1
  /// The deepest nesting of included files.
  static let deepestInclude = 64
  private static let longestWord = 8096

  /// Every file read so far.
  private(set) var files: [File]
  /// The macros.
  var macros: MacroTable
  /// What there is to say.
  var log = DiagnosticLog()
  /// The line that pfctl names in messages: that of the newest token.
  private(set) var tokenLine: Int32 = 1
  /// Where the newest token starts.
  private(set) var tokenPlace = Place.none
  /// The number of errors, as pfctl counts them.
  var errorCount = 0

  var cursor: Cursor
  private var outer: [Cursor] = []
  private var pushedBack: [(byte: UInt8, column: Int32)] = []
  private var macroText: [UInt8] = []
  private var macroIndex: Int32 = -1
  private var macroPosition = 0
  private var macroUse = Place.none
  private var column: Int32 = 0
  private var word: [UInt8] = []

  init(name: String, bytes: [UInt8], macros: MacroTable) {
    files = [File(name: name, bytes: bytes)]
    cursor = Cursor(file: 0, bytes: bytes)
    self.macros = macros
    word.reserveCapacity(256)
  }

  /// The name of the file being read.
  var fileName: String { files[Int(cursor.file)].name }

  /// The number of files being read inside each other.
  var depth: Int { outer.count }

  /// Starts to read an included file, after the name's token.
  ///
  /// pfctl puts a line end in front, so lines of included files count from 2 (from 3 where the
  /// name is not quoted).
  mutating func include(_ name: String, _ bytes: [UInt8]) {
    outer.append(cursor)
    cursor = Cursor(file: Int32(files.count), bytes: bytes)
    files.append(File(name: name, bytes: bytes))
    pushedBack.append((10, 0))
  }
}

// MARK: - Characters

extension Lexer {
  private var isInMacro: Bool { macroIndex >= 0 }

  /// The next character outside quotes; a backslash joins lines, else it vanishes.
  private mutating func next() -> Int32 {
    if isInMacro, let byte = nextOfMacro() { return Int32(byte) }
    if let last = pushedBack.popLast() {
      column = last.column
      return Int32(last.byte)
    }
    var character = nextRaw()
    while character == 92 {
      let following = nextRaw()
      if following != 10 {
        character = following
        break
      }
      tokenLine = cursor.countedLine
      cursor.countedLine &+= 1
      character = nextRaw()
    }
    while character == Self.endOfInput {
      guard leaveFile() else { return Self.endOfInput }
      character = nextRaw()
    }
    return character
  }

  /// The next character inside quotes; at the end of the file the closing quote is made up.
  private mutating func next(inQuotes quote: UInt8) -> Int32 {
    if isInMacro, let byte = nextOfMacro() { return Int32(byte) }
    if let last = pushedBack.popLast() {
      column = last.column
      return Int32(last.byte)
    }
    let character = nextRaw()
    guard character == Self.endOfInput else { return character }
    report(
      "unterminated-string", "the file ends inside a quoted string",
      pfctl: "reached end of file while parsing quoted string", at: tokenPlace)
    return leaveFile() ? Int32(quote) : Self.endOfInput
  }

  private mutating func nextOfMacro() -> UInt8? {
    if macroPosition < macroText.count {
      macroPosition += 1
      return macroText[macroPosition - 1]
    }
    macroIndex = -1
    return nil
  }

  @inline(__always)
  private mutating func nextRaw() -> Int32 {
    guard cursor.position < cursor.bytes.count else { return Self.endOfInput }
    let byte = cursor.bytes[cursor.position]
    if cursor.position > 0, cursor.bytes[cursor.position &- 1] == 10 {
      cursor.line &+= 1
      cursor.lineStart = Int32(truncatingIfNeeded: cursor.position)
    }
    column = Int32(truncatingIfNeeded: cursor.position) &- cursor.lineStart &+ 1
    cursor.position &+= 1
    return Int32(byte)
  }

  private mutating func leaveFile() -> Bool {
    guard let parent = outer.popLast() else { return false }
    cursor = parent
    return true
  }

  private mutating func putBack(_ character: Int32, column: Int32) {
    guard character != Self.endOfInput else { return }
    if isInMacro, macroPosition > 0 {
      macroPosition -= 1
      return
    }
    pushedBack.append((UInt8(truncatingIfNeeded: character), column))
  }

  /// Drops the rest of the line, after an error inside a token.
  ///
  /// What was put back is dropped first, so that a line end among it is lost and the next line
  /// goes too; pfctl does the same.
  private mutating func skipLine() -> Token.Kind {
    macroIndex = -1
    pushedBack.removeAll(keepingCapacity: true)
    while true {
      let character = next()
      if character == 10 {
        cursor.countedLine &+= 1
        break
      }
      if character == Self.endOfInput { break }
    }
    return .invalid
  }
}

// MARK: - Tokens

extension Lexer {
  /// Reads the next token.
  mutating func nextToken() -> Token {
    var text = ""
    var number: Int64 = 0
    let kind = scan(&text, &number)
    var place = tokenPlace
    if place.macro < 0, kind != .newline, kind != .end {
      place.length = max(1, column - place.column + 1)
    }
    return Token(kind: kind, line: tokenLine, place: place, text: text, number: number)
  }

  private mutating func scan(_ text: inout String, _ number: inout Int64) -> Token.Kind {
    while true {
      var character = next()
      while character == 32 || character == 9 { character = next() }
      startToken()
      if character == 35 {
        repeat { character = next() } while character != 10 && character != Self.endOfInput
      }
      if character == 36, !isInMacro {
        switch readMacroUse() {
        case .found: continue
        case .end: return .end
        case .failed: return skipLine()
        }
      }
      return scan(character, &text, &number)
    }
  }

  private mutating func startToken() {
    tokenLine = cursor.countedLine
    if isInMacro {
      tokenPlace = macroUse
      tokenPlace.macro = macroIndex
    } else {
      tokenPlace = Place(
        file: cursor.file, line: cursor.line, lineStart: cursor.lineStart,
        column: max(1, column))
    }
  }

  private mutating func scan(
    _ first: Int32, _ text: inout String, _ number: inout Int64
  ) -> Token.Kind {
    switch first {
    case Self.endOfInput: return .end
    case 10:
      tokenLine = cursor.countedLine
      cursor.countedLine &+= 1
      return .newline
    case 34, 39: return scanQuoted(UInt8(first), &text)
    case 60: return scanPair(second: 62, .portRange(.outside)) ?? .symbol(60)
    case 62: return scanPair(second: 60, .portRange(.insideExclusive)) ?? .symbol(62)
    case 45:
      if let arrow = scanPair(second: 62, .arrow) { return arrow }
      return scanNumber(first, &text, &number)
    case 48...57: return scanNumber(first, &text, &number)
    default:
      let byte = UInt8(truncatingIfNeeded: first)
      if byte.isWordStart { return scanWord(first, &text) }
      return .symbol(byte)
    }
  }

  private mutating func scanPair(second: Int32, _ kind: Token.Kind) -> Token.Kind? {
    let before = column
    let following = next()
    if following == second { return kind }
    putBack(following, column: column)
    column = before
    return nil
  }

  private mutating func scanQuoted(_ quote: UInt8, _ text: inout String) -> Token.Kind {
    word.removeAll(keepingCapacity: true)
    while true {
      let character = next(inQuotes: quote)
      if character == Self.endOfInput { return .end }
      var byte = UInt8(truncatingIfNeeded: character)
      if byte == 10 {
        cursor.countedLine &+= 1
        continue
      }
      if byte == 92 {
        let following = next(inQuotes: quote)
        if following == Self.endOfInput { return .end }
        if following == Int32(quote) {
          byte = quote
        } else if following == 10 {
          continue
        } else {
          putBack(following, column: column)
        }
      } else if byte == quote {
        text = String(decoding: word, as: UTF8.self)
        return .string
      }
      if word.count + 1 >= Self.longestWord - 1 { return wordTooLong() }
      word.append(byte)
    }
  }

  private mutating func scanNumber(
    _ first: Int32, _ text: inout String, _ number: inout Int64
  ) -> Token.Kind {
    word.removeAll(keepingCapacity: true)
    let start = column
    var character = first
    repeat {
      word.append(UInt8(truncatingIfNeeded: character))
      if word.count >= Self.longestWord { return wordTooLong() }
      character = next()
    } while character >= 48 && character <= 57
    let end = column
    putBack(character, column: end)
    let isLoneMinus = word.count == 1 && first == 45
    if !isLoneMinus, character == Self.endOfInput || UInt8(character).endsNumber {
      column = end - 1
      return parseNumber(word, &number)
    }
    // Not a number after all: all but the first character are read again.
    while word.count > 1 {
      putBack(Int32(word.removeLast()), column: start + Int32(word.count))
    }
    column = start
    if first == 45 { return .symbol(45) }
    return scanWord(first, &text)
  }

  private mutating func parseNumber(_ digits: [UInt8], _ number: inout Int64) -> Token.Kind {
    let text = String(decoding: digits, as: UTF8.self)
    if let value = Int64(text) {
      number = value
      return .number
    }
    let reason = text.hasPrefix("-") ? "too small" : "too large"
    report(
      "bad-number", "the number \(text) is \(reason)",
      pfctl: "\"\(text)\" invalid number: \(reason)", at: tokenPlace)
    return skipLine()
  }

  private mutating func scanWord(_ first: Int32, _ text: inout String) -> Token.Kind {
    word.removeAll(keepingCapacity: true)
    var character = first
    var last = column
    repeat {
      word.append(UInt8(truncatingIfNeeded: character))
      if word.count >= Self.longestWord { return wordTooLong() }
      last = column
      character = next()
    } while character != Self.endOfInput && UInt8(truncatingIfNeeded: character).continuesWord
    putBack(character, column: column)
    column = last
    text = String(decoding: word, as: UTF8.self)
    if let keyword = Keyword(text) { return .keyword(keyword) }
    return .string
  }

  private mutating func wordTooLong() -> Token.Kind {
    report(
      "word-too-long", "this word is longer than \(Self.longestWord) bytes",
      pfctl: "string too long", at: tokenPlace)
    return skipLine()
  }

  private enum MacroUse { case found, end, failed }

  private mutating func readMacroUse() -> MacroUse {
    word.removeAll(keepingCapacity: true)
    let start = tokenPlace
    while true {
      let character = next()
      if character == Self.endOfInput { return .end }
      if word.count + 1 >= Self.longestWord - 1 {
        _ = wordTooLong()
        return .failed
      }
      let byte = UInt8(truncatingIfNeeded: character)
      guard byte.isLetterOrDigit || byte == 95 else {
        putBack(character, column: column)
        break
      }
      word.append(byte)
    }
    let name = String(decoding: word, as: UTF8.self)
    macroUse = start
    macroUse.length = Int32(word.count + 1)
    guard let index = macros.use(name) else {
      report(
        "undefined-macro", "the macro '\(name)' is not defined",
        pfctl: "macro '\(name)' not defined", at: macroUse)
      return .failed
    }
    macroIndex = Int32(index)
    macroText = macros.definitions[index].value
    macroPosition = 0
    return .found
  }
}

extension UInt8 {
  /// Whether the byte is an ASCII letter or digit.
  var isLetterOrDigit: Bool {
    (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
  }

  /// Whether a word may start with the byte (a digit is looked at as a number first).
  fileprivate var isWordStart: Bool { isLetterOrDigit || self == 58 || self == 95 }

  /// Whether a word goes on with the byte: letters, digits and most punctuation.
  fileprivate var continuesWord: Bool {
    if isLetterOrDigit { return true }
    guard (33...126).contains(self) else { return false }
    switch self {
    case 40, 41, 123, 125, 60, 62, 33, 61, 47, 35, 44: return false
    default: return true
    }
  }

  /// Whether a number may end in front of the byte.
  fileprivate var endsNumber: Bool {
    switch self {
    case 9...13, 32, 41, 44, 47, 125, 61: true
    default: false
    }
  }
}
