import CIntrinsics

extension UnsafePointer<RuleIndex> {
  /// The highest priority of a rule that matches, 0 for none.
  @inline(__always)
  func best(_ header: IndexedHeader) -> UInt32 {
    let search = pointee.search
    search.begin(0, header, self)
    search.run(1)
    return search.packets.pointee.best
  }

  /// As ``best(_:)``, for packets in more pairs than there is room for.
  @inline(never)
  func bestOfAll(_ header: IndexedHeader) -> UInt32 {
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
            best = visit(key, header, best)
          }
        }
        source = begins.next
      } while source != RuleIndex.end
      destination = ends.next
    } while destination != RuleIndex.end
    return best
  }

  // MARK: Slots

  /// The slot of a key; one that is not the key's where there is none.
  private func slot(_ key: UInt64) -> UnsafePointer<RuleIndex.Slot> {
    let first = UnsafePointer<RuleIndex.Slot>(
      pointee.slots + RuleIndex.bucket(key, pointee.shift))
    let found = first.pointee.key == key ? first : first + 1
    return found.pointee.key != key && first.pointee.overflow != 0
      ? slot(key, behind: first) : found
  }

  /// As ``slot(_:)``, for a key that is not in the bucket where it belongs.
  @inline(never)
  func slot(
    _ key: UInt64, behind bucket: UnsafePointer<RuleIndex.Slot>
  ) -> UnsafePointer<RuleIndex.Slot> {
    let slots = UnsafePointer<RuleIndex.Slot>(pointee.slots)
    let mask = pointee.mask
    var place = (bucket - slots &+ 2) & mask
    while slots[place].key != key, slots[place].key != .max { place = (place &+ 1) & mask }
    return slots + place
  }

  /// The first block of a divided pair's list of rules that belong to no part, 0 for none.
  @inline(__always)
  func rest(_ slot: UnsafePointer<RuleIndex.Slot>) -> UInt32 {
    let first = slot.pointee.first
    return first & RuleIndex.Slot.indexMask
      &+ (first & RuleIndex.Slot.hasBands != 0 ? UInt32(RuleIndex.bandBlocks) : 0)
  }

  /// The first blocks of the lists of the two bands that a packet's ports lie in, 0 for none; the
  /// pair must have bands.
  @inline(__always)
  func bands(
    _ slot: UnsafePointer<RuleIndex.Slot>, _ header: IndexedHeader
  ) -> (destination: UInt32, source: UInt32) {
    let table = UnsafeRawPointer(
      pointee.blocks + Int(slot.pointee.first & RuleIndex.Slot.indexMask)
    ).assumingMemoryBound(to: UInt32.self)
    return (
      table[RuleIndex.band(header.destinationPort)],
      table[RuleIndex.bands &+ RuleIndex.band(header.sourcePort)]
    )
  }

  // MARK: The rules of a pair

  /// Looks through the rules of a key's slot for one above a priority.
  private func visit(_ key: UInt64, _ header: IndexedHeader, _ best: UInt32) -> UInt32 {
    let slot = slot(key)
    guard slot.pointee.key == key, slot.pointee.priority > best else { return best }
    return visit(slot, header, best)
  }

  /// Looks through the rules of a pair, its parts included, for one above a priority.
  @inline(never)
  func visit(
    _ slot: UnsafePointer<RuleIndex.Slot>, _ header: IndexedHeader, _ known: UInt32
  ) -> UInt32 {
    typealias Slot = RuleIndex.Slot
    let first = slot.pointee.first
    if first <= Slot.indexMask {
      let test = slot.pointee.test
      if header.passes(test) != 0, contains(header, test.sourceSet, test.destinationSet) {
        return slot.pointee.priority
      }
      return scan(first, header, known)
    }
    var best = scan(rest(slot), header, known)
    if first & Slot.dividedByDestination != 0 {
      best = visitPart(slot, .destinationPort, header.destinationPort, header, best)
    }
    if first & Slot.dividedBySource != 0 {
      best = visitPart(slot, .sourcePort, header.sourcePort, header, best)
    }
    if first & Slot.hasBands != 0 {
      let bands = bands(slot, header)
      best = scan(bands.source, header, scan(bands.destination, header, best))
    }
    return best
  }

  private func visitPart(
    _ pair: UnsafePointer<RuleIndex.Slot>, _ division: RuleIndex.Division, _ port: UInt16,
    _ header: IndexedHeader, _ best: UInt32
  ) -> UInt32 {
    let key = pair.pointee.key | RuleIndex.part(division, port)
    let slot = slot(key)
    return slot.pointee.key == key ? scan(slot.pointee.first, header, best) : best
  }

  /// Goes through a list, highest priority first, until something matches or nothing can be better.
  @inline(__always)
  func scan(_ first: UInt32, _ header: IndexedHeader, _ best: UInt32) -> UInt32 {
    var block = UnsafePointer<RuleIndex.Block>(pointee.blocks + Int(first))
    // Block 0 is empty and stands for no list.
    while block.priority(0) > best {
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
    }
    return best
  }

  /// What is left of the test of a rule whose ports fit.
  @inline(__always)
  private func passes(
    _ block: UnsafePointer<RuleIndex.Block>, _ place: Int, _ header: IndexedHeader
  ) -> Bool {
    guard header.passes(block.header(place)) != 0 else { return false }
    return !block.pointee.hasSets || isInSets(block, place, header)
  }

  /// Whether a packet's addresses are in the sets that a block's rule asks for.
  @inline(never)
  private func isInSets(
    _ block: UnsafePointer<RuleIndex.Block>, _ place: Int, _ header: IndexedHeader
  ) -> Bool {
    let sets = pointee.blockSets[block - UnsafePointer<RuleIndex.Block>(pointee.blocks)]
    return contains(header, sets.sources[place], sets.destinations[place])
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
  /// 1 where the packet passes a rule's test but for its sets, else 0; without jumps.
  @inline(__always)
  func passes(_ test: RuleIndex.Test) -> UInt32 {
    let isDestination: UInt32 =
      destinationPort &- test.destinationLow <= test.destinationSpan ? 1 : 0
    let isSource: UInt32 = sourcePort &- test.sourceLow <= test.sourceSpan ? 1 : 0
    return pfsim_opaque(isDestination) & pfsim_opaque(isSource) & passes(test.header)
  }

  /// 1 where the packet passes a test of the remaining fields, else 0.
  @inline(__always)
  fileprivate func passes(_ test: UInt16) -> UInt32 {
    UInt32(truncatingIfNeeded: headers[Int(test >> 6)] &>> UInt64(test & 63)) & 1
  }
}

extension UnsafePointer<RuleIndex.Block> {
  /// A rule's priority, read from memory.
  @inline(__always)
  fileprivate func priority(_ place: Int) -> UInt32 {
    UnsafeRawPointer(self).load(
      fromByteOffset: RuleIndex.Block.offsetOfPriorities &+ place &* 4, as: UInt32.self)
  }

  /// The number of a rule's test of the remaining fields, read from memory.
  @inline(__always)
  fileprivate func header(_ place: Int) -> UInt16 {
    UnsafeRawPointer(self).load(
      fromByteOffset: RuleIndex.Block.offsetOfHeaders &+ place &* 2, as: UInt16.self)
  }
}
