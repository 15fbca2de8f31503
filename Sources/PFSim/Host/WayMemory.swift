/// The ways that IPv4 packets went by destination and incoming interface, so that most packets ask
/// no list of routes and addresses.
struct WayMemory {
  private struct Entry {
    /// The key, 0 for none.
    var key: UInt64 = 0
    var way = RoutingTable.Way.host
  }
  private static let sizeBits = 9
  private let entries: UnsafeMutablePointer<Entry>

  /// An empty memory.
  init() {
    entries = .allocate(capacity: 1 << Self.sizeBits)
    entries.initialize(repeating: Entry(), count: 1 << Self.sizeBits)
  }

  /// Gives the memory back.
  func deallocate() { entries.deallocate() }

  /// Forgets all ways: routes or addresses changed.
  func forget() { entries.update(repeating: Entry(), count: 1 << Self.sizeBits) }

  /// What a packet's way depends on, never 0.
  @inline(__always)
  static func key(_ destination: UInt32, _ interface: Int32) -> UInt64 {
    UInt64(destination) << 32 | UInt64(UInt32(truncatingIfNeeded: interface) &+ 1)
  }

  @inline(__always)
  private func place(_ key: UInt64) -> UnsafeMutablePointer<Entry> {
    let hash = key &* 0x9e37_79b9_7f4a_7c15
    return entries + Int(truncatingIfNeeded: hash >> UInt64(64 - Self.sizeBits))
  }

  /// The way of an earlier packet with the key; nil where none is known.
  @inline(__always)
  func recall(_ key: UInt64) -> RoutingTable.Way? {
    let entry = place(key)
    return entry.pointee.key == key ? entry.pointee.way : nil
  }

  /// Keeps the way of a packet, in place of another's.
  func remember(_ key: UInt64, _ way: RoutingTable.Way) {
    place(key).pointee = Entry(key: key, way: way)
  }
}
