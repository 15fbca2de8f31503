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
    let lists = Self.count(places)
    let bits = max(3, Int.bitWidth - lists.slots.leadingZeroBitCount)
    shift = UInt64(64 - bits)
    mask = 2 << bits - 1
    slots = LargeMemory.allocate(Slot.self, 2 << bits, alignment: 64)
    slots.initialize(repeating: Slot(), count: 2 << bits)
    // Block 0 stands for no list.
    blocks = LargeMemory.allocate(Block.self, lists.blocks + 1, alignment: 64)
    let hasSets = entries.contains(where: \.candidate.test.hasSets)
    blockSets = .allocate(capacity: hasSets ? lists.blocks + 1 : 1)
    self.destinations = LargeMemory.allocate(Chain.self, destinations.count, alignment: 64)
    self.sources = LargeMemory.allocate(Chain.self, sources.count, alignment: 64)
    sourceSets = sourceSide.sets
    destinationSets = destinationSide.sets
    search = RuleSearch(packets: 1)
    bytes =
      (2 << bits) * MemoryLayout<Slot>.stride + (lists.blocks + 1) * MemoryLayout<Block>.stride
      + (hasSets ? lists.blocks * MemoryLayout<BlockSets>.stride : 0)
      + (destinations.count + sources.count) * MemoryLayout<Chain>.stride
    blocks.initialize(to: Block())
    write(places, entries)
    let depths = chain(entries, sources, destinations)
    isCrowded = depths > entries.count * Self.crowd
  }

  /// Puts a slot into the hash table.
  func insert(_ slot: Slot) {
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
