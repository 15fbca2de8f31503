/// How long something took per packet, in nanoseconds, over many short windows.
public struct Measurement: Sendable, Hashable {
  /// The best window.
  public var minimum: Double
  /// The middle window.
  public var median: Double
  /// The number of windows.
  public var windows: Int
  /// The packets measured.
  public var packets: Int

  /// A clock in nanoseconds.
  public typealias Clock = () -> UInt64

  /// Repeats something in windows of at least 0.2 ms.
  /// - Parameters:
  ///   - items: The number of items there are; after the last one the first one follows.
  ///   - seconds: When to stop.
  ///   - once: Whether no item may come twice: the end of the items then stops earlier.
  ///   - run: Treats a range of the items.
  static func take(
    of items: Int, seconds: Double, once: Bool = false, _ clock: Clock,
    _ run: (Range<Int>) -> Void
  ) -> Measurement {
    var windows: [Double] = []
    var size = 64
    var packets = 0
    var cursor = 0
    let end = clock() &+ UInt64(seconds * 1e9)
    repeat {
      let count = min(size, items - cursor)
      let start = clock()
      run(cursor..<(cursor + count))
      let elapsed = clock() &- start
      packets += count
      cursor += count
      if elapsed < 200_000, size < 1 << 16 {
        size *= 2
      } else if count == size {
        windows.append(Double(elapsed) / Double(count))
      }
      if cursor >= items {
        if once { break }
        cursor = 0
      }
    } while clock() < end
    return Measurement(of: windows, packets: packets)
  }

  /// Sums up windows.
  init(of windows: [Double], packets: Int) {
    let sorted = windows.sorted()
    minimum = sorted.first ?? 0
    median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    self.windows = sorted.count
    self.packets = packets
  }
}
