extension PrefixTree {
  /// Counts a packet on an entry.
  ///
  /// - Complexity: O(1); an entry's first packet may let the storage grow.
  mutating func add(
    to entry: UInt32, bytes: UInt64, isOut: Bool, passed: Bool
  ) {
    if entries[entry].counters == 0 {
      entries.base[Int(entry)].counters = takeCounters()
    }
    counters.base[Int(entries[entry].counters) - 1].add(
      bytes: bytes, isOut: isOut, passed: passed)
  }

  /// What an entry counted.
  func counts(of entry: UInt32) -> PrefixCounters {
    let used = entries[entry].counters
    return used == 0 ? PrefixCounters() : counters[used - 1]
  }

  /// Sets an entry's counters to zero.
  func clear(_ entry: UInt32, since: UInt32) {
    entries.base[Int(entry)].since = since
    let used = entries[entry].counters
    if used != 0 { counters[used - 1] = PrefixCounters() }
  }

  private mutating func takeCounters() -> UInt32 {
    guard freeCounters != 0 else {
      return UInt32(truncatingIfNeeded: counters.append(PrefixCounters()) + 1)
    }
    let used = freeCounters
    freeCounters = UInt32(truncatingIfNeeded: counters[used - 1].blockedIn.packets)
    counters[used - 1] = PrefixCounters()
    return used
  }
}
