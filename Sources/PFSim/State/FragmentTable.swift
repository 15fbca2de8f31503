/// The fragments and ranges of fragments that the filter remembers.
///
/// Memory is bounded by ``limit`` fragments and the kernel's limits for ranges.
struct FragmentTable: Sendable {
  /// What becomes of a fragment.
  enum Outcome: Hashable, Sendable {
    /// It stays for reassembly, or its bytes were there already; `grew` tells whether more
    /// fragments are held now.
    case kept(grew: Bool)
    /// It is dropped; nil where the kernel names no reason.
    case dropped(Reason?)
    /// It made its datagram whole; the packet's buffer holds that now.
    case completed
  }

  /// The number of fragments above which new ones are refused (`set limit frags`).
  var limit = 5_000
  /// How many seconds a datagram lives after its last fragment (`set timeout frag`).
  var timeout: UInt32 = 30
  /// The datagrams that are being put together.
  var datagrams: [FragmentKey: FragmentedDatagram] = [:]
  /// The datagrams whose passed ranges are remembered.
  var caches: [FragmentKey: FragmentRanges] = [:]
  /// The number of fragments held, and of entries that the kernel forgot to free.
  var fragmentCount = 0
  /// The number of ranges remembered.
  var rangeCount = 0
  private var turns: UInt64 = 0

  // KERNEL: PFFRAG_FRCACHE_HIWAT and PFFRAG_FRCENT_HIWAT.
  static let cacheLimit = 10_000
  static let rangeLimit = 50_000

  /// Removes what waited longer than ``timeout``; the kernel does so every `interval` seconds.
  mutating func purge(now: UInt32) {
    guard now >= timeout else { return }
    // KERNEL: pf_purge_expired_fragments()
    let expired = now - timeout
    for (key, datagram) in datagrams where datagram.touched <= expired { remove(datagram: key) }
    for (key, ranges) in caches where ranges.touched <= expired { remove(cache: key) }
  }

  /// Forgets everything.
  mutating func removeAll() {
    datagrams.removeAll()
    caches.removeAll()
    fragmentCount = 0
    rangeCount = 0
  }

  /// The number of the next touch.
  mutating func nextTurn() -> UInt64 {
    turns += 1
    return turns
  }

  /// Finds a datagram and lets it live on from now.
  mutating func find(datagram key: FragmentKey, now: UInt32) -> FragmentedDatagram? {
    guard datagrams[key] != nil else { return nil }
    let turn = nextTurn()
    datagrams[key]?.touched = now
    datagrams[key]?.turn = turn
    return datagrams[key]
  }

  /// Finds a datagram's ranges and lets them live on from now.
  mutating func find(cache key: FragmentKey, now: UInt32) -> FragmentRanges? {
    guard caches[key] != nil else { return nil }
    let turn = nextTurn()
    caches[key]?.touched = now
    caches[key]?.turn = turn
    return caches[key]
  }

  /// Forgets a datagram and its fragments.
  mutating func remove(datagram key: FragmentKey) {
    guard let datagram = datagrams.removeValue(forKey: key) else { return }
    fragmentCount -= datagram.fragments.count
  }

  /// Forgets a datagram's ranges.
  mutating func remove(cache key: FragmentKey) {
    guard let ranges = caches.removeValue(forKey: key) else { return }
    rangeCount -= ranges.spans.count
  }

  /// Makes room by forgetting the longest untouched tenth.
  mutating func flush() {
    // KERNEL: pf_flush_fragments()
    let fragmentGoal = fragmentCount * 9 / 10
    for (key, _) in datagrams.sorted(by: { $0.value.turn < $1.value.turn }) {
      guard fragmentGoal < fragmentCount else { break }
      remove(datagram: key)
    }
    let rangeGoal = rangeCount * 9 / 10
    for (key, _) in caches.sorted(by: { $0.value.turn < $1.value.turn }) {
      guard rangeGoal < rangeCount else { break }
      remove(cache: key)
    }
  }
}
