extension PrefixTable {
  /// Where an address pool stands in a table between two choices.
  struct PoolPosition: Hashable, Sendable {
    /// The number of the entry in the kernel's order without exceptions; negative before the
    /// first choice.
    var index: Int
    /// The address to continue with.
    var counter: AddressBits
  }

  /// The next address of a pool that takes its addresses from this table; nil at the end, which
  /// leaves the position alone.
  ///
  /// Exceptions are not offered, nor addresses inside a network that have an entry of their own.
  /// - Complexity: O(entries passed over) lookups, and O(n log n) after the table changed.
  func next(_ position: inout PoolPosition, _ family: AddressFamily) -> AddressBits? {
    // KERNEL: pfr_pool_get(): a position that is not in its entry moves on to the next one, so a
    // fresh counter of zero skips the first entry.
    let all = order(family).filter { !tree.pointee.entries[$0].isNegated }
    let full = family == .inet6 ? 128 : 32
    var continues = position.index >= 0
    var index = max(position.index, 0)
    while index < all.count {
      let entry = tree.pointee.entries[all[index]]
      var address = continues ? position.counter : entry.bits
      if entry.contains(address),
        Int(entry.length) == full || skipNested(&address, in: all[index], family)
      {
        position = PoolPosition(index: index, counter: address)
        return address
      }
      continues = false
      index += 1
    }
    return nil
  }

  /// Moves an address behind the smaller entries inside its own; false when nothing is left.
  private func skipNested(
    _ address: inout AddressBits, in entry: UInt32, _ family: AddressFamily
  ) -> Bool {
    let outer = tree.pointee.entries[entry]
    while true {
      let found = tree.pointee.lookup(address, isIPv6: family == .inet6)
      guard found != entry, found != 0 else { return found == entry }
      // KERNEL: pfr_pool_get() makes the nested network's mask as an IPv4 one even for IPv6,
      // where it reads as zero: the last address of all comes out, and the entry is left.
      guard family == .inet else { return false }
      let inner = tree.pointee.entries[found]
      let last = inner.bits.ipv4 | ~AddressBits(prefixLength: Int(inner.length)).ipv4
      // The kernel would start over at 0.0.0.0 here, for ever if everything is nested.
      guard last != .max else { return false }
      address = AddressBits(ipv4: last + 1)
      guard outer.contains(address) else { return false }
    }
  }
}
