extension StateTable {
  /// Takes a state out of the search; it keeps its place until it is freed.
  mutating func detach(_ index: Int32) {
    let state = state(index)
    let key = state.pointee.key
    guard key >= 0 else { return }
    removeMapping(index)
    var place = keys.base[Int(key)].firstState
    if place == index {
      keys.base[Int(key)].firstState = state.pointee.nextOfKey
    } else {
      while place >= 0, states.base[Int(place)].nextOfKey != index {
        place = states.base[Int(place)].nextOfKey
      }
      if place >= 0 { states.base[Int(place)].nextOfKey = state.pointee.nextOfKey }
    }
    state.pointee.key = -1
    if keys.base[Int(key)].firstState < 0 { freeKeyRecord(key) }
  }

  private mutating func freeKeyRecord(_ index: Int32) {
    let key = keys.base[Int(index)]
    lanIndex.remove(key.lanHash, index)
    gatewayIndex.remove(key.gatewayHash, index)
    ports.set(key, isTaken: false)
    keys.base[Int(index)].isUsed = false
    keys.base[Int(index)].firstState = freeKey
    freeKey = index
  }

  /// Gives a detached state's record back.
  mutating func free(_ index: Int32) {
    let state = state(index)
    let (previous, next) = (state.pointee.previous, state.pointee.next)
    if previous >= 0 { states.base[Int(previous)].next = next } else { first = next }
    if next >= 0 { states.base[Int(next)].previous = previous } else { last = previous }
    if state.pointee.route != 0 {
      routes.base[Int(state.pointee.route &- 1)].interface = freeRoute
      freeRoute = state.pointee.route
    }
    state.pointee.id = -1
    state.pointee.next = freeState
    freeState = index
    count -= 1
  }
}
