/// An open-addressing index from hashes to the numbers of records.
///
/// Linear probing, at most three quarters full, removal by shifting back. A slot holds the hash, so
/// that most other records are never touched.
struct HashIndex {
  private struct Slot {
    var hash: UInt32
    /// The record's number plus one, 0 for an empty slot.
    var record: UInt32
  }
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private(set) var count = 0

  /// An empty index.
  init() {
    mask = 63
    slots = Self.allocate(64)
  }

  private static func allocate(_ size: Int) -> UnsafeMutablePointer<Slot> {
    let slots = LargeMemory.allocate(Slot.self, size, alignment: 64)
    slots.initialize(repeating: Slot(hash: 0, record: 0), count: size)
    return slots
  }

  /// The bytes that the index takes.
  var bytes: Int { (mask + 1) * MemoryLayout<Slot>.stride }

  /// Gives the memory back.
  func deallocate() { slots.deallocate() }

  /// The first record of a hash that a test accepts; -1 for none.
  @inline(__always)
  func find(_ hash: UInt32, _ accept: (Int32) -> Bool) -> Int32 { probe(hash, accept).record }

  /// What ``find(_:_:)`` finds, and the slot where the search ended: where nothing was found, the
  /// empty one that ``put(_:_:at:)`` fills.
  @inline(__always)
  func probe(_ hash: UInt32, _ accept: (Int32) -> Bool) -> (record: Int32, place: Int) {
    var place = Int(hash) & mask
    while slots[place].record != 0 {
      if slots[place].hash == hash {
        let record = Int32(truncatingIfNeeded: slots[place].record &- 1)
        if accept(record) { return (record, place) }
      }
      place = (place &+ 1) & mask
    }
    return (-1, place)
  }

  /// Begins to fetch the slots of a hash.
  @inline(__always)
  func prefetch(_ hash: UInt32) { UnsafePointer(slots + (Int(hash) & mask)).prefetch() }

  /// The first record of a hash, -1 for none.
  @inline(__always)
  func first(_ hash: UInt32) -> Int32 { find(hash) { _ in true } }

  /// A number that depends on every bit of two others.
  @inline(__always)
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = (a ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: b | 1)
    return product.high ^ product.low
  }

  /// Adds a record.
  mutating func insert(_ hash: UInt32, _ record: Int32) {
    makeRoom()
    put(hash, record, at: probe(hash) { _ in false }.place)
  }

  /// Makes room for one more record, which moves all slots now and then.
  @inline(__always)
  mutating func makeRoom() {
    if (count &+ 1) &* 4 > (mask &+ 1) &* 3 { grow() }
  }

  /// Adds a record in the empty slot at which ``probe(_:_:)`` ended after ``makeRoom()``.
  @inline(__always)
  mutating func put(_ hash: UInt32, _ record: Int32, at place: Int) {
    slots[place] = Slot(hash: hash, record: UInt32(truncatingIfNeeded: record) &+ 1)
    count &+= 1
  }

  @inline(never)
  private mutating func grow() {
    let old = slots
    let size = mask + 1
    mask = size * 2 - 1
    slots = Self.allocate(size * 2)
    for place in 0..<size where old[place].record != 0 {
      slots[probe(old[place].hash) { _ in false }.place] = old[place]
    }
    old.deallocate()
  }

  /// Puts one record in the place of another that is there under the same hash.
  func replace(_ hash: UInt32, _ old: Int32, by new: Int32) {
    var place = Int(hash) & mask
    while slots[place].record != 0 {
      if slots[place].record == UInt32(truncatingIfNeeded: old) &+ 1 {
        slots[place].record = UInt32(truncatingIfNeeded: new) &+ 1
        return
      }
      place = (place &+ 1) & mask
    }
  }

  /// Removes a record that is there under this hash.
  mutating func remove(_ hash: UInt32, _ record: Int32) {
    var hole = Int(hash) & mask
    while slots[hole].record != UInt32(truncatingIfNeeded: record) &+ 1 {
      if slots[hole].record == 0 { return }
      hole = (hole &+ 1) & mask
    }
    count -= 1
    var next = (hole &+ 1) & mask
    while slots[next].record != 0 {
      let home = Int(slots[next].hash) & mask
      if (next &- home) & mask >= (next &- hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
      next = (next &+ 1) & mask
    }
    slots[hole] = Slot(hash: 0, record: 0)
  }
}
