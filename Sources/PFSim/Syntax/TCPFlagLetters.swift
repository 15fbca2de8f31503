/// The letters of the TCP flags in pf.conf, from the lowest bit.
enum TCPFlagLetters {
  private static let letters = Array("FSRPAUEW".utf8)

  /// Appends the letters of the flags that are set.
  static func print(_ flags: UInt8, to text: inout String) {
    for (bit, letter) in letters.enumerated() where flags >> UInt8(bit) & 1 == 1 {
      text.unicodeScalars.append(Unicode.Scalar(letter))
    }
  }

  /// The flags of a word, all for an empty one; nil where a letter is unknown.
  static func parse(_ word: String) -> UInt8? {
    var flags: UInt8 = 0
    for byte in word.utf8 {
      guard let bit = letters.firstIndex(of: byte) else { return nil }
      flags |= 1 << UInt8(bit)
    }
    return word.isEmpty ? 0xff : flags
  }
}
