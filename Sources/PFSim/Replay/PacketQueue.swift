/// Recognised packets that wait for their turn, in order.
///
/// While a packet waits, the memory that its replay will read is fetched: first the index of
/// flows, then its flow, then the states. Nothing else happens before its turn.
struct PacketQueue {
  /// A packet in the queue.
  struct Entry {
    var packet = RecordedPacket()
    /// The slot that the flow has if it is not new, -1 else; a guess.
    var expectedFlow: Int32 = -1
  }
  /// The packets that wait at most.
  static let length = 32
  /// The places of the packets.
  private let entries: UnsafeMutablePointer<Entry>
  /// Their bytes, each retained once here.
  private let buffers: UnsafeMutablePointer<Unmanaged<PacketBuffer>>
  /// The number of the packet whose turn is next.
  private(set) var first = 0
  /// The number of the packet to come.
  private(set) var end = 0

  /// An empty queue.
  init() {
    entries = .allocate(capacity: Self.length)
    entries.initialize(repeating: Entry(), count: Self.length)
    buffers = .allocate(capacity: Self.length)
    for place in 0..<Self.length {
      (buffers + place).initialize(to: .passRetained(PacketBuffer()))
    }
  }

  /// Gives the memory back.
  func deallocate() {
    for place in 0..<Self.length { buffers[place].release() }
    buffers.deallocate()
    entries.deallocate()
  }

  /// Whether the first packet must leave before another can come.
  var isFull: Bool { end &- first == Self.length }
  /// Whether no packet waits.
  var isEmpty: Bool { end == first }

  /// The place of the packet with a number, also of the one to come.
  @inline(__always)
  func entry(_ number: Int) -> UnsafeMutablePointer<Entry> {
    entries + number & (Self.length - 1)
  }

  /// The packet with a number, also the one to come.
  @inline(__always)
  func packet(_ number: Int) -> UnsafeMutablePointer<RecordedPacket> {
    // An entry begins with its packet.
    UnsafeMutableRawPointer(entry(number)).assumingMemoryBound(to: RecordedPacket.self)
  }

  /// Shows the bytes of the packet with a number, also of the one to come.
  @inline(__always)
  func withBuffer<Result>(_ number: Int, _ body: (PacketBuffer) -> Result) -> Result {
    buffers[number & (Self.length - 1)]._withUnsafeGuaranteedRef(body)
  }

  /// Lets the packet to come, which is in its place already, wait behind the others.
  @inline(__always)
  mutating func append() {
    entry(end).pointee.expectedFlow = -1
    end &+= 1
  }

  /// Takes the first packet away; its entry and bytes stay until another comes.
  @inline(__always)
  mutating func removeFirst() { first &+= 1 }
}
