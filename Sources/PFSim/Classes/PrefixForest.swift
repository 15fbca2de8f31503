/// The prefixes that one side of a ruleset names in one family, nested as they contain one another.
///
/// Nodes are numbered by address, larger networks first, so that a network's parts follow it
/// without a gap. Node 0 is the whole address space. The innermost node around an address is the
/// address's class: addresses of one class are in the same networks.
struct PrefixForest {
  /// An address and the number of bits that count.
  struct Prefix: Hashable, Comparable {
    /// The address, zero behind ``length``; IPv4 as in ``AddressBits``.
    var bits: AddressBits
    /// 0…32 or 0…128.
    var length: UInt8

    static func < (left: Prefix, right: Prefix) -> Bool {
      left.bits != right.bits ? left.bits < right.bits : left.length < right.length
    }

    /// The last address.
    func last(_ width: Int) -> AddressBits {
      bits | (AddressBits(prefixLength: width) & ~AddressBits(prefixLength: Int(length)))
    }
  }
  /// A run of addresses of one class.
  struct Interval {
    /// The first address; the next interval's first ends the run.
    var first: AddressBits
    /// The node.
    var node: UInt32
  }
  /// The width of the family's addresses, 32 or 128.
  let width: Int
  /// The prefixes in order.
  private(set) var prefixes: [Prefix] = []
  /// The innermost node around each node; node 0 is its own.
  private(set) var parents: [UInt32] = []
  /// One behind the last node inside each node.
  private(set) var ends: [UInt32] = []

  /// IPv4: the prefixes as numbers in the same order.
  private var keys: [UInt64] = []

  /// Sorts and nests prefixes.
  /// - Complexity: O(n log n).
  init(_ given: [Prefix], width: Int) {
    self.width = width
    let whole = Prefix(bits: .zero, length: 0)
    prefixes.reserveCapacity(given.count + 1)
    if width == 32 {
      for key in (given.map(Self.key) + [Self.key(whole)]).sorted() where key != keys.last {
        keys.append(key)
        prefixes.append(
          Prefix(
            bits: AddressBits(ipv4: UInt32(truncatingIfNeeded: key >> 8)),
            length: UInt8(truncatingIfNeeded: key)))
      }
    } else {
      for prefix in ([whole] + given).sorted() where prefix != prefixes.last {
        prefixes.append(prefix)
      }
    }
    nest()
  }

  private static func key(_ prefix: Prefix) -> UInt64 {
    UInt64(prefix.bits.ipv4) << 8 | UInt64(prefix.length)
  }

  private mutating func nest() {
    parents = [UInt32](repeating: 0, count: prefixes.count)
    ends = [UInt32](repeating: UInt32(prefixes.count), count: prefixes.count)
    var open: [(node: Int, last: AddressBits)] = []
    for (index, prefix) in prefixes.enumerated() {
      while let top = open.last, top.last < prefix.bits {
        ends[top.node] = UInt32(index)
        open.removeLast()
      }
      parents[index] = UInt32(open.last?.node ?? 0)
      open.append((index, prefix.last(width)))
    }
  }

  /// The number of nodes, that is, of classes.
  var count: Int { prefixes.count }

  /// The node of a prefix that ``init(_:width:)`` was given.
  /// - Complexity: O(log n).
  func node(of prefix: Prefix) -> UInt32 {
    if width == 32 { return Self.place(of: Self.key(prefix), in: keys) }
    return Self.place(of: prefix, in: prefixes)
  }

  @inline(__always)
  private static func place<Key: Comparable>(of key: Key, in keys: [Key]) -> UInt32 {
    keys.withUnsafeBufferPointer { keys in
      var low = 0
      var high = keys.count - 1
      while low < high {
        let middle = (low + high) / 2
        if keys[middle] < key { low = middle + 1 } else { high = middle }
      }
      return UInt32(low)
    }
  }

  /// The whole space as runs of one class each, in order.
  /// - Complexity: O(n).
  func intervals() -> [Interval] {
    var runs: [Interval] = []
    runs.reserveCapacity(prefixes.count * 2)
    var open: [Int] = []
    func begin(_ first: AddressBits, _ node: Int) {
      if let last = runs.last, last.first == first { runs.removeLast() }
      runs.append(Interval(first: first, node: UInt32(node)))
    }
    func close(_ node: Int) {
      let last = prefixes[node].last(width)
      guard let outer = open.last, prefixes[outer].last(width) != last else { return }
      begin(last.successor(width), outer)
    }
    for (index, prefix) in prefixes.enumerated() {
      while let top = open.last, prefixes[top].last(width) < prefix.bits {
        open.removeLast()
        close(top)
      }
      begin(prefix.bits, index)
      open.append(index)
    }
    while let top = open.popLast() { close(top) }
    return runs
  }
}

extension AddressBits {
  /// The next address of a family; the last one's is zero.
  fileprivate func successor(_ width: Int) -> AddressBits {
    if width == 32 { return AddressBits(high: high &+ 1 << 32, low: 0) }
    return AddressBits(high: low == .max ? high &+ 1 : high, low: low &+ 1)
  }
}
