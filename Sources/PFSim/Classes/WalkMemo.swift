/// Remembers for each combination of classes which rule decides, and counts the packets.
///
/// All packets of a combination take the same walk over the rules, so one number stands for the
/// visits of all rules on it. An open addressing table of 32-byte entries; the first packet of each
/// combination is kept to walk again when the counts are asked for. Once the table is full, or where
/// hardly any combination comes twice, packets are logged one by one.
struct WalkMemo {
  /// The classes of a packet's fields.
  struct Key: Equatable {
    /// Source and destination class.
    var addresses: UInt64
    /// Port classes and the combination of the other fields, the family in the uppermost bit.
    var others: UInt64
  }
  /// One combination.
  struct Entry {
    var key: Key
    /// The packets not yet in the rules' counters; ``free`` marks a free place.
    var count: UInt64
    /// The priority of the deciding rule, ``WalkMemo/plain`` where every packet must walk, below
    /// that the number of a walk's outcome.
    var outcome: Int32
    /// The number of the first packet's header.
    var header: Int32
  }
  /// No outcome: every packet walks.
  static let plain: Int32 = -1
  /// Marks a free place.
  static let free: UInt64 = .max
  /// The most combinations remembered at once: some 16 MB.
  static let limit = 1 << 17
  /// The most packets logged at once: some 50 MB.
  static let logLimit = 1 << 20

  private(set) var entries: UnsafeMutablePointer<Entry>
  private(set) var headers = FlatStorage<FilterHeader>(alignment: 16)
  /// The packets that found no place.
  private(set) var log = FlatStorage<FilterHeader>(alignment: 16)
  private(set) var count = 0
  private(set) var capacity: Int
  private var shift: UInt64

  /// An empty memo.
  init() {
    capacity = 1 << 10
    shift = 54
    entries = Self.allocate(capacity)
  }

  /// Gives the memory back.
  func deallocate() {
    entries.deallocate()
    headers.deallocate()
    log.deallocate()
  }

  /// The number of packets logged.
  var logged: Int { log.count }
  /// Whether another combination can be remembered.
  var hasRoom: Bool { count < Self.limit }
  /// Whether another packet can be logged.
  var hasLogRoom: Bool { log.count < Self.logLimit }
  /// Whether some packets can be logged.
  func hasLogRoom(for packets: Int) -> Bool { log.count + packets <= Self.logLimit }
  /// Whether neither another combination nor another packet can be kept.
  var isFull: Bool { !hasRoom && !hasLogRoom }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Entry> {
    let memory = LargeMemory.allocate(Entry.self, capacity, alignment: 64)
    let empty = Entry(
      key: Key(addresses: 0, others: 0), count: free, outcome: plain, header: -1)
    memory.initialize(repeating: empty, count: capacity)
    return memory
  }

  @inline(__always)
  private func home(_ key: Key) -> Int {
    let mixed = (key.addresses ^ (key.others &* 0x9e37_79b9_7f4a_7c15)) &* 0xd6e8_feb8_6659_fd93
    return Int(truncatingIfNeeded: mixed >> shift)
  }

  /// Begins to fetch the place of a combination.
  @inline(__always)
  func prefetch(_ key: Key) { UnsafePointer(entries + home(key)).prefetch() }

  /// The entry of a combination, or the free place where it belongs.
  @inline(__always)
  func place(of key: Key) -> UnsafeMutablePointer<Entry> {
    var place = home(key)
    while true {
      let entry = entries + place
      if entry.pointee.key == key || entry.pointee.count == Self.free { return entry }
      place = (place &+ 1) & (capacity &- 1)
    }
  }

  /// Remembers a combination that is not there yet, or logs its packet where there is no room.
  /// - Parameter count: The packets to count: 1, or 0 for one that counted itself.
  mutating func add(_ key: Key, outcome: Int32, count: UInt64, header: FilterHeader) {
    guard hasRoom else { return add(toLog: header) }
    if self.count * 2 >= capacity { grow() }
    let number = headers.append(header)
    place(of: key).pointee = Entry(
      key: key, count: count, outcome: outcome, header: Int32(truncatingIfNeeded: number))
    self.count += 1
  }

  /// Logs a packet.
  @inline(__always)
  mutating func add(toLog header: FilterHeader) {
    if log.count == 0 { log.reserve(Self.logLimit) }
    _ = log.append(header)
  }

  private mutating func grow() {
    let old = UnsafeMutableBufferPointer(start: entries, count: capacity)
    capacity *= 4
    shift -= 2
    entries = Self.allocate(capacity)
    for entry in old where entry.count != Self.free { place(of: entry.key).pointee = entry }
    old.deallocate()
  }

  /// Forgets everything.
  mutating func removeAll() {
    entries.deallocate()
    headers.removeAll()
    log.removeAll()
    count = 0
    capacity = 1 << 10
    shift = 54
    entries = Self.allocate(capacity)
  }
}
