extension StateTable {
  /// Begins to fetch the slots that ``detach(_:)`` will empty; any number may be given.
  @inline(__always)
  func prefetchRemoval(_ index: Int32) {
    guard index >= 0, Int(index) < states.count else { return }
    let state = states.base + Int(index)
    guard state.pointee.isLinked, state.pointee.isNarrow else { return }
    let (inside, outside) = records.hashes(of: index)
    // Around a prefetch the compiler would keep a copy of the whole table.
    let (lan, gateway, mapping) = (lanIndex, gatewayIndex, mappingIndex)
    lan.prefetch(inside)
    gateway.prefetch(outside)
    guard state.pointee.flags.contains(.isMapped) else { return }
    mapping.prefetch(Mapping(state.pointee.translationRule, StateKey(state)).hash)
  }

  /// Takes a state out of the search; it keeps its place until it is freed.
  mutating func detach(_ index: Int32) {
    let state = state(index)
    guard state.pointee.isLinked else { return }
    removeMapping(index)
    let head = head(of: index)
    if head == index {
      leadBy(state.pointee.nextOfKey, instead: index)
    } else {
      var place = head
      while place >= 0, states.base[Int(place)].nextOfKey != index {
        place = states.base[Int(place)].nextOfKey
      }
      if place >= 0 { states.base[Int(place)].nextOfKey = state.pointee.nextOfKey }
    }
    state.pointee.flags.remove(.isLinked)
    freeWideHosts(of: index)
  }

  /// Lets the next state of a key, where there is one, stand in the indices for the first.
  private mutating func leadBy(_ next: Int32, instead index: Int32) {
    let (inside, outside) = records.hashes(of: index)
    if next >= 0 {
      lanIndex.replace(inside, index, by: next)
      gatewayIndex.replace(outside, index, by: next)
    } else {
      lanIndex.remove(inside, index)
      gatewayIndex.remove(outside, index)
      if state(index).pointee.proto == .udp { ports.set(key(of: index), isTaken: false) }
    }
  }

  /// Gives a detached state's record back.
  mutating func free(_ index: Int32) {
    let state = state(index)
    let more = extras(index)
    let (previous, next) = (more.pointee.previous, more.pointee.next)
    if previous >= 0 { extras.base[Int(previous)].next = next } else { first = next }
    if next >= 0 { extras.base[Int(next)].previous = previous } else { last = previous }
    state.pointee.id = -1
    abandon(index)
    count -= 1
  }
}
