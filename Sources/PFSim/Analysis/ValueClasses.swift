/// A split of the numbers 0…`limit` into runs that no criterion tells apart.
struct ValueClasses: Sendable, Hashable {
  /// The first number of each class, ascending, beginning with 0.
  private(set) var starts: [Int] = [0]
  /// The greatest number.
  let limit: Int

  /// Makes one class of all numbers.
  init(limit: Int) { self.limit = limit }

  /// The number of classes.
  var count: Int { starts.count }

  /// Splits where a criterion `low…high` begins and ends.
  mutating func split(_ low: Int, _ high: Int) {
    guard low <= high else { return }
    insert(low)
    insert(high + 1)
  }

  private mutating func insert(_ start: Int) {
    guard start > 0, start <= limit else { return }
    let index = position(of: start)
    if starts[index] != start { starts.insert(start, at: index + 1) }
  }

  /// The class of a number.
  func position(of value: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= value { low = middle } else { high = middle }
    }
    return low
  }

  /// The greatest number of a class.
  func end(of index: Int) -> Int { index + 1 < starts.count ? starts[index + 1] - 1 : limit }
}

/// A split of 0…255 into the classes that a list of criteria tells apart.
struct ByteClasses: Sendable, Hashable {
  /// The class of each number.
  private(set) var classes = [UInt8](repeating: 0, count: 256)
  /// The number of classes.
  private(set) var count = 1

  /// Splits every class by a criterion.
  mutating func split(_ criterion: (UInt8) -> Bool) {
    var renumbered: [Int: UInt8] = [:]
    for value in 0...255 {
      let key = Int(classes[value]) * 2 + (criterion(UInt8(value)) ? 1 : 0)
      let number = renumbered[key] ?? UInt8(truncatingIfNeeded: renumbered.count)
      renumbered[key] = number
      classes[value] = number
    }
    count = renumbered.count
  }

  /// The class of a number.
  func position(of value: UInt8) -> Int { Int(classes[Int(value)]) }

  /// The least number of a class.
  func representative(of index: Int) -> UInt8 {
    UInt8(classes.firstIndex { Int($0) == index } ?? 0)
  }
}

extension PortMatch {
  /// The ports that match, as ranges with both ends included.
  ///
  /// KERNEL: pf_match compares numbers in host order; port 0 never meets a rule
  /// (pf_test drops it), so ranges start at 1.
  var ranges: [ClosedRange<Int>] {
    let a = Int(first)
    let b = Int(second)
    let parts: [(Int, Int)] =
      switch comparison {
      case .insideExclusive: [(a + 1, b - 1)]
      case .equal: [(a, a)]
      case .notEqual: [(1, a - 1), (a + 1, 65535)]
      case .less: [(1, a - 1)]
      case .lessOrEqual: [(1, a)]
      case .greater: [(a + 1, 65535)]
      case .greaterOrEqual: [(a, 65535)]
      case .outside: [(1, a - 1), (b + 1, 65535)]
      case .range: [(a, b)]
      }
    return parts.compactMap { low, high in
      let low = max(low, 1)
      return low <= high && low <= 65535 ? low...min(high, 65535) : nil
    }
  }
}
