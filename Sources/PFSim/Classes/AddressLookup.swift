/// Finds the class of an address, the innermost node of a ``PrefixForest``, in a few reads.
///
/// IPv4: a table of the upper sixteen bits, below it nodes of eight bits each that store only where
/// the class changes. IPv6: the same table, then a binary search. Plain pointers; the owner calls
/// ``deallocate()``.
struct AddressLookup {
  /// One node: 256 slots of which only those are stored that differ from the one before.
  struct Node {
    /// Which slots begin a run; bit 0 is always set.
    var starts: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    /// The number of runs that begin in the words before each word.
    var before: (UInt16, UInt16, UInt16, UInt16) = (0, 0, 0, 0)
    /// The index of the first run's value.
    var base: UInt32 = 0
    /// Fills the cache line.
    private var padding: (UInt32, UInt64, UInt64) = (0, 0, 0)
  }
  /// Marks a value as the index of a node.
  static let nodeMark: UInt32 = 1 << 31

  private var root: UnsafeMutablePointer<UInt32>
  private var nodes: UnsafeMutablePointer<Node>
  private var values: UnsafeMutablePointer<UInt32>
  /// IPv6: the first addresses of the runs, and their classes in ``values``.
  private var firsts: UnsafeMutablePointer<AddressBits>
  /// The bytes that the tables take.
  private(set) var bytes = 0

  /// Builds the tables of a forest.
  /// - Complexity: O(n + 65,536).
  init(_ forest: PrefixForest) {
    let runs = forest.intervals()
    if forest.width == 32 {
      var builder = Builder(runs)
      root = Self.copy(builder.makeRoot())
      nodes = Self.copy(builder.nodes, alignment: 64)
      values = Self.copy(builder.values)
      firsts = .allocate(capacity: 1)
      bytes = 65_536 * 4 + builder.nodes.count * 64 + builder.values.count * 4
    } else {
      root = Self.copy(Self.starts(of: runs))
      nodes = .allocate(capacity: 1)
      values = Self.copy(runs.map(\.node))
      firsts = Self.copy(runs.map(\.first))
      bytes = 65_537 * 4 + runs.count * 20
    }
  }

  /// Gives the memory back.
  func deallocate() {
    root.deallocate()
    nodes.deallocate()
    values.deallocate()
    firsts.deallocate()
  }

  private static func copy<Element>(
    _ array: [Element], alignment: Int = 16
  ) -> UnsafeMutablePointer<Element> {
    let memory = LargeMemory.allocate(Element.self, max(array.count, 1), alignment: alignment)
    array.withUnsafeBufferPointer {
      if let first = $0.baseAddress { memory.initialize(from: first, count: $0.count) }
    }
    return memory
  }

  /// The class of an IPv4 address in host order.
  @inline(__always)
  func lookup(ipv4 address: UInt32) -> UInt32 {
    let top = root[Int(address >> 16)]
    if top & Self.nodeMark == 0 { return top }
    let middle = step(top, slot: Int(address >> 8 & 255))
    if middle & Self.nodeMark == 0 { return middle }
    return step(middle, slot: Int(address & 255))
  }

  @inline(__always)
  private func step(_ reference: UInt32, slot: Int) -> UInt32 {
    let node = UnsafeRawPointer(nodes + Int(reference & ~Self.nodeMark))
    let word = slot >> 6
    let starts = node.load(fromByteOffset: word &* 8, as: UInt64.self)
    let before = node.load(fromByteOffset: 32 &+ word &* 2, as: UInt16.self)
    let base = node.load(fromByteOffset: 40, as: UInt32.self)
    let upTo = starts << UInt64(truncatingIfNeeded: 63 &- slot & 63)
    return values[Int(base) &+ Int(before) &+ upTo.nonzeroBitCount &- 1]
  }

  /// The class of an IPv6 address.
  @inline(__always)
  func lookup(ipv6 address: AddressBits) -> UInt32 {
    let top = Int(address.high >> 48)
    var low = Int(root[top])
    var count = Int(root[top &+ 1]) &- low &+ 1
    // The last run that begins at or before the address.
    while count > 1 {
      let half = count >> 1
      let isBelow = address < firsts[low &+ half]
      low = isBelow ? low : low &+ half
      count = isBelow ? half : count &- half
    }
    return values[low]
  }

  /// IPv6: for each value of the upper sixteen bits the run that its first address lies in.
  private static func starts(of runs: [PrefixForest.Interval]) -> [UInt32] {
    var table = [UInt32](repeating: UInt32(max(runs.count, 1) - 1), count: 65_537)
    var run = 0
    for top in 0..<65_536 {
      let first = AddressBits(high: UInt64(top) << 48, low: 0)
      while run + 1 < runs.count, runs[run + 1].first <= first { run += 1 }
      table[top] = UInt32(run)
    }
    return table
  }
}

extension AddressLookup {
  /// Builds the nodes of an IPv4 table.
  private struct Builder {
    let runs: [PrefixForest.Interval]
    var nodes: [Node] = []
    var values: [UInt32] = []
    /// The run that the next address lies in.
    private var cursor = 0

    init(_ runs: [PrefixForest.Interval]) { self.runs = runs }

    mutating func makeRoot() -> [UInt32] {
      (0..<65_536).map { value(of: UInt32($0) << 16, bits: 16) }
    }

    /// The value for a block of addresses: its class, or a node where there are several.
    private mutating func value(of first: UInt32, bits: Int) -> UInt32 {
      while cursor + 1 < runs.count, runs[cursor + 1].first.ipv4 <= first { cursor += 1 }
      let last = first | (UInt32(1) << UInt32(bits) &- 1)
      guard bits > 0, cursor + 1 < runs.count, runs[cursor + 1].first.ipv4 <= last else {
        return runs[cursor].node
      }
      if bits == 8 { return addLast(first, last) }
      let slots = (0..<256).map {
        value(of: first | UInt32($0) << UInt32(bits - 8), bits: bits - 8)
      }
      return add(slots)
    }

    /// Adds a node of single addresses: one run of slots for each run of addresses.
    private mutating func addLast(_ first: UInt32, _ last: UInt32) -> UInt32 {
      var starts: (UInt64, UInt64, UInt64, UInt64) = (1, 0, 0, 0)
      let base = values.count
      values.append(runs[cursor].node)
      while cursor + 1 < runs.count, runs[cursor + 1].first.ipv4 <= last {
        cursor += 1
        let slot = runs[cursor].first.ipv4 & 255
        let bit: UInt64 = 1 << UInt64(slot & 63)
        values.append(runs[cursor].node)
        switch slot >> 6 {
        case 0: starts.0 |= bit
        case 1: starts.1 |= bit
        case 2: starts.2 |= bit
        default: starts.3 |= bit
        }
      }
      let one = UInt16(starts.0.nonzeroBitCount)
      let two = one + UInt16(starts.1.nonzeroBitCount)
      let three = two + UInt16(starts.2.nonzeroBitCount)
      var node = Node()
      node.starts = starts
      node.before = (0, one, two, three)
      node.base = UInt32(base)
      nodes.append(node)
      return UInt32(nodes.count - 1) | AddressLookup.nodeMark
    }

    private mutating func add(_ slots: [UInt32]) -> UInt32 {
      var starts: [UInt64] = [0, 0, 0, 0]
      var before: [UInt16] = [0, 0, 0, 0]
      let base = values.count
      for (index, slot) in slots.enumerated() {
        if index & 63 == 0 { before[index >> 6] = UInt16(values.count - base) }
        guard index == 0 || slot != slots[index - 1] else { continue }
        starts[index >> 6] |= 1 << UInt64(index & 63)
        values.append(slot)
      }
      var node = Node()
      node.starts = (starts[0], starts[1], starts[2], starts[3])
      node.before = (before[0], before[1], before[2], before[3])
      node.base = UInt32(base)
      nodes.append(node)
      return UInt32(nodes.count - 1) | AddressLookup.nodeMark
    }
  }
}
