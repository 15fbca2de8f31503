/// A longest-prefix-match tree over both families, in flat memory.
///
/// The tree branches on four bits at a time and skips bits in which nothing differs. A slot of a
/// node names another node or the most specific of the entries that meet the slot's addresses;
/// those always contain one another, and each entry names the next larger one around it. So a
/// lookup walks down without comparing, then up the entries until one contains the address.
///
/// The value is a bundle of pointers: ``PrefixTable`` owns the memory, and whoever only looks up
/// can keep a pointer to the tree without reference counting.
struct PrefixTree {
  /// One network or address of the table.
  struct Entry {
    /// The network's address, zero beyond ``length``.
    var bits: AddressBits
    /// The index of the smallest entry around this one, 0 for none.
    var parent: UInt32
    /// The index of the counters plus one, 0 while nothing was counted; in a free entry the next
    /// free one.
    var counters: UInt32
    /// When the counters were last zero, in whole seconds of the filter's clock.
    var since: UInt32
    /// The prefix length.
    var length: UInt8
    /// Whether the entry stands for "not in the table".
    var isNegated: Bool
    /// Whether the entry is in use.
    var isUsed: Bool
    /// Whether the entry is of the IPv6 tree.
    var isIPv6: Bool

    /// Whether the entry contains an address.
    @inline(__always)
    func contains(_ address: AddressBits) -> Bool {
      PrefixTree.agree(bits, address, length: Int(length))
    }
  }

  /// The entries; the first one is never used, so that 0 means "none".
  var entries = FlatStorage<Entry>(alignment: 32)
  /// The nodes, sixteen slots each.
  var nodes = FlatStorage<Node>(alignment: 64)
  /// The counters of the entries that counted something.
  var counters = FlatStorage<PrefixCounters>(alignment: 64)
  /// The topmost slot of the IPv4 tree, while it is small.
  var root4 = Slot.empty
  /// The topmost slots of a large IPv4 tree, one for each value of the first ``wideBits`` bits.
  var wideRoot: UnsafeMutablePointer<Slot>?
  /// The number of bits that ``wideRoot`` branches on.
  static let wideBits = 20
  /// The number of entries from which on ``wideRoot`` is worth its four megabytes.
  static let wideCount = 1 << 15
  /// The topmost slot of the IPv6 tree.
  var root6 = Slot.empty
  /// The number of entries in use.
  var count = 0
  /// The first of the freed entries, which are linked through ``Entry/counters``; 0 for none.
  var freeEntry: UInt32 = 0
  /// The first of the freed nodes, which are linked through their first slot; 0 for none, else
  /// the index plus one.
  var freeNode: UInt32 = 0
  /// The first of the freed counters, linked through a count of packets; as ``freeNode``.
  var freeCounters: UInt32 = 0

  /// One node: sixteen slots, a cache line.
  struct Node {
    var slots:
      (
        Slot, Slot, Slot, Slot, Slot, Slot, Slot, Slot,
        Slot, Slot, Slot, Slot, Slot, Slot, Slot, Slot
      )
  }

  /// A reference to a node or an entry.
  struct Slot: Equatable {
    /// The index of an entry, 0 for none; with bit 31 set, a node: bits 26…30 are its depth in
    /// units of four bits, the rest its index.
    var raw: UInt32

    static let empty = Slot(raw: 0)

    @inline(__always)
    static func entry(_ index: UInt32) -> Slot { Slot(raw: index) }

    @inline(__always)
    static func node(_ index: Int, depth: Int) -> Slot {
      Slot(
        raw: 0x8000_0000 | UInt32(truncatingIfNeeded: depth) << 26
          | UInt32(truncatingIfNeeded: index))
    }

    @inline(__always) var isNode: Bool { raw & 0x8000_0000 != 0 }
    @inline(__always) var node: Int { Int(raw & 0x03ff_ffff) }
    @inline(__always) var depth: Int { Int(raw >> 26 & 31) }
  }

  /// Makes an empty tree with memory of its own; ``deallocate()`` gives it back.
  init() {
    _ = entries.append(
      Entry(
        bits: .zero, parent: 0, counters: 0, since: 0, length: 0, isNegated: false,
        isUsed: false, isIPv6: false))
  }

  /// Gives the memory back; the tree must not be used afterwards.
  func deallocate() {
    entries.deallocate()
    nodes.deallocate()
    counters.deallocate()
    wideRoot?.deallocate()
  }

  /// Finds the most specific entry that contains an address; 0 for none.
  ///
  /// - Complexity: O(1) in the number of entries: at most 8 (IPv4) or 32 (IPv6) nodes deep.
  @inline(__always)
  func lookup(_ address: AddressBits, isIPv6: Bool) -> UInt32 {
    let nodes = self.nodes.base
    let entries = self.entries.base
    var slot = isIPv6 ? root6 : root4
    if !isIPv6, let wideRoot { slot = wideRoot[Self.wideIndex(address)] }
    while slot.isNode {
      let slots = UnsafeRawPointer(nodes + slot.node).assumingMemoryBound(to: Slot.self)
      slot = slots[Self.nibble(address, slot.depth)]
    }
    var index = slot.raw
    while index != 0, !entries[Int(index)].contains(address) { index = entries[Int(index)].parent }
    return index
  }

  /// Finds the entry with exactly this prefix; 0 for none.
  func find(_ bits: AddressBits, length: Int, isIPv6: Bool) -> UInt32 {
    var index = lookup(bits, isIPv6: isIPv6)
    while index != 0, Int(entries[index].length) > length { index = entries[index].parent }
    return index != 0 && Int(entries[index].length) == length ? index : 0
  }

  /// The slot of ``wideRoot`` for an IPv4 address.
  @inline(__always)
  static func wideIndex(_ bits: AddressBits) -> Int {
    Int(truncatingIfNeeded: bits.high &>> UInt64(64 - wideBits))
  }

  /// The four bits of an address that a node of a depth branches on.
  @inline(__always)
  static func nibble(_ bits: AddressBits, _ depth: Int) -> Int {
    let half = depth & 16 == 0 ? bits.high : bits.low
    return Int(truncatingIfNeeded: half &>> UInt64(60 &- (depth & 15) &* 4)) & 15
  }

  /// Whether two addresses have the same first `length` bits.
  @inline(__always)
  static func agree(_ one: AddressBits, _ other: AddressBits, length: Int) -> Bool {
    if length <= 64 {
      return length == 0 || (one.high ^ other.high) &>> UInt64(64 &- length) == 0
    }
    return one.high == other.high && (one.low ^ other.low) &>> UInt64(128 &- length) == 0
  }

  /// The number of first bits in which two addresses agree, 0…128.
  static func commonLength(_ one: AddressBits, _ other: AddressBits) -> Int {
    let high = one.high ^ other.high
    return high != 0
      ? high.leadingZeroBitCount : 64 + (one.low ^ other.low).leadingZeroBitCount
  }
}
