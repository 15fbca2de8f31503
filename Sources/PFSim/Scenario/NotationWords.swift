/// The words of a notation with their columns, some of which can be taken out.
struct NotationWords {
  /// One word.
  struct Word {
    var text: String
    /// The column in characters, from 1.
    var column: Int
  }
  private var words: [Word] = []
  private var characters: [Character]

  init(_ text: String) {
    characters = Array(text)
    var start: Int?
    for (index, character) in characters.enumerated() {
      if character.isWhitespace {
        if let begin = start { append(begin..<index) }
        start = nil
      } else if start == nil {
        start = index
      }
    }
    if let begin = start { append(begin..<characters.count) }
  }

  private mutating func append(_ range: Range<Int>) {
    words.append(Word(text: String(characters[range]), column: range.lowerBound + 1))
  }

  /// The first word that is left.
  var first: String? { words.first?.text }

  /// The text without the words taken out, which leave blanks, so that columns stay right.
  var remainingText: String { String(characters) }

  /// A word that is left, by its place.
  func word(at index: Int) -> Word? { words.indices.contains(index) ? words[index] : nil }

  /// Takes out a word and the one behind it, its value; nil where the word is missing.
  mutating func take(_ name: String) throws(PacketNotationError) -> Word? {
    guard let index = words.dropFirst().firstIndex(where: { $0.text == name }) else { return nil }
    guard words.indices.contains(index + 1) else {
      throw PacketNotationError(
        column: characters.count + 1, reason: "expected a value behind \(name)")
    }
    let value = words[index + 1]
    blank(words[index])
    blank(value)
    words.removeSubrange(index...index + 1)
    return value
  }

  /// Takes out a word that stands alone.
  mutating func takeFlag(_ name: String) -> Bool {
    guard let index = words.dropFirst().firstIndex(where: { $0.text == name }) else { return false }
    blank(words[index])
    words.remove(at: index)
    return true
  }

  private mutating func blank(_ word: Word) {
    for index in word.column - 1..<word.column - 1 + word.text.count { characters[index] = " " }
  }

  /// An error at a word's place, or behind the text.
  func error(_ reason: String, at index: Int) -> PacketNotationError {
    PacketNotationError(column: word(at: index)?.column ?? characters.count + 1, reason: reason)
  }

  func expect(_ text: String, at index: Int) throws(PacketNotationError) {
    guard word(at: index)?.text == text else { throw error("expected \(text)", at: index) }
  }

  func expectEnd(_ index: Int) throws(PacketNotationError) {
    guard word(at: index) == nil else { throw error("nothing is expected here", at: index) }
  }

  func address(at index: Int) throws(PacketNotationError) -> IPAddress {
    guard let word = word(at: index) else { throw error("expected an IPv4 address", at: index) }
    return try address(word)
  }

  func address(_ word: Word) throws(PacketNotationError) -> IPAddress {
    guard let address = IPAddress(word.text), address.family == .inet else {
      throw PacketNotationError(column: word.column, reason: "expected an IPv4 address")
    }
    return address
  }

  /// A list of addresses with commas between them.
  func addresses(_ word: Word) throws(PacketNotationError) -> [IPAddress] {
    let items = word.text.split(separator: ",").map { IPAddress($0) }
    let addresses = items.compactMap { $0 }.filter { $0.family == .inet }
    guard addresses.count == items.count, !items.isEmpty else {
      throw PacketNotationError(column: word.column, reason: "expected IPv4 addresses")
    }
    return addresses
  }

  /// A number from 0 to 16 777 215.
  func number(_ word: Word) throws(PacketNotationError) -> Int {
    guard let number = Int(word.text), (0...0xff_ffff).contains(number) else {
      throw PacketNotationError(column: word.column, reason: "expected a number")
    }
    return number
  }
}
