#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Draws ranks with probabilities that fall as `1 / rank^exponent`.
struct ZipfLaw: Sendable {
  /// The cumulated probabilities, the last one being 1.
  private let cumulated: [Double]

  /// Tabulates the law.
  /// - Complexity: O(count).
  init(count: Int, exponent: Double) {
    var sum = 0.0
    let sums = (1...max(count, 1)).map { rank in
      sum += 1 / pow(Double(rank), exponent)
      return sum
    }
    cumulated = sums.map { $0 / sum }
  }

  /// A rank, from 0.
  /// - Complexity: O(log count).
  func draw(_ random: inout SplitMix64) -> Int {
    let value = random.fraction()
    var low = 0
    var high = cumulated.count - 1
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
