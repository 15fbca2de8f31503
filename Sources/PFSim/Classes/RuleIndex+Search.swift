extension UnsafePointer<RuleIndex> {
  /// The highest priority of a rule that matches, 0 for none.
  ///
  /// A function of its own, and of the pointer, so that nothing of the index is copied.
  /// - Complexity: O(prefixes around the source × prefixes around the destination), in practice
  ///   a few reads.
  @inline(never)
  func best(_ header: IndexedHeader) -> UInt32 {
    if pointee.isCrowded { return bestOfMany(header) }
    var best: UInt32 = 0
    var destination = header.destination
    repeat {
      let (links, next) = chain(destination)
      var place = 0
      while place < RuleIndex.DestinationChain.capacity, links[place].lengths != 0 {
        if links[place].priority > best { search(links + place, header, &best) }
        place &+= 1
      }
      destination = next
    } while destination != RuleIndex.end
    return best
  }

  /// The prefixes around a destination class, and where the chain goes on.
  @inline(__always)
  private func chain(
    _ destination: UInt32
  ) -> (links: UnsafePointer<RuleIndex.DestinationChain.Link>, next: UInt32) {
    let chain = UnsafeRawPointer(pointee.destinations + Int(destination))
    return (
      chain.assumingMemoryBound(to: RuleIndex.DestinationChain.Link.self),
      chain.load(fromByteOffset: RuleIndex.DestinationChain.offsetOfNext, as: UInt32.self)
    )
  }

  /// Judges the pairs of a destination prefix and the prefixes around the source one by one.
  @inline(__always)
  private func search(
    _ link: UnsafePointer<RuleIndex.DestinationChain.Link>, _ header: IndexedHeader,
    _ best: inout UInt32
  ) {
    typealias Chain = RuleIndex.SourceChain
    let lengths = link.pointee.lengths
    let part = UInt64(link.pointee.node) << 40
    var source = header.source
    repeat {
      let links = UnsafeRawPointer(pointee.sources + Int(source)).assumingMemoryBound(
        to: UInt32.self)
      var place = 0
      while place < Chain.capacity, links[place] != RuleIndex.end {
        let other = links[place]
        if lengths &>> (other & 31) & 1 != 0 {
          let key = part | UInt64(other >> Chain.lengthBits) << 18
          let found = slot(key, in: RuleIndex.bucket(key, pointee.shift))
          if found.pointee.key == key, found.pointee.priority > best {
            visit(found, header, &best)
          }
        }
        place &+= 1
      }
      source = links[Chain.capacity]
    } while source != RuleIndex.end
  }

  /// As ``best(_:)``, where a packet lies in many pairs: all are collected without branches, which
  /// could not be predicted, and judged by falling priority.
  @inline(never)
  private func bestOfMany(_ header: IndexedHeader) -> UInt32 {
    var best: UInt32 = 0
    var count = 0
    var destination = header.destination
    repeat {
      let (links, next) = chain(destination)
      var place = 0
      while place < RuleIndex.DestinationChain.capacity, links[place].lengths != 0 {
        if links[place].priority > best { gather(links + place, header, &count, &best) }
        place &+= 1
      }
      destination = next
    } while destination != RuleIndex.end
    return judge(count, header, best)
  }

  /// Collects the slots of a destination prefix and the prefixes around the source.
  @inline(__always)
  private func gather(
    _ link: UnsafePointer<RuleIndex.DestinationChain.Link>, _ header: IndexedHeader,
    _ count: inout Int, _ best: inout UInt32
  ) {
    typealias Chain = RuleIndex.SourceChain
    let lengths = link.pointee.lengths
    let part = UInt64(link.pointee.node) << 40
    let scratch = pointee.scratch
    let ranks = pointee.ranks
    var source = header.source
    repeat {
      let links = UnsafeRawPointer(pointee.sources + Int(source)).assumingMemoryBound(
        to: UInt32.self)
      if count > RuleIndex.batch - Chain.capacity {
        best = judge(count, header, best)
        count = 0
      }
      var place = 0
      while place < Chain.capacity, links[place] != RuleIndex.end {
        let other = links[place]
        let key = part | UInt64(other >> Chain.lengthBits) << 18
        // Lengths that do not occur look at the first bucket, and what is not found is overwritten
        // by the next.
        let occurs = Int(lengths &>> (other & 31) & 1)
        let found = slot(key, in: RuleIndex.bucket(key, pointee.shift) & (0 &- occurs))
        scratch[count] = found
        ranks[count] = found.pointee.priority &<< 6 | UInt32(truncatingIfNeeded: count)
        count &+= found.pointee.key == key ? occurs : 0
        place &+= 1
      }
      source = links[Chain.capacity]
    } while source != RuleIndex.end
  }

  /// The slot of a key; one that is not the key's where there is none.
  @inline(__always)
  private func slot(_ key: UInt64, in place: Int) -> UnsafePointer<RuleIndex.Slot> {
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

  /// Judges the collected slots, always the one of the highest priority, until none can be better.
  @inline(never)
  private func judge(_ count: Int, _ header: IndexedHeader, _ known: UInt32) -> UInt32 {
    let ranks = pointee.ranks
    var best = known
    while true {
      var top: UInt32 = 0
      for place in 0..<count { top = max(top, ranks[place]) }
      guard top >> 6 > best else { return best }
      let chosen = Int(top & 63)
      ranks[chosen] = 0
      visit(pointee.scratch[chosen], header, &best)
    }
  }

  /// Looks through the rules of a pair.
  @inline(__always)
  private func visit(
    _ slot: UnsafePointer<RuleIndex.Slot>, _ header: IndexedHeader, _ best: inout UInt32
  ) {
    let first = slot.pointee.first
    if first > RuleIndex.Slot.indexMask {
      best = visitDivided(slot, header, best)
    } else if passes(slot.pointee.test, header) {
      best = slot.pointee.priority
    } else if first != 0 {
      best = scan(first, header, best)
    }
  }

  @inline(never)
  private func visitDivided(
    _ slot: UnsafePointer<RuleIndex.Slot>, _ header: IndexedHeader, _ known: UInt32
  ) -> UInt32 {
    typealias Division = RuleIndex.Division
    let first = slot.pointee.first
    let pair = slot.pointee.key
    var best = scan(first & RuleIndex.Slot.indexMask, header, known)
    if first & RuleIndex.Slot.dividedByDestination != 0 {
      let part = pair | Division.destinationPort.rawValue << 16 | UInt64(header.destinationPort)
      best = visitPart(part, header, best)
    }
    if first & RuleIndex.Slot.dividedBySource != 0 {
      let part = pair | Division.sourcePort.rawValue << 16 | UInt64(header.sourcePort)
      best = visitPart(part, header, best)
    }
    return best
  }

  @inline(__always)
  private func visitPart(_ key: UInt64, _ header: IndexedHeader, _ best: UInt32) -> UInt32 {
    let slot = slot(key, in: RuleIndex.bucket(key, pointee.shift))
    guard slot.pointee.key == key, slot.pointee.priority > best else { return best }
    if passes(slot.pointee.test, header) { return slot.pointee.priority }
    return slot.pointee.first == 0 ? best : scan(slot.pointee.first, header, best)
  }

  /// Goes through a list, highest priority first, until something matches or nothing can be better.
  @inline(never)
  private func scan(_ first: UInt32, _ header: IndexedHeader, _ best: UInt32) -> UInt32 {
    var next = UnsafePointer<RuleIndex.Candidate>(pointee.candidates + Int(first))
    while next.pointee.priority > best {
      if passes(next.pointee.test, header) { return next.pointee.priority }
      next += 1
    }
    return best
  }

  @inline(__always)
  private func passes(_ test: RuleIndex.Test, _ header: IndexedHeader) -> Bool {
    let number = Int(test.header)
    let destination = header.destinationPort &- test.destinationLow
    let source = header.sourcePort &- test.sourceLow
    // One branch for all three.
    let bit = UInt32(truncatingIfNeeded: header.headers[number >> 6] >> UInt64(number & 63)) & 1
    let isInside: UInt32 =
      (destination <= test.destinationSpan ? 1 : 0) & (source <= test.sourceSpan ? 1 : 0)
    guard bit & isInside != 0 else { return false }
    if test.sourceSet | test.destinationSet == 0 { return true }
    return (test.sourceSet == 0 || pointee.sourceSets.contains(test.sourceSet, header.source))
      && (test.destinationSet == 0
        || pointee.destinationSets.contains(test.destinationSet, header.destination))
  }
}
