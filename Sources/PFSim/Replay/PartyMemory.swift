/// The parties of pairs of addresses recognised before, which spare a packet its look-ups.
///
/// Holds for one state of the directory: as soon as that learns, nothing older is recalled. Only
/// IPv4, where the addresses alone decide, and no packets without a source, which may ask DHCP.
struct PartyMemory {
  /// What the parties depend on.
  struct Key: Equatable {
    fileprivate let source: UInt32
    fileprivate let destination: UInt32
    /// The Ethernet addresses, all ones for one that is not known.
    fileprivate let sender: UInt64
    fileprivate let receiver: UInt64
    /// The state of the directory, from 1.
    let version: UInt64

    /// The key of a packet; nil where addresses do not decide.
    @inline(__always)
    init?(_ packet: borrowing RecordedPacket, version: UInt64) {
      guard packet.fields.family == .inet, !packet.fields.source.isZero else { return nil }
      source = packet.fields.source.ipv4
      destination = packet.fields.destination.ipv4
      sender = packet.link.source?.bits ?? .max
      receiver = packet.link.destination?.bits ?? .max
      self.version = version
    }

    fileprivate init() { (source, destination, sender, receiver, version) = (0, 0, 0, 0, 0) }

    @inline(__always)
    fileprivate var place: Int {
      let hash = HashIndex.mix(
        sender ^ UInt64(source) << 32 ^ UInt64(destination), receiver ^ 0x9e37_79b9_7f4a_7c15)
      return Int(truncatingIfNeeded: hash & UInt64(PartyMemory.size - 1))
    }
  }
  private struct Entry {
    var key = Key()
    var sender = Party.outside
    var receiver = Party.outside
    var isForeign = false
  }
  /// The pairs remembered at most; later ones take the places of others.
  private static let size = 4096
  private let entries: UnsafeMutablePointer<Entry>

  /// An empty memory.
  init() {
    entries = .allocate(capacity: Self.size)
    entries.initialize(repeating: Entry(), count: Self.size)
  }

  /// Gives the memory back.
  func deallocate() { entries.deallocate() }

  /// Fills in the parties of a packet; false where they are not known.
  @inline(__always)
  func recall(_ key: Key, _ packet: inout RecordedPacket) -> Bool {
    let entry = entries + key.place
    guard entry.pointee.key == key else { return false }
    packet.sender = entry.pointee.sender
    packet.receiver = entry.pointee.receiver
    packet.isForeign = entry.pointee.isForeign
    return true
  }

  /// Keeps the parties of a packet.
  func remember(_ key: Key, _ packet: RecordedPacket) {
    entries[key.place] = Entry(
      key: key, sender: packet.sender, receiver: packet.receiver, isForeign: packet.isForeign)
  }
}
