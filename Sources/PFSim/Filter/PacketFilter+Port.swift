extension PacketFilter {
  /// Chooses the address and port of a source translation (kernel: `pf_get_sport()`).
  /// - Returns: False when nothing is free; the packet then goes on untranslated.
  func selectPort(
    _ packet: inout PacketDescription, _ rule: Int32, _ translation: inout Translation,
    _ address: inout AddressBits
  ) -> Bool {
    let body = program.body(rule)
    var initial = AddressBits.zero
    guard
      selectAddress(
        rule, key: packet.source, isIPv6: packet.isIPv6, &address, &initial, usesInitial: true,
        &translation.sourceNode)
    else { return false }
    if let port = fixedPort(&packet, rule) {
      translation.port = port
      return true
    }
    let pool = program.pools.base + Int(body.pointee.pool)
    repeat {
      if let port = freePort(&packet, rule, address, translation.port) {
        translation.port = port
        return true
      }
      // KERNEL: pf_get_sport() would go on for ever with a pool without a family.
      guard pool.pointee.family != 0,
        pool.pointee.selection == .random || pool.pointee.selection == .roundRobin,
        selectAddress(
          rule, key: packet.source, isIPv6: packet.isIPv6, &address, &initial,
          usesInitial: true, &translation.sourceNode)
      else { return false }
    } while address != initial
    return false
  }

  /// The port of a mapping that exists, or of IKE; nil where a port is to be looked for.
  private func fixedPort(_ packet: inout PacketDescription, _ rule: Int32) -> UInt32? {
    let found: Int32
    switch packet.proto {
    case .udp:
      // KERNEL: pf_get_sport() never changes IKE's port.
      if packet.sourcePort == 500 { return 500 }
      let mapping = program.body(rule).pointee.externalMapping
      guard mapping > EndpointDependence.addressAndPort.rawValue else { return nil }
      let anyRemote = mapping >= EndpointDependence.independent.rawValue
      let destination = packet.destination
      found = states.firstMapping(Mapping(rule, packet)) { anyRemote || $0.remote == destination }
    case .tcp:
      // KERNEL: pf_get_sport() gives TCP the port of any state of the same rule, address and
      // port, without asking whether it is free.
      found = states.firstMapping(Mapping(rule, packet)) { _ in true }
    default: return nil
    }
    return found < 0 ? nil : states.key(of: found).gatewayPort
  }

  /// A port, or id, that no state uses; nil when all are taken.
  private func freePort(
    _ packet: inout PacketDescription, _ rule: Int32, _ address: AddressBits, _ current: UInt32
  ) -> UInt32? {
    let body = program.body(rule)
    let pool = program.pools.base + Int(body.pointee.pool)
    var key = StateKey()
    key.proto = packet.proto
    key.gatewayIsIPv6 = packet.isIPv6
    key.lanIsIPv6 = packet.isIPv6
    key.gateway = address
    key.remoteGateway = packet.destination
    key.remoteGatewayPort =
      packet.proto == .esp ? packet.spi : UInt32(packet.destinationPort)
    // KERNEL: pf_get_sport() searches UDP with the rule's extfilter, 0 unless written, while
    // states hold at least 1.
    if packet.proto == .udp { key.variant = body.pointee.externalFilter }
    let isEcho = packet.proto == .icmp
    let low = isEcho ? 1 : UInt32(pool.pointee.firstPort)
    let high = isEcho ? 65535 : UInt32(pool.pointee.lastPort)
    guard packet.proto == .tcp || packet.proto == .udp || isEcho else {
      key.gatewayPort = key.remoteGatewayPort
      return isFree(&key) ? current : nil
    }
    if low == 0, high == 0 {
      key.gatewayPort = current
      return isFree(&key) ? current : nil
    }
    if low == high {
      key.gatewayPort = low
      return isFree(&key) ? low : nil
    }
    let choice = PortChoice(
      rule: rule, low: min(low, high), high: max(low, high), address: address.ipv4)
    lastChoice = choice
    return searchPort(&key, choice)
  }

  private func searchPort(_ key: inout StateKey, _ choice: PortChoice) -> UInt32? {
    let (low, high) = (choice.low, choice.high)
    let cut = choice.draw(&random)
    if PortMap.covers(key), !states.hasNAT64 { return findPort(key, low, high, cut) }
    for port in cut...high {
      key.gatewayPort = port
      if isFree(&key) { return port }
    }
    guard cut > low else { return nil }
    for port in (low..<cut).reversed() {
      key.gatewayPort = port
      if isFree(&key) { return port }
    }
    return nil
  }

  /// The port that searching one after the other would find, for keys of endpoint-independent UDP.
  private func findPort(
    _ key: StateKey, _ low: UInt32, _ high: UInt32, _ cut: UInt32
  ) -> UInt32? {
    if let port = states.ports.firstFree(key.gateway, in: cut...high, goingUp: true) {
      status.stateSearches &+= UInt64(port - cut + 1)
      return port
    }
    status.stateSearches &+= UInt64(high - cut + 1)
    guard cut > low else { return nil }
    let port = states.ports.firstFree(key.gateway, in: low...(cut - 1), goingUp: false)
    status.stateSearches &+= UInt64(cut - (port ?? low))
    return port
  }

  /// Whether no state has a key (kernel: `pf_find_state_all()`).
  private func isFree(_ key: inout StateKey) -> Bool {
    // DIFFERS: own-ports
    status.stateSearches &+= 1
    return !states.isTaken(key)
  }
}
