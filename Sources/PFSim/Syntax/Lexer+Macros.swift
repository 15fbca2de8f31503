/// The use of macros.
extension Lexer {
  /// How a use ended.
  enum MacroUse {
    case found, end, failed
  }

  mutating func readMacroUse() -> MacroUse {
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
