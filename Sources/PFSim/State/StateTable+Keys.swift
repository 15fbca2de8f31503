/// States that share a key, and changes of keys that are in use.
extension StateTable {
  /// Gives a state the key of another one and puts it among the key's states: floating ones
  /// behind, others in front.
  mutating func join(_ index: Int32, _ head: Int32) {
    // KERNEL: pf_insert_state() hangs the state on the key that is there, direction included.
    let key = key(of: head)
    write(key, to: index)
    let state = state(index)
    state.pointee.flags.insert(.sharesKey)
    states.base[Int(head)].flags.insert(.sharesKey)
    guard state.pointee.interface == InterfaceRegistry.all else {
      state.pointee.nextOfKey = head
      lanIndex.replace(key.lanHash, head, by: index)
      gatewayIndex.replace(key.gatewayHash, head, by: index)
      return
    }
    var tail = head
    while states.base[Int(tail)].nextOfKey >= 0 { tail = states.base[Int(tail)].nextOfKey }
    states.base[Int(tail)].nextOfKey = index
    state.pointee.nextOfKey = -1
  }

  /// The first state of a linked state's key.
  func head(of index: Int32) -> Int32 {
    guard states.base[Int(index)].flags.contains(.sharesKey) else { return index }
    let records = records
    return lanIndex.find(records.key(of: index).lanHash) { other in
      var other = other
      while other >= 0, other != index { other = records.states[Int(other)].nextOfKey }
      return other == index
    }
  }

  /// Stores another key of the same family in all states of a state's key.
  private func rewrite(_ key: StateKey, from head: Int32) {
    var index = head
    while index >= 0 {
      let state = state(index)
      let place = state.pointee.hosts.widePlace
      state.pointee.hosts = StateHosts(key)
      if state.pointee.flags.contains(.isWide) {
        state.pointee.hosts.widePlace = place
        wideHosts.base[Int(place)] = WideHosts(key)
      }
      index = state.pointee.nextOfKey
    }
  }

  /// Replaces the remote end of an endpoint-independent key, which is not part of its hash.
  func setRemote(of index: Int32, port: UInt32, address: AddressBits?, isOut: Bool) {
    var key = key(of: index)
    if isOut {
      key.remotePort = port
      if let address { key.remote = address }
    } else {
      key.remoteGatewayPort = port
      if let address { key.remoteGateway = address }
    }
    rewrite(key, from: head(of: index))
  }

  /// Gives an ESP key the SPI of a direction that had none; false when that key is taken, which
  /// takes the state out of the search.
  mutating func complete(_ index: Int32, spi: UInt32, isOut: Bool) -> Bool {
    let old = key(of: index)
    var new = old
    if isOut {
      new.remotePort = spi
    } else {
      new.lanPort = spi
      new.gatewayPort = spi
    }
    let taken = isOut ? findLAN(new, new.lanHash) : findGateway(new, new.gatewayHash)
    guard taken < 0 else {
      detach(index)
      return false
    }
    removeMapping(index)
    let head = head(of: index)
    lanIndex.remove(old.lanHash, head)
    gatewayIndex.remove(old.gatewayHash, head)
    rewrite(new, from: head)
    lanIndex.insert(new.lanHash, head)
    gatewayIndex.insert(new.gatewayHash, head)
    return true
  }
}
