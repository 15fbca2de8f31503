extension PrefixTree {
  /// Removes an entry; its counters are forgotten.
  ///
  /// - Complexity: O(depth), and O(nodes inside) for a prefix that contains others.
  mutating func remove(_ entry: UInt32) {
    let top = topmost(entry)
    if top.indices.count > 1 {
      for index in top.indices { uncover(Place(node: top.node, index: index), entry) }
    } else {
      unlink(entry, from: Place(node: top.node, index: top.indices.lowerBound))
    }
    free(entry)
  }

  private mutating func unlink(_ entry: UInt32, from topmost: Place) {
    let record = entries[entry]
    let length = Int(record.length)
    var path: [Place] = []
    var place = topmost
    while true {
      path.append(place)
      let slot = self[place]
      guard slot.isNode, length > slot.depth * 4 else {
        uncover(place, entry)
        break
      }
      let index = Self.nibble(record.bits, slot.depth)
      let end = slot.depth * 4 + 4
      guard length < end else {
        place = Place(node: slot.node, index: index)
        continue
      }
      for covered in index..<index + 1 << (end - length) {
        uncover(Place(node: slot.node, index: covered), entry)
      }
      break
    }
    for place in path.reversed() { contract(place) }
  }

  /// Takes an entry out of the rank of entries that a slot's addresses meet.
  private mutating func uncover(_ place: Place, _ entry: UInt32) {
    let slot = self[place]
    if slot.isNode {
      for index in 0..<16 { uncover(Place(node: slot.node, index: index), entry) }
      return
    }
    let outer = entries[entry].parent
    if slot.raw == entry {
      self[place] = .entry(outer)
      return
    }
    var inner = slot.raw
    while inner != 0, entries[inner].parent != entry { inner = entries[inner].parent }
    if inner != 0 { entries.base[Int(inner)].parent = outer }
  }

  /// Replaces a node by the one slot that says the same, if there is one.
  private mutating func contract(_ place: Place) {
    let slot = self[place]
    guard slot.isNode else { return }
    let slots = slots(slot.node)
    var deepest = Slot.empty
    for index in 0..<16 {
      let candidate = slots[index]
      if candidate.isNode {
        guard !deepest.isNode else { return }
        deepest = candidate
      } else if !deepest.isNode, candidate != .empty,
        deepest == .empty || entries[candidate.raw].length > entries[deepest.raw].length
      {
        deepest = candidate
      }
    }
    let sample = anyEntry(below: deepest)
    let reach = deepest.isNode ? deepest.depth * 4 : sample == 0 ? 0 : Int(entries[sample].length)
    for index in 0..<16 {
      let other = slots[index]
      guard other != deepest, other != .empty else { continue }
      let outer = entries[other.raw]
      guard Int(outer.length) <= reach, outer.contains(entries[sample].bits) else { return }
    }
    self[place] = deepest
    slots[0] = Slot(raw: freeNode)
    freeNode = UInt32(truncatingIfNeeded: slot.node + 1)
  }

  private mutating func free(_ entry: UInt32) {
    let used = entries[entry].counters
    if used != 0 {
      counters.base[Int(used - 1)].blockedIn.packets = UInt64(freeCounters)
      freeCounters = used
    }
    entries.base[Int(entry)].isUsed = false
    entries.base[Int(entry)].counters = freeEntry
    freeEntry = entry
    count -= 1
  }
}
