/// Recognised packets in order, which every mode replays at its own pace.
///
/// One thread fills a batch, several may read it afterwards; nobody writes while another reads.
/// Copies share the memory; exactly one owner calls ``deallocate()``.
struct PacketBatch {
  /// The packets; the place behind the last one takes the packet to come, unless ``isFull``.
  let packets: UnsafeMutablePointer<RecordedPacket>
  /// The packets in it.
  private(set) var count = 0
  /// The bytes of all packets, one behind the other.
  private let bytes: UnsafeMutableRawPointer
  private var bytesUsed = 0
  private let limit: Int
  private let byteLimit: Int

  /// The most bytes that a packet has: those of a ``PacketBuffer``.
  private static let longestPacket = 65_536 + 256
  /// The bytes of most packets, for which there is room.
  private static let usualLength = 512

  /// Makes an empty batch for up to `limit` packets, fewer where they are long.
  init(limit: Int) {
    self.limit = limit
    byteLimit = limit * Self.usualLength + Self.longestPacket
    packets = .allocate(capacity: limit)
    packets.initialize(repeating: RecordedPacket(), count: limit)
    bytes = .allocate(byteCount: byteLimit, alignment: 64)
  }

  /// Gives the memory back.
  func deallocate() {
    packets.deallocate()
    bytes.deallocate()
  }

  /// Whether no other packet has room.
  var isFull: Bool { count == limit || byteLimit &- bytesUsed < Self.longestPacket }

  /// Adds the packet to come, which is in its place already, with its bytes.
  @inline(__always)
  mutating func append(_ buffer: PacketBuffer) {
    let length = min(buffer.count, Self.longestPacket)
    let place = bytes + bytesUsed
    place.copyMemory(from: buffer.base, byteCount: length)
    packets[count].bytes = UnsafeMutableRawBufferPointer(start: place, count: length)
    bytesUsed = (bytesUsed &+ length &+ 15) & ~15
    count &+= 1
  }

  /// Forgets all packets; their memory is used again.
  mutating func removeAll() {
    count = 0
    bytesUsed = 0
  }
}
