/// All states: a slab of records, two indices over their keys, and a list in order of creation.
///
/// A key may have several states, on different interfaces (kernel: `pf_insert_state()`): the
/// indices hold the first of them, and each has a copy of the key.
struct StateTable {
  private(set) var states = FlatStorage<StateRecord>(alignment: 128)
  private(set) var extras = FlatStorage<StateExtras>(alignment: 16)
  private(set) var wideHosts = FlatStorage<WideHosts>(alignment: 64)
  private(set) var routes = FlatStorage<StateRoute>(alignment: 16)
  var lanIndex = HashIndex()
  var gatewayIndex = HashIndex()
  var mappingIndex = HashIndex()
  /// The ports that endpoint-independent UDP holds.
  @Unshared var ports = PortMap()
  var freeState: Int32 = -1
  /// The free places of ``wideHosts``, linked by their first address.
  var freeWideHosts: Int32 = -1
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
    extras.deallocate()
    wideHosts.deallocate()
    routes.deallocate()
    lanIndex.deallocate()
    gatewayIndex.deallocate()
    mappingIndex.deallocate()
    ports.deallocate()
    _ports.deallocate()
  }

  /// The bytes of all states and indices.
  var bytes: Int {
    states.bytes + extras.bytes + wideHosts.bytes + routes.bytes + lanIndex.bytes
      + gatewayIndex.bytes + mappingIndex.bytes
  }

  /// The record of a state.
  @inline(__always)
  func state(_ index: Int32) -> UnsafeMutablePointer<StateRecord> { states.base + Int(index) }

  /// What few packets need of a state.
  @inline(__always)
  func extras(_ index: Int32) -> UnsafeMutablePointer<StateExtras> { extras.base + Int(index) }

  /// What a search reads, without the rest of the table.
  @inline(__always) var records: StateRecords {
    StateRecords(states: states.base, extras: extras.base, wideHosts: wideHosts.base)
  }

  /// The key of a state that is not unlinked.
  @inline(__always)
  func key(of index: Int32) -> StateKey { records.key(of: index) }

  // MARK: Searching

  /// The first state of the key that a search by the inside finds, -1 for none.
  @inline(__always)
  func findLAN(_ key: StateKey, _ hash: UInt32) -> Int32 {
    let records = records
    return lanIndex.find(hash) { key.matchesLAN(records.key(of: $0)) }
  }

  /// The first state of the key that a search by the outside finds, -1 for none.
  @inline(__always)
  func findGateway(_ key: StateKey, _ hash: UInt32) -> Int32 {
    let records = records
    return gatewayIndex.find(hash) { key.matchesGateway(records.key(of: $0)) }
  }

  /// The first state of the key that a packet belongs to, -1 for none.
  @inline(__always)
  func findKey(_ key: StateKey, isOut: Bool) -> Int32 {
    if isOut { return findLAN(key, key.lanHash) }
    let found = findGateway(key, key.gatewayHash)
    return found >= 0 || !hasNAT64 ? found : findNAT64(key)
  }

  /// Whether a packet that comes in with a key would find a state.
  @inline(__always)
  func isTaken(_ key: StateKey) -> Bool {
    guard key.hasNarrowHash, !hasNAT64 else { return isTakenOtherwise(key) }
    let records = records
    let narrow = NarrowKey(outside: key)
    return gatewayIndex.find(narrow.hash) { records.matches($0, narrow, isOut: false) } >= 0
  }

  @inline(never)
  private func isTakenOtherwise(_ key: StateKey) -> Bool { findKey(key, isOut: false) >= 0 }

  /// Incoming IPv6 packets of NAT64, which are searched by the inside.
  private func findNAT64(_ key: StateKey) -> Int32 {
    let found = findLAN(key, key.lanHash)
    return found >= 0 && self.key(of: found).isNAT64 ? found : -1
  }

  /// The state that a packet belongs to, -1 for none (kernel: `pf_find_state()`).
  @inline(__always)
  func find(_ key: StateKey, isOut: Bool, interface: Int32) -> Int32 {
    pick(findKey(key, isOut: isOut), interface)
  }

  /// The same for packets of TCP and UDP over IPv4.
  @inline(__always)
  func find(_ key: NarrowKey, isOut: Bool, interface: Int32) -> Int32 {
    let records = records
    let index = index(isOut: isOut)
    return pick(index.find(key.hash) { records.matches($0, key, isOut: isOut) }, interface)
  }

  /// Of a key's states, the first one given, the one for an interface; -1 for none.
  @inline(__always)
  private func pick(_ head: Int32, _ interface: Int32) -> Int32 {
    var index = head
    while index >= 0 {
      let own = states.base[Int(index)].interface
      if own == InterfaceRegistry.all || own == interface { return index }
      index = states.base[Int(index)].nextOfKey
    }
    return -1
  }

  /// The index that a hook's search reads.
  @inline(__always)
  func index(isOut: Bool) -> HashIndex { isOut ? lanIndex : gatewayIndex }

  // MARK: Inserting

  /// A record for a state in the making, which ``link(_:_:indexesMapping:)`` adds or
  /// ``abandon(_:)`` gives back.
  mutating func take() -> Int32 {
    guard freeState >= 0 else {
      _ = extras.append(StateExtras())
      return Int32(truncatingIfNeeded: states.append(StateRecord()))
    }
    let index = freeState
    freeState = extras(index).pointee.next
    state(index).pointee = StateRecord()
    extras(index).pointee = StateExtras()
    return index
  }

  /// Gives the record of a state back that was not added.
  mutating func abandon(_ index: Int32) {
    freeRoute(of: index)
    extras(index).pointee.next = freeState
    freeState = index
  }

  /// Adds a state; false when a state with its key is in the way.
  /// - Parameter indexesMapping: Whether ``firstMapping(_:_:)`` shall find it.
  mutating func link(_ index: Int32, _ key: StateKey, indexesMapping: Bool) -> Bool {
    guard place(index, key) else { return false }
    let state = state(index)
    state.pointee.flags.insert(.isLinked)
    state.pointee.id = nextID
    nextID &+= 1
    append(index)
    if indexesMapping { addMapping(index, key) }
    if key.isPPTPControl, state.pointee.translationRule >= 0 { hasPPTPControl = true }
    return true
  }

  /// Stores a key and lets the searches find it, unless it is taken.
  private mutating func place(_ index: Int32, _ key: StateKey) -> Bool {
    lanIndex.makeRoom()
    gatewayIndex.makeRoom()
    let hashes = key.hashes
    let records = records
    let lan = lanIndex.probe(hashes.inside) { records.matchesLAN($0, key) }
    if lan.record >= 0 {
      guard hasRoom(lan.record, state(index).pointee.interface) else { return false }
      join(index, lan.record)
      return true
    }
    let gateway = gatewayIndex.probe(hashes.outside) { records.matchesGateway($0, key) }
    guard gateway.record < 0 else { return false }
    write(key, to: index)
    lanIndex.put(hashes.inside, index, at: lan.place)
    gatewayIndex.put(hashes.outside, index, at: gateway.place)
    if PortMap.covers(key) { ports.set(key, isTaken: true) }
    if key.isNAT64 { hasNAT64 = true }
    return true
  }

  /// Whether none of a key's states is bound to an interface.
  private func hasRoom(_ head: Int32, _ interface: Int32) -> Bool {
    var other = head
    while other >= 0 {
      if states.base[Int(other)].interface == interface { return false }
      other = states.base[Int(other)].nextOfKey
    }
    return true
  }

  /// Stores a key in a record.
  mutating func write(_ key: StateKey, to index: Int32) {
    let state = state(index)
    state.pointee.proto = key.proto
    state.pointee.variant = key.variant
    var flags = state.pointee.flags
    if key.isOut { flags.insert(.isOut) }
    if key.lanIsIPv6 { flags.insert(.lanIsIPv6) }
    if key.gatewayIsIPv6 { flags.insert(.gatewayIsIPv6) }
    if key.hasCookie {
      flags.insert(.hasCookie)
      extras(index).pointee.cookie = key.cookie
    }
    state.pointee.hosts = StateHosts(key)
    if key.isWide {
      flags.insert(.isWide)
      state.pointee.hosts.widePlace = takeWideHosts(WideHosts(key))
    }
    state.pointee.flags = flags
  }

  private mutating func takeWideHosts(_ hosts: WideHosts) -> Int32 {
    guard freeWideHosts >= 0 else {
      return Int32(truncatingIfNeeded: wideHosts.append(hosts))
    }
    let place = freeWideHosts
    freeWideHosts = Int32(truncatingIfNeeded: Int64(bitPattern: wideHosts.base[Int(place)].lan.low))
    wideHosts.base[Int(place)] = hosts
    return place
  }

  /// Gives the addresses of an unlinked state's key back.
  mutating func freeWideHosts(of index: Int32) {
    let state = state(index)
    guard state.pointee.flags.contains(.isWide) else { return }
    let place = state.pointee.hosts.widePlace
    wideHosts.base[Int(place)].lan.low = UInt64(bitPattern: Int64(freeWideHosts))
    freeWideHosts = place
    state.pointee.flags.remove(.isWide)
  }

  private mutating func append(_ index: Int32) {
    extras.base[Int(index)].previous = last
    extras.base[Int(index)].next = -1
    if last >= 0 { extras.base[Int(last)].next = index } else { first = index }
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

  /// The route of a state that has one.
  func route(of index: Int32) -> StateRoute {
    routes.base[Int(extras.base[Int(index)].route &- 1)]
  }

  /// Gives the route of a freed state back.
  mutating func freeRoute(of index: Int32) {
    let route = extras.base[Int(index)].route
    guard route != 0 else { return }
    routes.base[Int(route &- 1)].interface = freeRoute
    freeRoute = route
  }
}
