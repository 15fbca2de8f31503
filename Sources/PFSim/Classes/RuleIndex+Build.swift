extension RuleIndex {
  /// Builds the index; nil where there are more prefixes than it can name.
  /// - Complexity: O(n log n) for n entries.
  init?(_ entries: [Entry], sources: PrefixForest, destinations: PrefixForest) {
    guard sources.count <= Self.prefixLimit, destinations.count <= Self.prefixLimit else {
      return nil
    }
    let lists = Self.lists(of: entries)
    let bits = max(4, Int.bitWidth - (lists.count * 2).leadingZeroBitCount)
    shift = UInt64(64 - bits)
    mask = 1 << bits - 1
    slots = LargeMemory.allocate(Slot.self, 1 << bits, alignment: 64)
    slots.initialize(repeating: Slot(), count: 1 << bits)
    let total = entries.count + lists.count + 1
    candidates = LargeMemory.allocate(Candidate.self, total, alignment: 64)
    self.destinations = LargeMemory.allocate(
      DestinationLink.self, destinations.count, alignment: 64)
    self.sources = LargeMemory.allocate(SourceLink.self, sources.count, alignment: 64)
    bytes =
      (1 << bits) * MemoryLayout<Slot>.stride + total * MemoryLayout<Candidate>.stride
      + destinations.count * MemoryLayout<DestinationLink>.stride
      + sources.count * MemoryLayout<SourceLink>.stride
    candidates.initialize(to: .end)
    place(lists, entries)
    link(entries, sources, destinations)
  }

  /// A list of candidates and where it belongs.
  private struct List {
    var key: UInt64
    /// Positions in the sorted order.
    var members: [Int32]
  }

  /// The entries by pair and port, each list with its highest priority first.
  private static func lists(of entries: [Entry]) -> [List] {
    let pairs = order(entries)
    var lists: [List] = []
    var start = 0
    while start < pairs.count {
      let pair = pairs[start].key
      var end = start + 1
      while end < pairs.count, pairs[end].key == pair { end += 1 }
      divide(pairs[start..<end], entries, into: &lists)
      start = end
    }
    return lists
  }

  /// An entry's place in the order of pairs.
  private struct Place {
    var key: UInt64
    var priority: UInt32
    var index: Int32
  }

  private static func order(_ entries: [Entry]) -> [Place] {
    var places = entries.enumerated().map { index, entry in
      Place(
        key: key(entry.source, entry.destination, .rest, 0),
        priority: entry.candidate.priority, index: Int32(truncatingIfNeeded: index))
    }
    places.sort {
      $0.key != $1.key ? $0.key < $1.key : $0.priority > $1.priority
    }
    return places
  }

  /// Divides the entries of one pair by ports where they are many.
  private static func divide(
    _ pair: ArraySlice<Place>, _ entries: [Entry], into lists: inout [List]
  ) {
    guard let key = pair.first?.key else { return }
    let rest = lists.count
    lists.append(List(key: key, members: []))
    guard pair.count > longestList else {
      lists[rest].members = pair.map(\.index)
      return
    }
    var parts: [UInt64: Int] = [:]
    for place in pair {
      let candidate = entries[Int(place.index)].candidate
      let part: UInt64
      if candidate.destinationLow == candidate.destinationHigh {
        part = Division.destinationPort.rawValue << 16 | UInt64(candidate.destinationLow)
      } else if candidate.sourceLow == candidate.sourceHigh {
        part = Division.sourcePort.rawValue << 16 | UInt64(candidate.sourceLow)
      } else {
        lists[rest].members.append(place.index)
        continue
      }
      let list = parts[part] ?? lists.count
      if list == lists.count {
        lists.append(List(key: key | part, members: []))
        parts[part] = list
      }
      lists[list].members.append(place.index)
    }
  }

  /// Writes the lists and the hash table.
  private func place(_ lists: [List], _ entries: [Entry]) {
    var next = 1
    for list in lists {
      let first = next
      for member in list.members {
        (candidates + next).initialize(to: entries[Int(member)].candidate)
        next += 1
      }
      (candidates + next).initialize(to: .end)
      next += 1
      insert(
        Slot(
          key: list.key, first: UInt32(first), priority: candidates[first].priority))
    }
    for list in lists { markDivision(list) }
  }

  private func insert(_ slot: Slot) { slots[index(of: slot.key)] = slot }

  /// The place of a key, or the free place where it belongs.
  private func index(of key: UInt64) -> Int {
    var place = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> shift)
    while slots[place].key != key, slots[place].key != .max { place = (place + 1) & mask }
    return place
  }

  /// Tells the pair of a divided list about it.
  private func markDivision(_ list: List) {
    let division = list.key >> 16 & 3
    guard division != Division.rest.rawValue else { return }
    let pair = index(of: list.key & ~0x3_ffff)
    slots[pair].first |=
      division == Division.destinationPort.rawValue
      ? Slot.dividedByDestination : Slot.dividedBySource
    slots[pair].priority = max(slots[pair].priority, slots[index(of: list.key)].priority)
  }

  /// Fills in the chains of prefixes.
  private func link(_ entries: [Entry], _ forest: PrefixForest, _ other: PrefixForest) {
    let lengths = Set(entries.map { forest.prefixes[Int($0.source)].length }).sorted()
    // With more lengths than bits some share one, which costs a look-up and nothing else.
    var bit = [UInt32](repeating: 0, count: 129)
    for (index, length) in lengths.enumerated() { bit[Int(length)] = UInt32(index & 63) }
    var isUsed = [Bool](repeating: false, count: forest.count)
    destinations.initialize(repeating: DestinationLink(), count: other.count)
    for entry in entries {
      let source = Int(entry.source)
      isUsed[source] = true
      let link = destinations + Int(entry.destination)
      link.pointee.lengths |= 1 << UInt64(bit[Int(forest.prefixes[source].length)])
      link.pointee.priority = max(link.pointee.priority, entry.candidate.priority)
    }
    for node in 0..<other.count {
      let parent = Int(other.parents[node])
      destinations[node].parent =
        parent == 0 || destinations[parent].priority > 0
        ? UInt32(parent) : destinations[parent].parent
    }
    for node in 0..<forest.count {
      let parent = Int(forest.parents[node])
      let next =
        parent == 0 || isUsed[parent] ? UInt32(parent) : sources[parent].parent
      (sources + node).initialize(
        to: SourceLink(parent: next, length: bit[Int(forest.prefixes[node].length)]))
    }
  }
}
