/// Which classes of addresses each of several sets holds: tables, ranges, negated criteria.
///
/// A bit for each set and class; set 0 is unused. Plain pointers; the owner calls
/// ``deallocate()``.
struct AddressSets {
  private let bits: UnsafeMutablePointer<UInt64>
  private let words: Int
  /// The bytes that the bits take.
  let bytes: Int

  /// Makes empty sets.
  init(sets: Int, classes: Int) {
    words = (classes + 63) / 64
    bytes = (sets + 1) * words * 8
    bits = LargeMemory.allocate(UInt64.self, (sets + 1) * words, alignment: 64)
    bits.initialize(repeating: 0, count: (sets + 1) * words)
  }

  /// Gives the memory back.
  func deallocate() { bits.deallocate() }

  /// Whether a set holds a class.
  @inline(__always)
  func contains(_ set: UInt16, _ node: UInt32) -> Bool {
    let word = Int(set) &* words &+ Int(node >> 6)
    return bits[word] >> UInt64(node & 63) & 1 != 0
  }

  /// Puts classes into a set or takes them out.
  /// - Complexity: O(classes / 64).
  func assign(_ set: UInt16, _ classes: Range<UInt32>, _ isMember: Bool) {
    let row = bits + Int(set) * words
    var node = classes.lowerBound
    while node < classes.upperBound {
      let end = min((node | 63) + 1, classes.upperBound)
      let count = UInt64(end - node)
      let run: UInt64 = count == 64 ? .max : (1 << count) - 1
      let mask = run << UInt64(node & 63)
      if isMember { row[Int(node >> 6)] |= mask } else { row[Int(node >> 6)] &= ~mask }
      node = end
    }
  }
}
