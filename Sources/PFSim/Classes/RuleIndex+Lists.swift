/// The lists of rules: one for each pair of prefixes, long ones divided by ports.
extension RuleIndex {
  /// An entry's place in the order of lists.
  struct Place {
    /// The pair, and the part of a long list.
    var key: UInt64
    var priority: UInt32
    var index: UInt32

    var pair: UInt64 { key & ~0x3_ffff }
    var division: Division { Division(rawValue: key >> 16 & 3) ?? .rest }

    static func isBefore(_ left: Place, _ right: Place) -> Bool {
      left.key != right.key ? left.key < right.key : left.priority > right.priority
    }
  }

  /// The entries by pair and part, those of one list by falling priority.
  static func order(_ entries: [Entry]) -> [Place] {
    var places: [Place] = []
    places.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      places.append(
        Place(
          key: key(entry.source, entry.destination, .rest, 0),
          priority: entry.candidate.priority, index: UInt32(truncatingIfNeeded: index)))
    }
    places.sort(by: Place.isBefore)
    var divided: [Place] = []
    divided.reserveCapacity(places.count)
    for pair in runs(of: places[...], by: \.pair) {
      if pair.count > longestList {
        divided += divide(pair, entries)
      } else {
        divided += pair
      }
    }
    return divided
  }

  /// Runs of places that are alike in something.
  private static func runs(
    of places: ArraySlice<Place>, by key: @escaping (Place) -> UInt64
  ) -> some Sequence<ArraySlice<Place>> {
    sequence(state: places.startIndex) { start -> ArraySlice<Place>? in
      guard start < places.endIndex else { return nil }
      let first = start
      let value = key(places[first])
      while start < places.endIndex, key(places[start]) == value { start += 1 }
      return places[first..<start]
    }
  }

  /// Divides a list.
  private static func divide(_ list: ArraySlice<Place>, _ entries: [Entry]) -> [Place] {
    var divided: [Place] = []
    for place in list {
      for part in parts(entries[place.index].candidate.test) {
        divided.append(Place(key: place.key | part, priority: place.priority, index: place.index))
      }
    }
    return divided.sorted(by: Place.isBefore)
  }

  /// The parts of a long list that a rule belongs to.
  private static func parts(_ test: Test) -> [UInt64] {
    if test.destinationSpan == 0 { return [part(.destinationPort, test.destinationLow)] }
    if test.sourceSpan == 0 { return [part(.sourcePort, test.sourceLow)] }
    let destinations = band(test.destinationLow)...band(test.destinationLow + test.destinationSpan)
    if destinations.count <= bandLimit { return destinations.map { part(.band, UInt16($0)) } }
    let sources = band(test.sourceLow)...band(test.sourceLow + test.sourceSpan)
    if sources.count <= bandLimit { return sources.map { part(.band, UInt16(bands + $0)) } }
    return [part(.rest, 0)]
  }

  /// The number of slots that the lists take, and the most blocks.
  static func count(_ places: [Place]) -> (slots: Int, blocks: Int) {
    var count = (slots: 0, blocks: 0)
    for pair in runs(of: places[...], by: \.pair) {
      count.slots += 1
      guard let last = pair.last, last.division != .rest else {
        // The best rule lies in the slot.
        count.blocks += blocks(pair.count - 1)
        continue
      }
      for part in runs(of: pair, by: \.key) {
        let division = part.first?.division
        if division == .destinationPort || division == .sourcePort { count.slots += 1 }
        count.blocks += blocks(part.count)
      }
      // The bands, and an empty list behind them.
      if last.division == .band { count.blocks += bandBlocks + 1 }
    }
    return count
  }

  /// The blocks that a number of rules takes.
  private static func blocks(_ rules: Int) -> Int {
    (rules + Block.capacity - 1) / Block.capacity
  }

  /// Writes the lists and the hash table.
  func write(_ places: [Place], _ entries: [Entry]) {
    var next = 1
    for pair in Self.runs(of: places[...], by: \.pair) {
      guard let top = pair.first, let last = pair.last else { continue }
      if last.division != .rest {
        writeDivided(pair, entries, &next)
      } else {
        let best = entries[top.index].candidate
        let behind = append(pair.dropFirst(), entries, &next)
        insert(Slot(key: top.key, first: behind, priority: best.priority, test: best.test))
      }
    }
  }

  /// The lists of a divided pair.
  private func writeDivided(
    _ places: ArraySlice<Place>, _ entries: [Entry], _ next: inout Int
  ) {
    guard let pair = places.first?.pair else { return }
    var whole = Slot(key: pair)
    let rest = places.prefix { $0.key == pair }
    if places.last?.division == .band {
      whole.first = Slot.hasBands | UInt32(truncatingIfNeeded: next)
      UnsafeMutableRawPointer(blocks + next).initializeMemory(
        as: UInt32.self, repeating: 0, count: 2 * Self.bands)
      next += Self.bandBlocks
      if append(rest, entries, &next) == 0 {
        (blocks + next).initialize(to: Block())
        next += 1
      }
    } else {
      whole.first = append(rest, entries, &next)
    }
    for part in Self.runs(of: places, by: \.key) {
      guard let top = part.first else { continue }
      whole.priority = max(whole.priority, top.priority)
      if top.division != .rest { writePart(part, top, entries, &next, of: &whole) }
    }
    insert(whole)
  }

  private func writePart(
    _ part: ArraySlice<Place>, _ top: Place, _ entries: [Entry], _ next: inout Int,
    of whole: inout Slot
  ) {
    let list = append(part, entries, &next)
    if top.division == .band {
      let bands = UnsafeMutableRawPointer(blocks + Int(whole.first & Slot.indexMask))
      bands.storeBytes(of: list, toByteOffset: Int(top.key & 0xffff) * 4, as: UInt32.self)
      return
    }
    whole.first |=
      top.division == .destinationPort ? Slot.dividedByDestination : Slot.dividedBySource
    insert(Slot(key: top.key, first: list, priority: top.priority))
  }

  /// Writes the blocks of a list; returns the first one, 0 for none.
  private func append(
    _ places: ArraySlice<Place>, _ entries: [Entry], _ next: inout Int
  ) -> UInt32 {
    guard !places.isEmpty else { return 0 }
    let first = next
    next += Self.blocks(places.count)
    for block in first..<next {
      let start = places.startIndex + (block - first) * Block.capacity
      let end = min(start + Block.capacity, places.endIndex)
      let rules = places[start..<end].map { entries[$0.index].candidate }
      let made = Block(rules, more: UInt32(truncatingIfNeeded: next - block - 1))
      (blocks + block).initialize(to: made)
      if made.hasSets { (blockSets + block).initialize(to: BlockSets(rules)) }
    }
    return UInt32(truncatingIfNeeded: first)
  }
}

extension RuleIndex.Test {
  /// Whether the rule asks for address sets.
  var hasSets: Bool { sourceSet | destinationSet != 0 }
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
      if rule.test.hasSets { hasSets = true }
    }
    self.more = more
  }
}

extension RuleIndex.BlockSets {
  /// The sets of at most eight rules.
  fileprivate init(_ rules: [RuleIndex.Candidate]) {
    for (place, rule) in rules.enumerated() {
      sources[place] = rule.test.sourceSet
      destinations[place] = rule.test.destinationSet
    }
  }
}

extension [RuleIndex.Entry] {
  fileprivate subscript(index: UInt32) -> RuleIndex.Entry { self[Int(index)] }
}
