/// A word, number or sign of pf.conf.
struct Token {
  /// The kinds of token.
  enum Kind: Equatable {
    /// The end of the outermost file.
    case end
    /// The end of a line.
    case newline
    /// A single character with a meaning of its own.
    case symbol(UInt8)
    /// A reserved word.
    case keyword(Keyword)
    /// A word or a quoted string; ``Token/text`` holds it.
    case string
    /// A number; ``Token/number`` holds it.
    case number
    /// `<>` or `><`.
    case portRange(Comparison)
    /// `->`.
    case arrow
    /// What the lexer could not read; the rest of the line is gone.
    case invalid
  }
  /// The kind.
  var kind: Kind
  /// The line that pfctl believes it is in (see ``Lexer``).
  var line: Int32
  /// Where the token stands.
  var place: Place
  /// The text of a word or string that is no keyword, else empty.
  var text = ""
  /// The value of a number, else 0.
  var number: Int64 = 0

  /// The word as it was written, keyword or not.
  var word: String {
    if case .keyword(let keyword) = kind { return keyword.spelling }
    return text
  }
}
