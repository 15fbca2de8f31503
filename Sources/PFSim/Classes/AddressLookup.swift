import CIntrinsics

/// Finds the class of an address, the innermost node of a ``PrefixForest``, in a few reads.
///
/// IPv4: a tree of 17 branches at every step over the runs of addresses of one class, four bytes a
/// run for the tree and four for the classes. One cache line of sixteen bounds tells the branch,
/// without a jump that could be mispredicted. IPv6: a table of the upper sixteen bits, then a
/// binary search. Plain pointers; the owner calls ``deallocate()``.
struct AddressLookup {
  /// The branches of a node.
  private static let branches = 17
  /// The bounds of a node: the last addresses before its branches behind the first one, moved so
  /// that they compare as signed numbers.
  private static let bounds = branches - 1
  /// IPv4: the bounds of all nodes, level by level; the last level's child is the run.
  private let tree: UnsafeMutablePointer<Int32>
  /// IPv4: where each level begins in ``tree``.
  private let levels: UnsafeMutablePointer<UnsafePointer<Int32>>
  /// IPv4: the number of levels.
  private let depth: Int
  /// IPv6: for each value of the upper sixteen bits the run that its first address lies in.
  private let root: UnsafeMutablePointer<UInt32>
  /// IPv6: the first addresses of the runs.
  private let firsts: UnsafeMutablePointer<AddressBits>
  /// The classes of the runs.
  private let values: UnsafeMutablePointer<UInt32>
  /// The bytes that the tables take.
  let bytes: Int

  /// Builds the tables of a forest.
  /// - Complexity: O(n), with 65,536 steps more for IPv6.
  init(_ forest: PrefixForest) {
    let runs = forest.intervals()
    values = Self.copy(runs.map(\.node))
    var bounds: [[Int32]] = []
    var starts: [UInt32] = []
    if forest.width == 32 {
      bounds = Self.bounds(of: runs.map(\.first.ipv4))
    } else {
      starts = Self.starts(of: runs)
    }
    tree = Self.copy(bounds.flatMap(\.self), alignment: 64)
    levels = .allocate(capacity: max(bounds.count, 1))
    var next = UnsafePointer(tree)
    for (level, numbers) in bounds.enumerated() {
      (levels + level).initialize(to: next)
      next += numbers.count
    }
    depth = bounds.count
    root = Self.copy(starts)
    firsts = Self.copy(forest.width == 32 ? [] : runs.map(\.first))
    bytes =
      bounds.reduce(0) { $0 + $1.count * 4 } + starts.count * 4
      + runs.count * (forest.width == 32 ? 4 : 20)
  }

  /// Gives the memory back.
  func deallocate() {
    tree.deallocate()
    levels.deallocate()
    root.deallocate()
    firsts.deallocate()
    values.deallocate()
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

  // MARK: IPv4

  /// The class of an IPv4 address in host order.
  @inline(__always)
  func lookup(ipv4 address: UInt32) -> UInt32 {
    let value = Self.signed(address)
    var node = 0
    var level = 0
    while level < depth {
      let branch = pfsim_rank16(levels[level] + node &* Self.bounds, value)
      node = node &* Self.branches &+ Int(branch)
      level &+= 1
    }
    return values[node]
  }

  /// The classes of several IPv4 addresses.
  ///
  /// Each level of the tree is passed by all of them before the next, so that they wait for memory
  /// together.
  @inline(__always)
  func lookup(
    ipv4 addresses: UnsafePointer<UInt32>, _ count: Int, _ classes: UnsafeMutablePointer<UInt32>
  ) {
    for place in 0..<count { classes[place] = 0 }
    var level = 0
    while level < depth {
      let bounds = levels[level]
      for place in 0..<count {
        let node = Int(classes[place])
        let branch = pfsim_rank16(bounds + node &* Self.bounds, Self.signed(addresses[place]))
        classes[place] = UInt32(truncatingIfNeeded: node &* Self.branches) &+ branch
      }
      level &+= 1
    }
    for place in 0..<count { classes[place] = values[Int(classes[place])] }
  }

  /// An address such that the order of signed numbers is that of addresses.
  @inline(__always)
  private static func signed(_ address: UInt32) -> Int32 {
    Int32(bitPattern: address ^ 0x8000_0000)
  }

  /// The bounds of all nodes, level by level, for the first addresses of runs.
  ///
  /// Nodes are filled from the left, so that the number of a run follows from the branches taken.
  private static func bounds(of firsts: [UInt32]) -> [[Int32]] {
    var levels: [[Int32]] = []
    var width = 1
    while width < firsts.count {
      let nodes = (firsts.count + width * branches - 1) / (width * branches)
      var level = [Int32](repeating: .max, count: nodes * bounds)
      for place in level.indices {
        let run = (place / bounds * branches + place % bounds + 1) * width
        // A first run's address is never a bound, so that there is one before it.
        if run < firsts.count { level[place] = signed(firsts[run] - 1) }
      }
      levels.insert(level, at: 0)
      width *= branches
    }
    return levels
  }

  // MARK: IPv6

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
