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
    let bits = max(3, Int.bitWidth - lists.slots.leadingZeroBitCount)
    shift = UInt64(64 - bits)
    mask = 2 << bits - 1
    slots = LargeMemory.allocate(Slot.self, 2 << bits, alignment: 64)
    slots.initialize(repeating: Slot(), count: 2 << bits)
    // Block 0 stands for no list.
    blocks = LargeMemory.allocate(Block.self, lists.blocks + 1, alignment: 64)
    self.destinations = LargeMemory.allocate(Chain.self, destinations.count, alignment: 64)
    self.sources = LargeMemory.allocate(Chain.self, sources.count, alignment: 64)
    sourceSets = sourceSide.sets
    destinationSets = destinationSide.sets
    pairs = .allocate(capacity: Self.batch)
    pairs.initialize(repeating: 0, count: Self.batch)
    found = .allocate(capacity: Self.batch)
    found.initialize(repeating: UnsafePointer(slots), count: Self.batch)
    ranks = .allocate(capacity: Self.batch)
    ranks.initialize(repeating: 0, count: Self.batch)
    bytes =
      (2 << bits) * MemoryLayout<Slot>.stride + (lists.blocks + 1) * MemoryLayout<Block>.stride
      + (destinations.count + sources.count) * MemoryLayout<Chain>.stride
    blocks.initialize(to: Block())
    write(places, entries)
    let depths = chain(entries, sources, destinations)
    isCrowded = depths > entries.count * Self.crowd
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

  /// The number of slots that the lists take, pairs without undivided rules included, and the
  /// most blocks.
  private static func countLists(_ places: [Place]) -> (slots: Int, blocks: Int) {
    var count = (slots: 0, blocks: 0)
    var start = 0
    while start < places.count {
      var end = start + 1
      while end < places.count, places[end].key == places[start].key { end += 1 }
      count.slots += 1
      // The best rule lies in the slot, but not where the pair is divided.
      count.blocks += (end - start - 1 + Block.capacity - 1) / Block.capacity
      let opensPair = start == 0 || places[start - 1].pair != places[start].pair
      if opensPair {
        if places[start].key != places[start].pair { count.slots += 1 }
        if end < places.count, places[end].pair == places[start].pair { count.blocks += 1 }
      }
      start = end
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
    var whole = Slot(key: pair)
    if let top = rest.first {
      whole.first = append(rest, entries, &next)
      whole.priority = top.priority
    }
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

  /// Writes the blocks of a list; returns the first one.
  private func append(
    _ places: ArraySlice<Place>, _ entries: [Entry], _ next: inout Int
  ) -> UInt32 {
    let first = next
    next += (places.count + Block.capacity - 1) / Block.capacity
    for block in first..<next {
      let start = places.startIndex + (block - first) * Block.capacity
      let end = min(start + Block.capacity, places.endIndex)
      let rules = places[start..<end].map { entries[$0.index].candidate }
      (blocks + block).initialize(
        to: Block(rules, more: UInt32(truncatingIfNeeded: next - block - 1)))
    }
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
  /// - Returns: The pairs that entries lie in, summed over all of them.
  private func chain(
    _ entries: [Entry], _ sources: PrefixForest, _ destinations: PrefixForest
  ) -> Int {
    var sourcePartners = [UInt32](repeating: 0, count: sources.count)
    var destinationPartners = [UInt32](repeating: 0, count: destinations.count)
    for entry in entries {
      sourcePartners[Int(entry.source)] |= Self.mark(entry.destination)
      destinationPartners[Int(entry.destination)] |= Self.mark(entry.source)
    }
    let sourceDepths = Self.fill(self.sources, sources, sourcePartners)
    let destinationDepths = Self.fill(self.destinations, destinations, destinationPartners)
    return entries.reduce(0) {
      $0 + sourceDepths[Int($1.source)] * destinationDepths[Int($1.destination)]
    }
  }

  /// Each class's chain is itself, where it has rules, in front of its parent's.
  /// - Returns: The number of prefixes around each class.
  private static func fill(
    _ chains: UnsafeMutablePointer<Chain>, _ forest: PrefixForest, _ partners: [UInt32]
  ) -> [Int] {
    var depths = [Int](repeating: 0, count: forest.count)
    for node in 0..<forest.count {
      let parent = Int(forest.parents[node])
      var chain = node == 0 ? Chain() : chains[parent]
      depths[node] = node == 0 ? 0 : depths[parent]
      if partners[node] != 0 {
        depths[node] += 1
        chain.prepend(UInt32(truncatingIfNeeded: node), partners[node])
      }
      (chains + node).initialize(to: chain)
    }
    return depths
  }
}

extension RuleIndex.Chain {
  /// Puts a prefix before the others.
  fileprivate mutating func prepend(_ node: UInt32, _ itsPartners: UInt32) {
    // The last one moves out: the chain of its own class goes on with it.
    if marks[Self.capacity - 1] != 0 { next = nodes[Self.capacity - 1] }
    for place in (1..<Self.capacity).reversed() {
      marks[place] = marks[place - 1]
      partners[place] = partners[place - 1]
      nodes[place] = nodes[place - 1]
    }
    marks[0] = RuleIndex.mark(node)
    partners[0] = itsPartners
    nodes[0] = node
  }
}

extension RuleIndex.Block {
  /// A block of at most eight rules.
  fileprivate init(_ rules: [RuleIndex.Candidate], more: UInt32) {
    for (place, rule) in rules.enumerated() {
      priorities[place] = rule.priority
      sourceLows[place] = rule.test.sourceLow
      sourceSpans[place] = rule.test.sourceSpan
      destinationLows[place] = rule.test.destinationLow
      destinationSpans[place] = rule.test.destinationSpan
      headers[place] = rule.test.header
      sourceSets[place] = rule.test.sourceSet
      destinationSets[place] = rule.test.destinationSet
    }
    self.more = more
  }
}

extension [RuleIndex.Entry] {
  fileprivate subscript(index: UInt32) -> RuleIndex.Entry { self[Int(index)] }
}
