extension PacketFilter {
  /// The key that a packet is searched by: its source as inside and destination as outside, in
  /// both senses.
  @inline(__always)
  func searchKey(_ packet: PacketDescription, _ proto: IPProtocol) -> StateKey {
    StateKey(
      searching: proto, from: packet.source, to: packet.destination, isIPv6: packet.isIPv6)
  }

  /// Searches a packet's state and counts the search.
  @inline(__always)
  func search(_ key: StateKey, _ run: HookRun) -> Int32 {
    status.stateSearches &+= 1
    return states.find(key, isOut: run.packet.isOut, interface: run.packet.interface)
  }

  /// Searches the state of a TCP or UDP packet by its ends and counts the search.
  @inline(__always)
  func searchEnds(_ run: inout HookRun, _ proto: IPProtocol, variant: UInt8 = 0) -> Int32 {
    guard !run.packet.isIPv6 else { return searchEnds6(&run, proto, variant) }
    status.stateSearches &+= 1
    let key = NarrowKey(
      proto, variant: variant, from: run.packet.source.ipv4, run.packet.sourcePort,
      to: run.packet.destination.ipv4, run.packet.destinationPort, isOut: run.packet.isOut)
    return states.find(key, isOut: run.packet.isOut, interface: run.packet.interface)
  }

  @inline(never)
  private func searchEnds6(
    _ run: inout HookRun, _ proto: IPProtocol, _ variant: UInt8
  ) -> Int32 {
    var key = searchKey(run.packet, proto)
    key.variant = variant
    key.setPorts(from: run.packet.sourcePort, to: run.packet.destinationPort)
    return search(key, run)
  }

  /// Takes what a search found (kernel: `pf_state_lookup_aux()`).
  /// - Returns: nil when the state is to be used, else what becomes of the packet.
  @inline(__always)
  func accept(_ found: Int32, _ run: inout HookRun) -> HookAction? {
    run.state = found
    guard found >= 0 else { return .drop }
    let state = states.state(found)
    if state.pointee.timeout == StateRecord.purge { return .drop }
    guard state.pointee.flags.contains(.hasRoute), run.packet.isOut else { return nil }
    let body = program.body(state.pointee.rule)
    let routes =
      body.pointee.routing == RoutingKind.routeTo.rawValue
      && body.pointee.direction == Direction.out.rawValue
      || body.pointee.routing == RoutingKind.replyTo.rawValue
        && body.pointee.direction == Direction.in.rawValue
    let interface = states.route(of: found).interface
    return routes && interface >= 0 && interface != run.packet.interface ? .pass : nil
  }

  /// Whether a packet goes the way of the packet that made its state.
  @inline(__always)
  func isForward(_ state: UnsafeMutablePointer<StateRecord>, _ run: borrowing HookRun) -> Bool {
    state.pointee.isOut == run.packet.isOut
  }

  /// Gives a packet of a state its translated address, where the state has one.
  func translateAddress(_ key: StateKey, _ run: inout HookRun) {
    guard key.lan != key.gateway else { return }
    if run.packet.isOut {
      run.replaceSource(key.gateway)
    } else {
      run.replaceDestination(key.lan)
    }
  }
}

extension StateKey {
  /// The key that packets of two hosts are searched by, without ports.
  @inline(__always)
  init(
    searching proto: IPProtocol, from source: AddressBits, to destination: AddressBits,
    isIPv6: Bool
  ) {
    self.init()
    self.proto = proto
    lanIsIPv6 = isIPv6
    gatewayIsIPv6 = isIPv6
    lan = source
    remote = destination
    gateway = destination
    remoteGateway = source
  }

  /// Adds the ports of TCP or UDP, in both senses.
  @inline(__always)
  mutating func setPorts(from source: UInt16, to destination: UInt16) {
    lanPort = UInt32(source)
    remotePort = UInt32(destination)
    gatewayPort = remotePort
    remoteGatewayPort = lanPort
  }
}
