/// At most four ranges of ports, all that a criterion and those of the anchors around it leave.
struct PortRanges {
  private var lows = SIMD4<UInt16>()
  private var highs = SIMD4<UInt16>()
  /// The number of ranges.
  private(set) var count = 0

  /// Every port.
  static let all = PortRanges(0, Int(UInt16.max))

  /// No port.
  init() {}

  /// The ports from one to another; none where they are in the wrong order.
  init(_ low: Int, _ high: Int) { add(low, high) }

  /// Adds the ports from one to another, where they are in order and are ports.
  /// - Returns: Whether there was room.
  @discardableResult
  mutating func add(_ low: Int, _ high: Int) -> Bool {
    guard low <= high, let low = UInt16(exactly: low), let high = UInt16(exactly: high) else {
      return true
    }
    guard count < 4 else { return false }
    lows[count] = low
    highs[count] = high
    count += 1
    return true
  }

  /// A range by its number.
  subscript(index: Int) -> ClosedRange<UInt16> { lows[index]...highs[index] }

  /// The ports that are in both; nil where they are more than four ranges.
  func meet(_ other: PortRanges) -> PortRanges? {
    var both = PortRanges()
    for index in 0..<count {
      for place in 0..<other.count {
        let low = max(lows[index], other.lows[place])
        let high = min(highs[index], other.highs[place])
        guard both.add(Int(low), Int(high)) else { return nil }
      }
    }
    return both
  }
}
