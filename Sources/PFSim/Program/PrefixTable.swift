/// The addresses of one table, with longest-prefix match, exceptions and counters.
///
/// Not thread-safe; lookups go through ``tree`` without reference counting while the table lives.
final class PrefixTable {
  /// What a change did to one prefix.
  enum Change: UInt8, Sendable {
    /// It was added, or removed.
    case done
    /// Nothing: it was there already, or was not there.
    case unchanged
    /// Nothing: it is there with the opposite sense (kernel: `PFR_FB_CONFLICT`).
    case conflict
  }

  /// The tree, at a place that stays the same for the table's life.
  let tree: UnsafeMutablePointer<PrefixTree>
  /// The entries of each family in the kernel's order, made when asked for after a change.
  private var ordered: (inet: [UInt32]?, inet6: [UInt32]?) = (nil, nil)

  /// Makes an empty table.
  init() {
    tree = .allocate(capacity: 1)
    tree.initialize(to: PrefixTree())
  }

  deinit {
    tree.pointee.deallocate()
    tree.deallocate()
  }

  /// The number of entries.
  var count: Int { tree.pointee.count }

  /// Adds an entry; bits beyond the prefix are ignored.
  /// - Parameter since: The time from which its counters count, in whole seconds.
  func insert(_ entry: TableDefinition.Entry, since: UInt32 = 0) -> Change {
    let key = Key(entry)
    let found = tree.pointee.find(key.bits, length: key.length, isIPv6: key.isIPv6)
    if found != 0 {
      return tree.pointee.entries[found].isNegated == entry.negated ? .unchanged : .conflict
    }
    _ = tree.pointee.insert(
      key.bits, length: key.length, isIPv6: key.isIPv6, isNegated: entry.negated, since: since)
    ordered = (nil, nil)
    return .done
  }

  /// Removes an entry of the same prefix and sense.
  func remove(_ entry: TableDefinition.Entry) -> Change {
    let key = Key(entry)
    let found = tree.pointee.find(key.bits, length: key.length, isIPv6: key.isIPv6)
    guard found != 0 else { return .unchanged }
    guard tree.pointee.entries[found].isNegated == entry.negated else { return .conflict }
    tree.pointee.remove(found)
    ordered = (nil, nil)
    return .done
  }

  /// Removes all entries.
  func removeAll() {
    tree.pointee.deallocate()
    tree.pointee = PrefixTree()
    ordered = (nil, nil)
  }

  /// The most specific entry around an address, whatever its sense; nil for none.
  func match(_ address: IPAddress) -> TableDefinition.Entry? {
    let index = tree.pointee.lookup(address.bits, isIPv6: address.family == .inet6)
    return index == 0 ? nil : definition(index)
  }

  /// Whether an address is in the table: its most specific entry is no exception.
  func contains(_ address: IPAddress) -> Bool { match(address).map { !$0.negated } ?? false }

  /// What the entry of exactly this prefix counted and since when; nil where there is none.
  func counts(of entry: TableDefinition.Entry) -> (counters: PrefixCounters, since: UInt32)? {
    let key = Key(entry)
    let found = tree.pointee.find(key.bits, length: key.length, isIPv6: key.isIPv6)
    guard found != 0 else { return nil }
    return (tree.pointee.counts(of: found), tree.pointee.entries[found].since)
  }

  /// Sets the counters of every entry to zero.
  func clearCounters(since: UInt32) {
    for index in order(.inet) + order(.inet6) { tree.pointee.clear(index, since: since) }
  }

  /// All entries in the order in which the kernel lists them: IPv4 before IPv6, then by address,
  /// and the more specific of two networks that begin with the same address first.
  var entries: [TableDefinition.Entry] { (order(.inet) + order(.inet6)).map(definition) }

  /// The indices of a family's entries in the kernel's order.
  /// - Complexity: O(n log n) after a change, else O(1).
  func order(_ family: AddressFamily) -> [UInt32] {
    if let known = family == .inet6 ? ordered.inet6 : ordered.inet { return known }
    let entries = tree.pointee.entries
    let used = (1..<UInt32(entries.count)).filter {
      entries[$0].isUsed && entries[$0].isIPv6 == (family == .inet6)
    }
    // KERNEL: rn_walktree() visits leaves by address; rn_addroute() keeps those of one address
    // with the longest mask first.
    let sorted = used.sorted { left, right in
      let (left, right) = (entries[left], entries[right])
      return left.bits == right.bits ? left.length > right.length : left.bits < right.bits
    }
    if family == .inet6 { ordered.inet6 = sorted } else { ordered.inet = sorted }
    return sorted
  }

  private func definition(_ index: UInt32) -> TableDefinition.Entry {
    let entry = tree.pointee.entries[index]
    return TableDefinition.Entry(
      family: entry.isIPv6 ? .inet6 : .inet, address: entry.bits, prefixLength: entry.length,
      negated: entry.isNegated)
  }

  /// An entry's prefix in the tree's terms: length within the family, bits masked.
  private struct Key {
    var bits: AddressBits
    var length: Int
    var isIPv6: Bool

    init(_ entry: TableDefinition.Entry) {
      isIPv6 = entry.family == .inet6
      length = min(Int(entry.prefixLength), isIPv6 ? 128 : 32)
      bits = entry.address & AddressBits(prefixLength: length)
    }
  }
}
