/// Characters: macros, what was put back, joined lines, and files inside files.
extension Lexer {
  var isInMacro: Bool { macroIndex >= 0 }

  /// The next character outside quotes; a backslash joins lines, else it vanishes.
  @inline(__always)
  mutating func next() -> Int32 {
    if macroIndex < 0, pushedBack.isEmpty, cursor.position < cursor.bytes.count,
      cursor.bytes[cursor.position] != 92
    {
      return nextRaw()
    }
    return nextOfAny()
  }

  private mutating func nextOfAny() -> Int32 {
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
  mutating func next(inQuotes quote: UInt8) -> Int32 {
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
    holdsByte = false
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

  mutating func putBack(_ character: Int32, column: Int32) {
    guard character != Self.endOfInput else { return }
    if isInMacro, macroPosition > 0 {
      macroPosition -= 1
      return
    }
    let byte = UInt8(truncatingIfNeeded: character)
    if canHold(byte) {
      cursor.position &-= 1
      holdsByte = true
    } else {
      pushedBack.append((byte, column))
    }
  }

  /// Whether going back by one in the file gives a character again, with the same line.
  private func canHold(_ byte: UInt8) -> Bool {
    guard !holdsByte, pushedBack.isEmpty, cursor.position >= 2, byte != 92 else { return false }
    return cursor.bytes[cursor.position &- 1] == byte && cursor.bytes[cursor.position &- 2] != 10
  }

  /// Drops the rest of the line, after an error inside a token.
  ///
  /// What was put back is dropped first, so that a line end among it is lost and the next line
  /// goes too; pfctl does the same.
  mutating func skipLine() -> Token.Kind {
    macroIndex = -1
    pushedBack.removeAll(keepingCapacity: true)
    if holdsByte { _ = nextRaw() }
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
