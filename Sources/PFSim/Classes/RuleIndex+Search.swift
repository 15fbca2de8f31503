import CIntrinsics

extension UnsafePointer<RuleIndex> {
  /// The highest priority of a rule that matches, 0 for none.
  ///
  /// A function of its own, and of the pointer, so that nothing of the index is copied.
  /// - Complexity: O(prefixes around the source × prefixes around the destination), in practice
  ///   a few reads.
  @inline(never)
  func best(_ header: IndexedHeader) -> UInt32 {
    let pairs = pointee.pairs
    let count = findPairs(header.source, header.destination, pairs)
    return best(header, pairs, count)
  }

  /// The highest priority of a rule that matches, when the pairs around are known.
  @inline(__always)
  func best(
    _ header: IndexedHeader, _ pairs: UnsafeMutablePointer<UInt64>, _ count: Int
  ) -> UInt32 {
    if pointee.isCrowded || count > RuleIndex.batch { return bestOfMany(header, pairs, count) }
    var best: UInt32 = 0
    for place in 0..<count {
      let found = slot(pairs[place])
      if found.pointee.key == pairs[place], found.pointee.priority > best {
        best = visit(found, header, best)
      }
    }
    return best
  }

  // MARK: Pairs

  /// Begins to fetch what ``findPairs(_:_:_:)`` reads first.
  @inline(__always)
  func prefetchChains(_ source: UInt32, _ destination: UInt32) {
    pfsim_prefetch(pointee.sources + Int(source))
    pfsim_prefetch(pointee.destinations + Int(destination))
  }

  /// Finds the pairs of prefixes around two classes that rules may name, and begins to fetch their
  /// slots.
  /// - Parameter pairs: Room for the keys of ``RuleIndex/batch`` pairs.
  /// - Returns: Their number; more than ``RuleIndex/batch`` where there was not room enough.
  @inline(__always)
  func findPairs(
    _ source: UInt32, _ destination: UInt32, _ pairs: UnsafeMutablePointer<UInt64>
  ) -> Int {
    var count = 0
    var destination = destination
    repeat {
      let links = link(pointee.destinations, destination)
      var place = 0
      while place < RuleIndex.Chain.capacity, links[place] != 0 {
        findPairs(source, links + place, pairs, &count)
        place &+= 1
      }
      destination = links[RuleIndex.Chain.next]
    } while destination != RuleIndex.end
    return count
  }

  /// Finds the pairs of a destination prefix.
  @inline(__always)
  private func findPairs(
    _ source: UInt32, _ link: UnsafePointer<UInt32>, _ pairs: UnsafeMutablePointer<UInt64>,
    _ count: inout Int
  ) {
    typealias Chain = RuleIndex.Chain
    let part = UInt64(link[Chain.nodes]) << 40
    var source = source
    repeat {
      let links = self.link(pointee.sources, source)
      var meeting = pfsim_meet4(
        links, links + Chain.partners, link.pointee, link[Chain.partners])
      while meeting != 0 {
        let place = meeting.trailingZeroBitCount
        meeting &= meeting &- 1
        let key = part | UInt64(links[Chain.nodes &+ place]) << 18
        pfsim_prefetch(pointee.slots + RuleIndex.bucket(key, pointee.shift))
        if count < RuleIndex.batch { pairs[count] = key }
        count &+= 1
      }
      source = links[Chain.next]
    } while source != RuleIndex.end
  }

  /// The words of a class's chain.
  @inline(__always)
  private func link(
    _ chains: UnsafeMutablePointer<RuleIndex.Chain>, _ node: UInt32
  ) -> UnsafePointer<UInt32> {
    UnsafeRawPointer(chains + Int(node)).assumingMemoryBound(to: UInt32.self)
  }

  /// The slot of a key; one that is not the key's where there is none.
  @inline(__always)
  private func slot(_ key: UInt64) -> UnsafePointer<RuleIndex.Slot> {
    let place = RuleIndex.bucket(key, pointee.shift)
    let first = UnsafePointer<RuleIndex.Slot>(pointee.slots + place)
    let found = first.pointee.key == key ? first : first + 1
    if found.pointee.key != key, first.pointee.overflow != 0 { return slot(key, behind: place) }
    return found
  }

  @inline(never)
  private func slot(_ key: UInt64, behind bucket: Int) -> UnsafePointer<RuleIndex.Slot> {
    let slots = pointee.slots
    let mask = pointee.mask
    var place = (bucket &+ 2) & mask
    while slots[place].key != key, slots[place].key != .max { place = (place &+ 1) & mask }
    return UnsafePointer<RuleIndex.Slot>(slots + place)
  }

  // MARK: Many pairs

  /// As ``best(_:)``, where a packet lies in many pairs: they are judged by falling priority.
  @inline(never)
  private func bestOfMany(
    _ header: IndexedHeader, _ pairs: UnsafeMutablePointer<UInt64>, _ count: Int
  ) -> UInt32 {
    guard count <= RuleIndex.batch else { return bestOfAll(header) }
    let found = pointee.found
    let ranks = pointee.ranks
    for place in 0..<count {
      let slot = slot(pairs[place])
      found[place] = slot
      let priority = slot.pointee.key == pairs[place] ? slot.pointee.priority : 0
      ranks[place] = priority &<< 6 | UInt32(truncatingIfNeeded: place)
    }
    var best: UInt32 = 0
    while true {
      var top: UInt32 = 0
      for place in 0..<count { top = max(top, ranks[place]) }
      guard top >> 6 > best else { return best }
      let chosen = Int(top & 63)
      ranks[chosen] = 0
      best = visit(found[chosen], header, best)
    }
  }

  /// As ``best(_:)``, for packets in more pairs than there is room for.
  private func bestOfAll(_ header: IndexedHeader) -> UInt32 {
    var best: UInt32 = 0
    var destination = header.destination
    repeat {
      let ends = pointee.destinations[Int(destination)]
      var source = header.source
      repeat {
        let begins = pointee.sources[Int(source)]
        for other in 0..<RuleIndex.Chain.capacity where ends.marks[other] != 0 {
          for place in 0..<RuleIndex.Chain.capacity where begins.marks[place] != 0 {
            let key = RuleIndex.key(begins.nodes[place], ends.nodes[other], .rest, 0)
            let found = slot(key)
            if found.pointee.key == key, found.pointee.priority > best {
              best = visit(found, header, best)
            }
          }
        }
        source = begins.next
      } while source != RuleIndex.end
      destination = ends.next
    } while destination != RuleIndex.end
    return best
  }

  // MARK: The rules of a pair

  /// Looks through the rules of a pair for one above a priority.
  @inline(__always)
  private func visit(
    _ slot: UnsafePointer<RuleIndex.Slot>, _ header: IndexedHeader, _ best: UInt32
  ) -> UInt32 {
    let first = slot.pointee.first
    if first > RuleIndex.Slot.indexMask { return visitDivided(slot, header, best) }
    if passes(slot.pointee.test, header) { return slot.pointee.priority }
    return first == 0 ? best : scan(first, header, best)
  }

  @inline(never)
  private func visitDivided(
    _ slot: UnsafePointer<RuleIndex.Slot>, _ header: IndexedHeader, _ known: UInt32
  ) -> UInt32 {
    typealias Division = RuleIndex.Division
    let first = slot.pointee.first
    let pair = slot.pointee.key
    var best = known
    if first & RuleIndex.Slot.dividedByDestination != 0 {
      let part = pair | Division.destinationPort.rawValue << 16 | UInt64(header.destinationPort)
      best = visitPart(part, header, best)
    }
    if first & RuleIndex.Slot.dividedBySource != 0 {
      let part = pair | Division.sourcePort.rawValue << 16 | UInt64(header.sourcePort)
      best = visitPart(part, header, best)
    }
    let rest = first & RuleIndex.Slot.indexMask
    return rest == 0 ? best : scan(rest, header, best)
  }

  @inline(__always)
  private func visitPart(_ key: UInt64, _ header: IndexedHeader, _ best: UInt32) -> UInt32 {
    let slot = slot(key)
    guard slot.pointee.key == key, slot.pointee.priority > best else { return best }
    if passes(slot.pointee.test, header) { return slot.pointee.priority }
    return slot.pointee.first == 0 ? best : scan(slot.pointee.first, header, best)
  }

  /// Goes through a list, highest priority first, until something matches or nothing can be better.
  @inline(never)
  private func scan(_ first: UInt32, _ header: IndexedHeader, _ best: UInt32) -> UInt32 {
    var block = UnsafePointer<RuleIndex.Block>(pointee.blocks + Int(first))
    while true {
      let ranges = UnsafeRawPointer(block).assumingMemoryBound(to: UInt16.self)
      var inside = pfsim_inside8(ranges, header.sourcePort, header.destinationPort)
      while inside != 0 {
        let place = inside.trailingZeroBitCount
        inside &= inside &- 1
        let priority = block.priority(place)
        if priority <= best { return best }
        if passes(block, place, header) { return priority }
      }
      guard block.pointee.more != 0 else { return best }
      block += 1
      if block.priority(0) <= best { return best }
    }
  }

  @inline(__always)
  private func passes(_ test: RuleIndex.Test, _ header: IndexedHeader) -> Bool {
    let destination = header.destinationPort &- test.destinationLow
    let source = header.sourcePort &- test.sourceLow
    // One branch for all three.
    let isInside: UInt64 =
      (destination <= test.destinationSpan ? 1 : 0) & (source <= test.sourceSpan ? 1 : 0)
    guard header.passes(test.header) & isInside != 0 else { return false }
    return contains(header, test.sourceSet, test.destinationSet)
  }

  /// What is left of the test of a rule whose ports fit.
  @inline(__always)
  private func passes(
    _ block: UnsafePointer<RuleIndex.Block>, _ place: Int, _ header: IndexedHeader
  ) -> Bool {
    guard header.passes(block.number(.headers, place)) != 0 else { return false }
    return contains(
      header, block.number(.sourceSets, place), block.number(.destinationSets, place))
  }

  /// Whether a packet's addresses are in two sets.
  @inline(__always)
  private func contains(_ header: IndexedHeader, _ source: UInt16, _ destination: UInt16) -> Bool {
    if source | destination == 0 { return true }
    return (source == 0 || pointee.sourceSets.contains(source, header.source))
      && (destination == 0 || pointee.destinationSets.contains(destination, header.destination))
  }
}

extension IndexedHeader {
  /// 1 where the packet passes a test of the remaining fields, else 0.
  @inline(__always)
  fileprivate func passes(_ test: UInt16) -> UInt64 {
    headers[Int(test >> 6)] &>> UInt64(test & 63) & 1
  }
}

extension UnsafePointer<RuleIndex.Block> {
  /// A rule's priority, read from memory.
  @inline(__always)
  fileprivate func priority(_ place: Int) -> UInt32 {
    UnsafeRawPointer(self).load(
      fromByteOffset: RuleIndex.Block.offsetOfPriorities &+ place &* 4, as: UInt32.self)
  }

  /// A rule's number in a row, read from memory.
  @inline(__always)
  fileprivate func number(_ row: RuleIndex.Block.Row, _ place: Int) -> UInt16 {
    UnsafeRawPointer(self).load(
      fromByteOffset: row.rawValue &+ place &* 2, as: UInt16.self)
  }
}
