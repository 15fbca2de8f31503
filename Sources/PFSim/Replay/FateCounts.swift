/// Counters by ``PacketFate``, without storage of their own.
struct FateCounts: Sendable {
  private var values: (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32) =
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

  subscript(fate: PacketFate) -> Int {
    withUnsafeBytes(of: values) { Int($0.bindMemory(to: Int32.self)[Int(fate.rawValue)]) }
  }

  /// Counts a packet, up to what fits.
  @inline(__always)
  mutating func count(_ fate: PacketFate) {
    withUnsafeMutableBytes(of: &values) {
      let counter = $0.baseAddress?.assumingMemoryBound(to: Int32.self)
      guard let counter = counter.map({ $0 + Int(fate.rawValue) }) else { return }
      if counter.pointee < .max { counter.pointee &+= 1 }
    }
  }
}
