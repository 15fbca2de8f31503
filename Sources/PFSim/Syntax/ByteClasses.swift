/// What the lexer takes a byte for.
extension UInt8 {
  /// Whether the byte is an ASCII letter or digit.
  var isLetterOrDigit: Bool {
    (48...57).contains(self) || (65...90).contains(self) || (97...122).contains(self)
  }

  /// Whether a word may start with the byte (a digit is looked at as a number first).
  var isWordStart: Bool { isLetterOrDigit || self == 58 || self == 95 }

  /// Whether a word goes on with the byte: letters, digits and most punctuation.
  var continuesWord: Bool {
    if isLetterOrDigit { return true }
    guard (33...126).contains(self) else { return false }
    switch self {
    case 40, 41, 123, 125, 60, 62, 33, 61, 47, 35, 44: return false
    default: return true
    }
  }

  /// Whether a number may end in front of the byte.
  var endsNumber: Bool {
    switch self {
    case 9...13, 32, 41, 44, 47, 125, 61: true
    default: false
    }
  }
}
