extension PrefixTree {
  /// The slots of a node, for reading and writing.
  @inline(__always)
  func slots(_ node: Int) -> UnsafeMutablePointer<Slot> {
    UnsafeMutableRawPointer(nodes.base + node).assumingMemoryBound(to: Slot.self)
  }

  /// A place that holds a slot: a topmost one, or one of a node's sixteen.
  ///
  /// Places are named by numbers because the nodes move when their storage grows.
  struct Place: Equatable {
    var node: Int
    var index: Int
    static let root4 = Place(node: -1, index: 0)
    static let root6 = Place(node: -1, index: 1)
    static func wide(_ index: Int) -> Place { Place(node: -2, index: index) }
  }

  subscript(place: Place) -> Slot {
    get {
      if place.node >= 0 { return slots(place.node)[place.index] }
      if place.node == -2, let wideRoot { return wideRoot[place.index] }
      return place.index == 0 ? root4 : root6
    }
    set {
      if place.node >= 0 {
        slots(place.node)[place.index] = newValue
      } else if place.node == -2, let wideRoot {
        wideRoot[place.index] = newValue
      } else if place.index == 0 {
        root4 = newValue
      } else {
        root6 = newValue
      }
    }
  }

  /// Adds a prefix that is not there yet and returns its entry.
  ///
  /// - Complexity: O(depth), and O(nodes inside) for a prefix that contains others.
  mutating func insert(
    _ bits: AddressBits, length: Int, isIPv6: Bool, isNegated: Bool, since: UInt32
  ) -> UInt32 {
    let entry = takeEntry(
      Entry(
        bits: bits, parent: 0, counters: 0, since: since,
        length: UInt8(truncatingIfNeeded: length), isNegated: isNegated, isUsed: true,
        isIPv6: isIPv6))
    count += 1
    link(entry)
    if count >= Self.wideCount, wideRoot == nil, !isIPv6 { widen() }
    return entry
  }

  /// The topmost places whose addresses an entry meets.
  func topmost(_ entry: UInt32) -> (node: Int, indices: Range<Int>) {
    let record = entries[entry]
    guard !record.isIPv6, wideRoot != nil else {
      let place = record.isIPv6 ? Place.root6 : .root4
      return (place.node, place.index..<place.index + 1)
    }
    let first = Self.wideIndex(record.bits)
    return (-2, first..<first + 1 << max(0, Self.wideBits - Int(record.length)))
  }

  /// Gives the tree its wide root and puts all entries into place again.
  private mutating func widen() {
    let size = 1 << Self.wideBits
    let wide = UnsafeMutablePointer<Slot>.allocate(capacity: size)
    wide.initialize(repeating: .empty, count: size)
    wideRoot = wide
    nodes.removeAll()
    freeNode = 0
    (root4, root6) = (.empty, .empty)
    for index in 1..<entries.count where entries.base[index].isUsed {
      entries.base[index].parent = 0
      link(UInt32(truncatingIfNeeded: index))
    }
  }

  /// Puts an entry into its place among the others.
  private mutating func link(_ entry: UInt32) {
    let top = topmost(entry)
    if top.indices.count > 1 {
      for index in top.indices { cover(Place(node: top.node, index: index), with: entry) }
      return
    }
    let bits = entries[entry].bits
    var place = Place(node: top.node, index: top.indices.lowerBound)
    while true {
      let slot = self[place]
      if slot.isNode {
        guard let next = enter(slot, at: place, entry) else { return }
        place = next
      } else if slot == .empty || related(slot.raw, entry) {
        cover(place, with: entry)
        return
      } else {
        split(place, leaf: slot.raw, apartFrom: bits)
      }
    }
  }

  /// Goes one step into a node; nil when the entry has found its place.
  private mutating func enter(_ slot: Slot, at place: Place, _ entry: UInt32) -> Place? {
    let bits = entries[entry].bits
    let length = Int(entries[entry].length)
    let start = slot.depth * 4
    let sample = anyEntry(below: slot)
    let common = Self.commonLength(bits, entries[sample].bits)
    if length <= start, common >= length {
      cover(place, with: entry)
      return nil
    }
    if common < start {
      split(place, node: slot, sample: sample, apartAt: common)
      return place
    }
    let index = Self.nibble(bits, slot.depth)
    if length >= start + 4 { return Place(node: slot.node, index: index) }
    for covered in index..<index + 1 << (start + 4 - length) {
      cover(Place(node: slot.node, index: covered), with: entry)
    }
    return nil
  }

  /// Lets an entry that contains all of a slot's addresses, or is alone in meeting them with
  /// entries related to it, take its rank among them.
  private mutating func cover(_ place: Place, with entry: UInt32) {
    let slot = self[place]
    if slot.isNode {
      for index in 0..<16 { cover(Place(node: slot.node, index: index), with: entry) }
      return
    }
    let length = entries[entry].length
    guard slot != .empty, entries[slot.raw].length > length else {
      entries.base[Int(entry)].parent = slot.raw
      self[place] = .entry(entry)
      return
    }
    var inner = slot.raw
    while entries[inner].parent != 0, entries[entries[inner].parent].length > length {
      inner = entries[inner].parent
    }
    guard entries[inner].parent != entry else { return }
    entries.base[Int(entry)].parent = entries[inner].parent
    entries.base[Int(inner)].parent = entry
  }

  /// Replaces a leaf by a node that branches where the leaf and an address differ.
  private mutating func split(_ place: Place, leaf: UInt32, apartFrom bits: AddressBits) {
    let depth = Self.commonLength(bits, entries[leaf].bits) / 4
    let node = takeNode()
    paint(node, depth, from: leaf)
    self[place] = .node(node, depth: depth)
  }

  /// Puts a node above another one, where an address leaves the bits that the lower one skips.
  private mutating func split(
    _ place: Place, node lower: Slot, sample: UInt32, apartAt common: Int
  ) {
    let depth = common / 4
    let node = takeNode()
    slots(node)[Self.nibble(entries[sample].bits, depth)] = lower
    paint(node, depth, from: sample)
    self[place] = .node(node, depth: depth)
  }

  /// Fills a node's empty slots with the most specific of an entry and those around it.
  private func paint(_ node: Int, _ depth: Int, from entry: UInt32) {
    let slots = slots(node)
    var entry = entry
    while entry != 0 {
      let length = Int(entries[entry].length)
      let width =
        length >= depth * 4 + 4 ? 1 : length <= depth * 4 ? 16 : 1 << (depth * 4 + 4 - length)
      let first = width == 16 ? 0 : Self.nibble(entries[entry].bits, depth)
      for index in first..<first + width where slots[index] == .empty {
        slots[index] = .entry(entry)
      }
      if width == 16 { return }
      entry = entries[entry].parent
    }
  }

  /// An entry below a slot that is no larger than the node there; every node has at least two.
  func anyEntry(below slot: Slot) -> UInt32 {
    var slot = slot
    while slot.isNode {
      let slots = slots(slot.node)
      let start = slot.depth * 4
      let inside = (0..<16).first {
        slots[$0].isNode || Int(entries[slots[$0].raw].length) > start
      }
      slot = inside.map { slots[$0] } ?? .empty
    }
    return slot.raw
  }

  /// Whether one of two entries contains the other.
  private func related(_ one: UInt32, _ other: UInt32) -> Bool {
    let shorter = min(entries[one].length, entries[other].length)
    return Self.agree(entries[one].bits, entries[other].bits, length: Int(shorter))
  }

  private mutating func takeEntry(_ entry: Entry) -> UInt32 {
    guard freeEntry != 0 else { return UInt32(truncatingIfNeeded: entries.append(entry)) }
    let index = freeEntry
    freeEntry = entries[index].counters
    entries[index] = entry
    return index
  }

  private mutating func takeNode() -> Int {
    let empty = Slot.empty
    let node = Node(
      slots: (
        empty, empty, empty, empty, empty, empty, empty, empty, empty, empty, empty, empty,
        empty, empty, empty, empty
      ))
    guard freeNode != 0 else { return nodes.append(node) }
    let index = Int(freeNode) - 1
    freeNode = slots(index)[0].raw
    nodes.base[index] = node
    return index
  }
}
