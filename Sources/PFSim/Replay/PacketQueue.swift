/// Recognised packets that wait for their turn, in order.
///
/// While a packet waits, the memory that its replay will read is fetched: first the index of
/// flows, then its flow, then the states. Nothing else happens before its turn.
struct PacketQueue {
  /// A packet in the queue.
  struct Entry {
    var packet: RecordedPacket
    /// The hash of the flow's key.
    var hash: UInt32 = 0
    /// The slot that the flow has if it is not new, -1 else; a guess.
    var expectedFlow: Int32 = -1
  }
  /// The packets that wait at most.
  static let length = 32
  /// The places of the packets.
  private let entries: UnsafeMutablePointer<Entry>
  /// Their bytes.
  private let buffers: [PacketBuffer]
  /// The number of the packet whose turn is next.
  private(set) var first = 0
  /// The number of the packet to come.
  private(set) var end = 0

  /// An empty queue.
  init() {
    entries = .allocate(capacity: Self.length)
    buffers = (0..<Self.length).map { _ in PacketBuffer() }
  }

  /// Gives the memory back.
  func deallocate() { entries.deallocate() }

  /// Whether the first packet must leave before another can come.
  var isFull: Bool { end &- first == Self.length }
  /// Whether no packet waits.
  var isEmpty: Bool { end == first }

  /// The packet with a number.
  @inline(__always)
  func entry(_ number: Int) -> UnsafeMutablePointer<Entry> {
    entries + number & (Self.length - 1)
  }

  /// The bytes of the packet with a number, also of the one to come.
  @inline(__always)
  func buffer(_ number: Int) -> PacketBuffer { buffers[number & (Self.length - 1)] }

  /// Adds a packet behind the others; its bytes are in ``buffer(_:)`` already.
  @inline(__always)
  mutating func append(_ packet: RecordedPacket, hash: UInt32) {
    entry(end).initialize(to: Entry(packet: packet, hash: hash))
    end &+= 1
  }

  /// Takes the first packet away; its entry and bytes stay until another comes.
  @inline(__always)
  mutating func removeFirst() { first &+= 1 }
}
