/// Finds equal things by number: a hash table that holds no more than their indices.
///
/// Large rulesets are optimised with several of these at a time; a dictionary with the things
/// themselves as keys would take up more memory than the rules.
struct IndexTable {
  private struct Slot {
    var tag: UInt32
    /// -1 for a free slot.
    var index: Int32
  }

  private var slots: [Slot]
  private let mask: Int

  /// An empty table for at most `count` things that differ.
  init(count: Int) {
    var size = 8
    while size < count + count / 4 { size *= 2 }
    slots = [Slot](repeating: Slot(tag: 0, index: -1), count: size)
    mask = size - 1
  }

  /// A hash of a small number.
  static func hash(_ number: Int32) -> Int {
    // The product's upper half is its better one, and slots are chosen by the lower bits.
    let product = UInt64(UInt32(bitPattern: number)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product ^ product >> 32)
  }

  /// The index kept for a thing, or nil.
  ///
  /// `isEqual` says whether a kept index stands for the thing.
  @inline(__always)
  func find(_ hash: Int, _ isEqual: (Int) -> Bool) -> Int? {
    let kept = slots[slot(hash, isEqual)].index
    return kept < 0 ? nil : Int(kept)
  }

  /// Keeps an index unless an equal thing is kept already; returns the index kept.
  @inline(__always)
  mutating func insert(_ index: Int, _ hash: Int, _ isEqual: (Int) -> Bool) -> Int {
    let place = slot(hash, isEqual)
    if slots[place].index >= 0 { return Int(slots[place].index) }
    slots[place] = Slot(
      tag: Self.tag(hash), index: Int32(truncatingIfNeeded: index))
    return index
  }

  /// Keeps an index in place of an equal thing's; returns that one's, or nil.
  @inline(__always)
  mutating func replace(with index: Int, _ hash: Int, _ isEqual: (Int) -> Bool) -> Int? {
    let place = slot(hash, isEqual)
    let old = slots[place].index
    slots[place] = Slot(
      tag: Self.tag(hash), index: Int32(truncatingIfNeeded: index))
    return old < 0 ? nil : Int(old)
  }

  /// Where a thing is kept, or the free slot for it.
  @inline(__always)
  private func slot(_ hash: Int, _ isEqual: (Int) -> Bool) -> Int {
    let tag = Self.tag(hash)
    var place = hash & mask
    while slots[place].index >= 0 {
      if slots[place].tag == tag, isEqual(Int(slots[place].index)) { return place }
      place = (place + 1) & mask
    }
    return place
  }

  private static func tag(_ hash: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 32)
  }
}
