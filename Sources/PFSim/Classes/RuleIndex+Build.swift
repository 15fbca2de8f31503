extension RuleIndex {
  /// Builds the index; nil where there are more prefixes than it can name.
  /// - Complexity: O(n log n) for n entries.
  init?(_ entries: [Entry], _ sourceSide: AddressSide, _ destinationSide: AddressSide) {
    let sources = sourceSide.forest
    let destinations = destinationSide.forest
    guard sources.count <= Self.prefixLimit, destinations.count <= Self.prefixLimit else {
      return nil
    }
    let places = Self.order(entries)
    let lists = Self.countLists(places)
    let bits = max(3, Int.bitWidth - lists.leadingZeroBitCount)
    shift = UInt64(64 - bits)
    mask = 2 << bits - 1
    slots = LargeMemory.allocate(Slot.self, 2 << bits, alignment: 64)
    slots.initialize(repeating: Slot(), count: 2 << bits)
    let total = entries.count + lists + 1
    candidates = LargeMemory.allocate(Candidate.self, total, alignment: 64)
    self.destinations = LargeMemory.allocate(
      DestinationChain.self, destinations.count, alignment: 64)
    self.sources = LargeMemory.allocate(SourceChain.self, sources.count, alignment: 64)
    sourceSets = sourceSide.sets
    destinationSets = destinationSide.sets
    scratch = .allocate(capacity: Self.batch)
    scratch.initialize(repeating: UnsafePointer(slots), count: Self.batch)
    ranks = .allocate(capacity: Self.batch)
    ranks.initialize(repeating: 0, count: Self.batch)
    bytes =
      (2 << bits) * MemoryLayout<Slot>.stride + total * MemoryLayout<Candidate>.stride
      + destinations.count * MemoryLayout<DestinationChain>.stride
      + sources.count * MemoryLayout<SourceChain>.stride
    candidates.initialize(to: .end)
    write(places, entries)
    chain(entries, sources, destinations)
    let pairs = entries.reduce(0) {
      $0 + self.sources[Int($1.source)].count * self.destinations[Int($1.destination)].count
    }
    isCrowded = pairs > entries.count * Self.crowd
  }

  /// An entry's place in the order of lists.
  private struct Place {
    /// The pair, and the division of long lists.
    var key: UInt64
    var priority: UInt32
    var index: UInt32

    var pair: UInt64 { key & ~0x3_ffff }

    static func isBefore(_ left: Place, _ right: Place) -> Bool {
      left.key != right.key ? left.key < right.key : left.priority > right.priority
    }
  }

  /// The entries by pair and division, those of one list by falling priority.
  private static func order(_ entries: [Entry]) -> [Place] {
    var places: [Place] = []
    places.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      places.append(
        Place(
          key: key(entry.source, entry.destination, .rest, 0),
          priority: entry.candidate.priority, index: UInt32(truncatingIfNeeded: index)))
    }
    places.sort(by: Place.isBefore)
    var start = 0
    while start < places.count {
      let pair = places[start].key
      var end = start + 1
      while end < places.count, places[end].key == pair { end += 1 }
      if end - start > longestList {
        for place in start..<end { places[place].key |= division(entries[places[place].index]) }
        places[start..<end].sort(by: Place.isBefore)
      }
      start = end
    }
    return places
  }

  /// The division of an entry and its port.
  private static func division(_ entry: Entry) -> UInt64 {
    let test = entry.candidate.test
    if test.destinationSpan == 0 {
      return Division.destinationPort.rawValue << 16 | UInt64(test.destinationLow)
    }
    if test.sourceSpan == 0 {
      return Division.sourcePort.rawValue << 16 | UInt64(test.sourceLow)
    }
    return 0
  }

  /// The number of slots that the lists take, pairs without undivided rules included.
  private static func countLists(_ places: [Place]) -> Int {
    var count = 0
    for place in places.indices {
      let isNew = place == 0 || places[place - 1].key != places[place].key
      guard isNew else { continue }
      count += 1
      let opensPair = place == 0 || places[place - 1].pair != places[place].pair
      if opensPair, places[place].key != places[place].pair { count += 1 }
    }
    return count
  }

  /// Writes the lists and the hash table.
  private func write(_ places: [Place], _ entries: [Entry]) {
    var next = 1
    var start = 0
    while start < places.count {
      let pair = places[start].pair
      var end = start
      while end < places.count, places[end].pair == pair { end += 1 }
      if let last = places[start..<end].last, last.key != pair {
        writeDivided(places[start..<end], entries, &next)
      } else {
        insert(list(places[start..<end], entries, &next))
      }
      start = end
    }
  }

  /// A list of its own: the best rule in the slot, the others behind it.
  private func list(
    _ places: ArraySlice<Place>, _ entries: [Entry], _ next: inout Int
  ) -> Slot {
    guard let top = places.first else { return Slot() }
    let best = entries[top.index].candidate
    var slot = Slot(key: top.key, priority: best.priority, test: best.test)
    if places.count > 1 { slot.first = append(places.dropFirst(), entries, &next) }
    return slot
  }

  /// The lists of a divided pair.
  private func writeDivided(
    _ places: ArraySlice<Place>, _ entries: [Entry], _ next: inout Int
  ) {
    guard let pair = places.first?.pair else { return }
    let rest = places.prefix { $0.key == pair }
    var whole = Slot(key: pair, first: append(rest, entries, &next))
    whole.priority = candidates[Int(whole.first)].priority
    var start = rest.endIndex
    while start < places.endIndex {
      var end = start
      while end < places.endIndex, places[end].key == places[start].key { end += 1 }
      let part = list(places[start..<end], entries, &next)
      insert(part)
      whole.priority = max(whole.priority, part.priority)
      whole.first |=
        part.key >> 16 & 3 == Division.destinationPort.rawValue
        ? Slot.dividedByDestination : Slot.dividedBySource
      start = end
    }
    insert(whole)
  }

  /// Writes candidates and their end; returns where they begin.
  private func append(
    _ places: ArraySlice<Place>, _ entries: [Entry], _ next: inout Int
  ) -> UInt32 {
    let first = next
    for place in places {
      (candidates + next).initialize(to: entries[place.index].candidate)
      next += 1
    }
    (candidates + next).initialize(to: .end)
    next += 1
    return UInt32(truncatingIfNeeded: first)
  }

  private func insert(_ slot: Slot) {
    let home = Self.bucket(slot.key, shift)
    var place = home
    while slots[place].key != .max {
      place = (place + 1) & mask
      if place == (home + 2) & mask { slots[home].overflow = 1 }
    }
    let overflow = slots[place].overflow
    slots[place] = slot
    slots[place].overflow = overflow
  }

  /// Fills in the chains of prefixes.
  private func chain(_ entries: [Entry], _ forest: PrefixForest, _ other: PrefixForest) {
    // With more lengths than bits some share one, which costs a look-up and nothing else.
    var isLength = [Bool](repeating: false, count: 129)
    var isUsed = [Bool](repeating: false, count: forest.count)
    for entry in entries {
      isUsed[Int(entry.source)] = true
      isLength[Int(forest.prefixes[Int(entry.source)].length)] = true
    }
    var bit = [UInt32](repeating: 0, count: 129)
    for (index, length) in isLength.indices.filter({ isLength[$0] }).enumerated() {
      bit[length] = UInt32(index & 31)
    }
    chainSources(forest, isUsed, bit)
    var links = [DestinationChain.Link](repeating: .init(), count: other.count)
    for entry in entries {
      let node = Int(entry.destination)
      links[node].node = entry.destination
      links[node].lengths |= 1 << bit[Int(forest.prefixes[Int(entry.source)].length)]
      links[node].priority = max(links[node].priority, entry.candidate.priority)
    }
    chainDestinations(other, links)
  }

  /// Each class's chain is itself, where it has rules, in front of its parent's.
  private func chainSources(_ forest: PrefixForest, _ isUsed: [Bool], _ bit: [UInt32]) {
    for node in 0..<forest.count {
      var chain = node == 0 ? SourceChain() : sources[Int(forest.parents[node])]
      if isUsed[node] {
        let last = chain.links.6
        // The chain's last link moves out: the chain of its own class goes on with it.
        if last != Self.end { chain.next = last >> SourceChain.lengthBits }
        let old = chain.links
        let new =
          UInt32(truncatingIfNeeded: node) << SourceChain.lengthBits
          | bit[Int(forest.prefixes[node].length)]
        chain.links = (new, old.0, old.1, old.2, old.3, old.4, old.5)
      }
      (sources + node).initialize(to: chain)
    }
  }

  private func chainDestinations(_ forest: PrefixForest, _ links: [DestinationChain.Link]) {
    for node in 0..<forest.count {
      var chain = node == 0 ? DestinationChain() : destinations[Int(forest.parents[node])]
      if links[node].lengths != 0 {
        let last = chain.links.4
        if last.lengths != 0 { chain.next = last.node }
        let old = chain.links
        chain.links = (links[node], old.0, old.1, old.2, old.3)
      }
      (destinations + node).initialize(to: chain)
    }
  }
}

extension [RuleIndex.Entry] {
  fileprivate subscript(index: UInt32) -> RuleIndex.Entry { self[Int(index)] }
}

extension RuleIndex.SourceChain {
  /// The number of links in this cache line.
  fileprivate var count: Int {
    [links.0, links.1, links.2, links.3, links.4, links.5, links.6].count { $0 != RuleIndex.end }
  }
}

extension RuleIndex.DestinationChain {
  /// The number of links in this cache line.
  fileprivate var count: Int {
    [links.0, links.1, links.2, links.3, links.4].count { $0.lengths != 0 }
  }
}
