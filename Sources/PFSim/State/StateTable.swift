/// All states: a slab of records in order of creation, a slab of keys, two indices over the keys.
///
/// A key may have several states, on different interfaces (kernel: `pf_insert_state()`).
struct StateTable {
  private(set) var states = FlatStorage<StateRecord>(alignment: 64)
  private(set) var keys = FlatStorage<StateKey>(alignment: 64)
  private(set) var routes = FlatStorage<StateRoute>(alignment: 16)
  var lanIndex = StateIndex()
  var gatewayIndex = StateIndex()
  var mappingIndex = StateIndex()
  /// The ports that endpoint-independent UDP holds.
  var ports = PortMap()
  var freeState: Int32 = -1
  var freeKey: Int32 = -1
  var freeRoute: Int32 = 0
  /// The oldest state, -1 for none.
  var first: Int32 = -1
  /// The youngest state, -1 for none.
  var last: Int32 = -1
  /// The number of states, unlinked ones included.
  var count = 0
  /// The number of the next state.
  private(set) var nextID: Int64 = 0
  /// Whether a state of NAT64 was ever made.
  private(set) var hasNAT64 = false
  /// Whether a translated connection to PPTP's control port was ever there.
  private(set) var hasPPTPControl = false

  /// Gives the memory back.
  func deallocate() {
    states.deallocate()
    keys.deallocate()
    routes.deallocate()
    lanIndex.deallocate()
    gatewayIndex.deallocate()
    mappingIndex.deallocate()
    ports.deallocate()
  }

  /// The bytes of all states, keys and indices.
  var bytes: Int {
    states.bytes + keys.bytes + routes.bytes + lanIndex.bytes + gatewayIndex.bytes
      + mappingIndex.bytes
  }

  /// The record of a state.
  @inline(__always)
  func state(_ index: Int32) -> UnsafeMutablePointer<StateRecord> { states.base + Int(index) }

  /// The record of a state's key.
  @inline(__always)
  func key(of index: Int32) -> UnsafeMutablePointer<StateKey> {
    keys.base + Int(states.base[Int(index)].key)
  }

  // MARK: Searching

  /// The key that a packet belongs to, -1 for none.
  @inline(__always)
  func findKey(_ key: StateKey, isOut: Bool) -> Int32 {
    let records = keys.base
    if isOut {
      return lanIndex.find(key.lanHash) { key.matchesLAN(records + Int($0)) }
    }
    let found = gatewayIndex.find(key.gatewayHash) { key.matchesGateway(records + Int($0)) }
    return found >= 0 || !hasNAT64 ? found : findNAT64(key)
  }

  /// Incoming IPv6 packets of NAT64, which are searched by the inside.
  private func findNAT64(_ key: StateKey) -> Int32 {
    let records = keys.base
    let found = lanIndex.find(key.lanHash) { key.matchesLAN(records + Int($0)) }
    return found >= 0 && keys.base[Int(found)].isNAT64 ? found : -1
  }

  /// The state that a packet belongs to, -1 for none (kernel: `pf_find_state()`).
  @inline(__always)
  func find(_ key: StateKey, isOut: Bool, interface: Int32) -> Int32 {
    let found = findKey(key, isOut: isOut)
    guard found >= 0 else { return -1 }
    var index = keys.base[Int(found)].firstState
    while index >= 0 {
      let own = states.base[Int(index)].interface
      if own == InterfaceRegistry.all || own == interface { return index }
      index = states.base[Int(index)].nextOfKey
    }
    return -1
  }

  // MARK: Inserting

  /// Adds a state; false when a state with its key is in the way.
  /// - Parameter indexesMapping: Whether ``firstMapping(_:_:_:_:)`` shall find it.
  mutating func insert(
    _ record: StateRecord, _ key: StateKey, indexesMapping: Bool
  ) -> Int32? {
    var target = lookupForInsert(key)
    if target >= 0 {
      // KERNEL: pf_insert_state() hangs the state on the key that is there, direction included.
      var other = keys.base[Int(target)].firstState
      while other >= 0 {
        if states.base[Int(other)].interface == record.interface { return nil }
        other = states.base[Int(other)].nextOfKey
      }
    } else {
      let records = keys.base
      let taken = gatewayIndex.find(key.gatewayHash) { key.matchesGateway(records + Int($0)) }
      guard taken < 0 else { return nil }
      target = takeKey(key)
    }
    let index = takeState(record)
    attach(index, to: target)
    append(index)
    if indexesMapping { addMapping(index) }
    if key.isPPTPControl, record.translationRule >= 0 { hasPPTPControl = true }
    return index
  }

  private func lookupForInsert(_ key: StateKey) -> Int32 {
    let records = keys.base
    return lanIndex.find(key.lanHash) { key.matchesLAN(records + Int($0)) }
  }

  private mutating func takeKey(_ key: StateKey) -> Int32 {
    var key = key
    key.isUsed = true
    key.firstState = -1
    if key.isNAT64 { hasNAT64 = true }
    let index: Int32
    if freeKey >= 0 {
      index = freeKey
      freeKey = keys.base[Int(index)].firstState
      keys.base[Int(index)] = key
    } else {
      index = Int32(truncatingIfNeeded: keys.append(key))
    }
    lanIndex.insert(key.lanHash, index)
    gatewayIndex.insert(key.gatewayHash, index)
    ports.set(key, isTaken: true)
    return index
  }

  private mutating func takeState(_ record: StateRecord) -> Int32 {
    var record = record
    record.id = nextID
    nextID += 1
    guard freeState >= 0 else { return Int32(truncatingIfNeeded: states.append(record)) }
    let index = freeState
    freeState = states.base[Int(index)].next
    states.base[Int(index)] = record
    return index
  }

  /// Puts a state among those of a key: floating ones behind, others in front.
  private func attach(_ index: Int32, to key: Int32) {
    let state = state(index)
    state.pointee.key = key
    state.pointee.isOut = keys.base[Int(key)].isOut
    state.pointee.nextOfKey = -1
    guard state.pointee.interface == InterfaceRegistry.all, keys.base[Int(key)].firstState >= 0
    else {
      state.pointee.nextOfKey = keys.base[Int(key)].firstState
      keys.base[Int(key)].firstState = index
      return
    }
    var tail = keys.base[Int(key)].firstState
    while states.base[Int(tail)].nextOfKey >= 0 { tail = states.base[Int(tail)].nextOfKey }
    states.base[Int(tail)].nextOfKey = index
  }

  private mutating func append(_ index: Int32) {
    states.base[Int(index)].previous = last
    states.base[Int(index)].next = -1
    if last >= 0 { states.base[Int(last)].next = index } else { first = index }
    last = index
    count += 1
  }

  /// Remembers a route and returns its number plus one.
  mutating func addRoute(_ route: StateRoute) -> Int32 {
    guard freeRoute != 0 else { return Int32(truncatingIfNeeded: routes.append(route)) &+ 1 }
    let index = freeRoute
    freeRoute = routes.base[Int(index &- 1)].interface
    routes.base[Int(index &- 1)] = route
    return index
  }

  /// Replaces the remote end of an endpoint-independent key, which is not part of its hash.
  func setRemote(_ key: Int32, port: UInt32, address: AddressBits?, isOut: Bool) {
    if isOut {
      keys.base[Int(key)].remotePort = port
      if let address { keys.base[Int(key)].remote = address }
    } else {
      keys.base[Int(key)].remoteGatewayPort = port
      if let address { keys.base[Int(key)].remoteGateway = address }
    }
  }

  /// Gives an ESP key the SPI of a direction that had none; false when that key is taken, which
  /// takes the state out of the search.
  mutating func complete(_ index: Int32, spi: UInt32, isOut: Bool) -> Bool {
    let key = states.base[Int(index)].key
    let old = keys.base[Int(key)]
    var new = old
    if isOut {
      new.remotePort = spi
    } else {
      new.lanPort = spi
      new.gatewayPort = spi
    }
    let records = keys.base
    let taken =
      isOut
      ? lanIndex.find(new.lanHash) { new.matchesLAN(records + Int($0)) }
      : gatewayIndex.find(new.gatewayHash) { new.matchesGateway(records + Int($0)) }
    guard taken < 0 else {
      detach(index)
      return false
    }
    removeMapping(index)
    lanIndex.remove(old.lanHash, key)
    gatewayIndex.remove(old.gatewayHash, key)
    keys.base[Int(key)] = new
    lanIndex.insert(new.lanHash, key)
    gatewayIndex.insert(new.gatewayHash, key)
    return true
  }
}
