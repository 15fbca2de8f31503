/// The batches of a replay, which are filled in turn.
///
/// Copies share the memory; exactly one owner calls ``deallocate()``.
struct PacketBatches {
  /// How many there are.
  let count: Int
  private let all: UnsafeMutablePointer<PacketBatch>
  /// The number of the batch that fills.
  private(set) var place = 0
  /// The packets of it that the modes were given.
  var handedOn = 0

  /// Makes empty batches.
  /// - Parameter limit: The packets of each.
  init(count: Int, limit: Int) {
    self.count = count
    all = .allocate(capacity: count)
    for number in 0..<count { (all + number).initialize(to: PacketBatch(limit: limit)) }
  }

  /// Gives the memory back.
  func deallocate() {
    for number in 0..<count { all[number].deallocate() }
    all.deallocate()
  }

  /// The batch that fills.
  @inline(__always) var current: UnsafeMutablePointer<PacketBatch> { all + place }

  /// The place of the packet to come.
  @inline(__always) var next: UnsafeMutablePointer<RecordedPacket> {
    current.pointee.packets + current.pointee.count
  }

  /// Goes on to the next batch, which keeps its packets until ``clear()``.
  mutating func turn() { place = (place + 1) % count }

  /// Empties the batch that fills.
  mutating func clear() {
    current.pointee.removeAll()
    handedOn = 0
  }
}
