/// Finds the class of an address, the innermost node of a ``PrefixForest``, in a few reads.
///
/// IPv4: a table of the upper sixteen bits, below it blocks of eight bits each. A block with few
/// runs of classes is a node of one cache line, one with many a table of 256 values. IPv6: the same
/// first table, then a binary search. Plain pointers; the owner calls ``deallocate()``.
struct AddressLookup {
  /// A block of at most nine runs.
  struct Node {
    /// The slots at which runs begin behind the first one, a byte each, the highest in the
    /// uppermost byte; 255 where there are fewer, with the last run's value repeated.
    var starts: UInt64 = .max
    /// The values of the runs.
    var values: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) =
      (0, 0, 0, 0, 0, 0, 0, 0, 0)
    /// Fills the cache line.
    private var padding: (UInt32, UInt64, UInt64) = (0, 0, 0)

    /// The most runs.
    static let capacity = 9
  }
  /// Marks a value as the index of a node.
  static let nodeMark: UInt32 = 1 << 31
  /// Marks a value as the index of a table's first value.
  static let tableMark: UInt32 = 1 << 30

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
      bytes =
        65_536 * 4 + builder.nodes.count * MemoryLayout<Node>.stride + builder.values.count * 4
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
    if top < Self.tableMark { return top }
    let middle = step(top, slot: address >> 8 & 255)
    if middle < Self.tableMark { return middle }
    return step(middle, slot: address & 255)
  }

  /// The value for a slot of a block.
  @inline(__always)
  private func step(_ reference: UInt32, slot: UInt32) -> UInt32 {
    if reference & Self.nodeMark == 0 {
      return values[Int(reference & ~Self.tableMark &+ slot)]
    }
    let node = UnsafeRawPointer(nodes + Int(reference & ~Self.nodeMark))
    let starts = node.load(as: UInt64.self)
    // Eight comparisons at once: the upper bit of each byte tells whether its run begins at or
    // before the slot.
    let upper: UInt64 = 0x8080_8080_8080_8080
    let wanted = UInt64(slot) &* 0x0101_0101_0101_0101
    let lower = (wanted | upper) &- (starts & ~upper)
    let begun = ((~starts & wanted) | (~(starts ^ wanted) & lower)) & upper
    let run = ((begun >> 7) &* 0x0101_0101_0101_0101) >> 56
    return node.load(fromByteOffset: 8 &+ Int(run) &* 4, as: UInt32.self)
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

    /// The value for a block of addresses: its class, or a node or table where there are several.
    private mutating func value(of first: UInt32, bits: Int) -> UInt32 {
      while cursor + 1 < runs.count, runs[cursor + 1].first.ipv4 <= first { cursor += 1 }
      let last = first | (UInt32(1) << UInt32(bits) &- 1)
      guard bits > 0, cursor + 1 < runs.count, runs[cursor + 1].first.ipv4 <= last else {
        return runs[cursor].node
      }
      return add(bits == 8 ? addresses(first, last) : blocks(first))
    }

    /// A run of slots with one value.
    private struct Run {
      var start: UInt32
      var value: UInt32
    }

    /// The runs of 256 single addresses.
    private mutating func addresses(_ first: UInt32, _ last: UInt32) -> [Run] {
      var found = [Run(start: 0, value: runs[cursor].node)]
      while cursor + 1 < runs.count, runs[cursor + 1].first.ipv4 <= last {
        cursor += 1
        found.append(Run(start: runs[cursor].first.ipv4 & 255, value: runs[cursor].node))
      }
      return found
    }

    /// The runs of 256 blocks of 256 addresses.
    private mutating func blocks(_ first: UInt32) -> [Run] {
      var found: [Run] = []
      for slot in 0..<256 as Range<UInt32> {
        let value = value(of: first | slot << 8, bits: 8)
        if found.last?.value != value { found.append(Run(start: slot, value: value)) }
      }
      return found
    }

    private mutating func add(_ found: [Run]) -> UInt32 {
      guard found.count > Node.capacity else { return addNode(found) }
      let base = values.count
      for (index, run) in found.enumerated() {
        let end = index + 1 < found.count ? found[index + 1].start : 256
        for _ in run.start..<end { values.append(run.value) }
      }
      return UInt32(truncatingIfNeeded: base) | AddressLookup.tableMark
    }

    private mutating func addNode(_ found: [Run]) -> UInt32 {
      var node = Node()
      withUnsafeMutableBytes(of: &node.values) { bytes in
        let values = bytes.assumingMemoryBound(to: UInt32.self)
        for index in 0..<Node.capacity { values[index] = found[min(index, found.count - 1)].value }
      }
      for index in 1..<max(found.count, 1) {
        let shift = UInt64(index - 1) * 8
        node.starts = node.starts & ~(255 << shift) | UInt64(found[index].start) << shift
      }
      nodes.append(node)
      return UInt32(truncatingIfNeeded: nodes.count - 1) | AddressLookup.nodeMark
    }
  }
}
