/// Quoted strings, numbers and words.
extension Lexer {
  mutating func scanQuoted(_ quote: UInt8, _ text: inout String) -> Token.Kind {
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

  mutating func scanNumber(
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
    if let value = CNumber.decimal(digits) {
      number = value
      return .number
    }
    let text = String(decoding: digits, as: UTF8.self)
    let reason = text.hasPrefix("-") ? "too small" : "too large"
    report(
      "bad-number", "the number \(text) is \(reason)",
      pfctl: "\"\(text)\" invalid number: \(reason)", at: tokenPlace)
    return skipLine()
  }

  mutating func scanWord(_ first: Int32, _ text: inout String) -> Token.Kind {
    word.removeAll(keepingCapacity: true)
    var character = first
    var last = column
    repeat {
      word.append(UInt8(truncatingIfNeeded: character))
      if word.count >= Self.longestWord { return wordTooLong() }
      last = column
      if !isInMacro, pushedBack.isEmpty { takeWordBytes(&last) }
      character = next()
    } while character != Self.endOfInput && UInt8(truncatingIfNeeded: character).continuesWord
    putBack(character, column: column)
    column = last
    if let keyword = Keyword(word) { return .keyword(keyword) }
    text = String(decoding: word, as: UTF8.self)
    return .string
  }

  /// Takes the bytes of a word that stand in the file as they are, up to the longest word.
  private mutating func takeWordBytes(_ last: inout Int32) {
    let start = cursor.position
    let limit = min(cursor.bytes.count, start + Self.longestWord - 1 - word.count)
    var end = start
    while end < limit, cursor.bytes[end] != 92, cursor.bytes[end].continuesWord { end &+= 1 }
    guard end > start else { return }
    word.append(contentsOf: cursor.bytes[start..<end])
    cursor.position = end
    holdsByte = false
    last &+= Int32(truncatingIfNeeded: end - start)
    column = last
  }

  mutating func wordTooLong() -> Token.Kind {
    report(
      "word-too-long", "this word is longer than \(Self.longestWord) bytes",
      pfctl: "string too long", at: tokenPlace)
    return skipLine()
  }
}
