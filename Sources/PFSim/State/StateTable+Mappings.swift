/// Which states map the same inside host and port by the same translation rule.
extension StateTable {
  /// The first state of a mapping, -1 for none, and where the search in the index ended.
  @inline(__always)
  private func probe(_ mapping: Mapping, _ hash: UInt32) -> (record: Int32, place: Int) {
    let records = records
    return mappingIndex.probe(hash) { records.matches($0, mapping) }
  }

  /// The oldest state of a mapping that a test accepts; -1 for none.
  @inline(__always)
  func firstMapping(_ mapping: Mapping, _ accept: (StateKey) -> Bool) -> Int32 {
    var index = probe(mapping, mapping.hash).record
    while index >= 0 {
      if accept(self.key(of: index)) { return index }
      index = extras.base[Int(index)].nextOfMapping
    }
    return -1
  }

  /// Adds a state to those of its mapping.
  mutating func addMapping(_ index: Int32, _ key: StateKey) {
    let mapping = Mapping(states.base[Int(index)].translationRule, key)
    states.base[Int(index)].flags.insert(.isMapped)
    let hash = mapping.hash
    mappingIndex.makeRoom()
    let (oldest, place) = probe(mapping, hash)
    guard oldest >= 0 else {
      extras.base[Int(index)].previousOfMapping = index
      return mappingIndex.put(hash, index, at: place)
    }
    let youngest = extras.base[Int(oldest)].previousOfMapping
    extras.base[Int(youngest)].nextOfMapping = index
    extras.base[Int(index)].previousOfMapping = youngest
    extras.base[Int(oldest)].previousOfMapping = index
  }

  /// Takes a state out of those of its mapping.
  mutating func removeMapping(_ index: Int32) {
    let state = state(index)
    guard state.pointee.flags.contains(.isMapped) else { return }
    state.pointee.flags.remove(.isMapped)
    let next = extras.base[Int(index)].nextOfMapping
    let previous = extras.base[Int(index)].previousOfMapping
    let isOldest = extras.base[Int(previous)].nextOfMapping < 0
    guard isOldest || next < 0 else {
      extras.base[Int(previous)].nextOfMapping = next
      extras.base[Int(next)].previousOfMapping = previous
      return
    }
    let mapping = Mapping(state.pointee.translationRule, key(of: index))
    let hash = mapping.hash
    if !isOldest {
      extras.base[Int(previous)].nextOfMapping = -1
      let oldest = probe(mapping, hash).record
      if oldest >= 0 { extras.base[Int(oldest)].previousOfMapping = previous }
    } else if next >= 0 {
      mappingIndex.replace(hash, index, by: next)
      extras.base[Int(next)].previousOfMapping = previous
    } else {
      mappingIndex.remove(hash, index)
    }
  }
}
