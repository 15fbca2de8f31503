/// Finds keywords by their bytes, without making a string of every word of a file.
struct KeywordIndex {
  /// The words by raw value.
  let spellings: [String]
  private let bytes: [[UInt8]]
  /// Raw values by hash, the next free slot where two meet; ``vacant`` elsewhere.
  private var slots = [UInt8](repeating: Self.vacant, count: Self.size)

  private static let vacant = UInt8.max
  private static let size = 1024
  private static let lengths = 2...20

  init(_ words: [String: Keyword]) {
    var spellings = [String](repeating: "", count: words.count)
    for (word, keyword) in words { spellings[Int(keyword.rawValue)] = word }
    self.spellings = spellings
    bytes = spellings.map { Array($0.utf8) }
    for (value, word) in bytes.enumerated() {
      var slot = Self.hash(word)
      while slots[slot] != Self.vacant { slot = (slot + 1) % Self.size }
      slots[slot] = UInt8(value)
    }
  }

  func keyword(_ word: [UInt8]) -> Keyword? {
    guard Self.lengths.contains(word.count) else { return nil }
    var slot = Self.hash(word)
    while slots[slot] != Self.vacant {
      if bytes[Int(slots[slot])] == word { return Keyword(rawValue: slots[slot]) }
      slot = (slot + 1) % Self.size
    }
    return nil
  }

  private static func hash(_ word: [UInt8]) -> Int {
    var hash: UInt32 = 2_166_136_261
    for byte in word { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Int(hash % UInt32(size))
  }
}
