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
  /// The text of a word or string, else empty.
  var text = ""
  /// The value of a number, else 0.
  var number: Int64 = 0
}

/// A stretch of a source file, four words long.
struct Place: Hashable {
  /// The index of the file in ``Lexer/files``; -1 for no place.
  var file: Int32
  /// The offset of the first byte.
  var start: Int32
  /// The offset behind the last byte.
  var end: Int32
  /// The macro that supplied the text, an index into ``Lexer/expansions``; -1 for none.
  var macro: Int32 = -1

  /// No place.
  static let none = Place(file: -1, start: 0, end: 0)

  /// A place from the start of this one to the end of another in the same file.
  func extended(to other: Place) -> Place {
    guard other.file == file, other.end > start else { return self }
    return Place(file: file, start: start, end: other.end, macro: macro)
  }
}
