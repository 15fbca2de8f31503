/// Tokens.
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
}
