/// Sorts ports into classes: ports of one class pass the same tests.
///
/// Plain pointers; the owner calls ``deallocate()``.
struct PortClasses {
  /// One port criterion as rules have it; operator 0 accepts every port.
  struct Test: Hashable {
    /// The operator (``Comparison``), 0 for none.
    var comparison: UInt8
    /// The first operand.
    var first: UInt16
    /// The second operand.
    var second: UInt16

    /// The ports accepted, as at most two ranges (kernel: `pf_match_port()`).
    var ranges: PortRanges {
      let a = Int(first)
      let b = Int(second)
      switch Comparison(rawValue: comparison) {
      case nil: return .all
      case .insideExclusive: return PortRanges(a + 1, b - 1)
      case .equal: return PortRanges(a, a)
      case .notEqual: return Self.outside(a, a)
      case .less: return PortRanges(0, a - 1)
      case .lessOrEqual: return PortRanges(0, a)
      case .greater: return PortRanges(a + 1, 65_535)
      case .greaterOrEqual: return PortRanges(a, 65_535)
      case .outside: return a <= b ? Self.outside(a, b) : .all
      case .range: return PortRanges(a, b)
      }
    }

    private static func outside(_ low: Int, _ high: Int) -> PortRanges {
      var ranges = PortRanges(0, low - 1)
      ranges.add(high + 1, 65_535)
      return ranges
    }
  }
  /// The class of each port.
  let table: UnsafeMutablePointer<UInt16>
  /// The number of classes.
  let count: Int

  /// Classifies all ports.
  /// - Complexity: O(tests + 65,536).
  init(_ tests: Set<Test>) {
    // Every test is a random number; the sum of those that accept a port names its class. Two
    // different sets with one sum are out of the question at 128 bits.
    var changes = [(UInt64, UInt64)](repeating: (0, 0), count: 65_537)
    var random = SplitMix64(seed: 0x706f_7274)
    for test in tests {
      let mark = (random.next(), random.next())
      let ranges = test.ranges
      for range in (0..<ranges.count).map({ ranges[$0] }) {
        for edge in [Int(range.lowerBound), Int(range.upperBound) + 1] {
          changes[edge].0 ^= mark.0
          changes[edge].1 ^= mark.1
        }
      }
    }
    table = .allocate(capacity: 65_536)
    var known: [AddressBits: UInt16] = [:]
    var sum = AddressBits.zero
    var current: UInt16 = 0
    for port in 0..<65_536 {
      let change = changes[port]
      if port == 0 || change != (0, 0) {
        sum = AddressBits(high: sum.high ^ change.0, low: sum.low ^ change.1)
        current = known[sum] ?? UInt16(truncatingIfNeeded: known.count)
        known[sum] = current
      }
      (table + port).initialize(to: current)
    }
    count = known.count
  }

  /// Gives the memory back.
  func deallocate() { table.deallocate() }
}
