extension PacketFilter {
  /// Searches and tracks a UDP packet's state (kernel: `pf_test_state_udp()`).
  func testUDPState(_ run: inout HookRun) -> HookAction {
    var found: Int32
    if run.isIKE {
      // KERNEL: pf_test_state_udp() does not search short IKE messages: the rules decide.
      guard let cookie = run.cookie else { return .drop }
      found = searchIKE(&run, cookie)
    } else {
      found = searchEnds(&run, .udp, variant: 1)
      if found < 0 { found = searchEnds(&run, .udp, variant: 2) }
      if found < 0 { found = searchEnds(&run, .udp, variant: 3) }
    }
    if let fate = accept(found, &run) { return fate }
    let state = states.state(found)
    if isForward(state, run) {
      trackPair(state, &state.pointee.source, &state.pointee.destination, .udpSingle, .udpMultiple)
    } else {
      trackPair(state, &state.pointee.destination, &state.pointee.source, .udpSingle, .udpMultiple)
    }
    if state.pointee.variant > 1 { moveRemote(of: found, &run) }
    translatePorts(state, &run, isUDP: true)
    return .pass
  }

  /// Searches the state of an IKE message, one without a cookie in every way that UDP is searched.
  private func searchIKE(_ run: inout HookRun, _ cookie: UInt64) -> Int32 {
    var key = searchKey(run.packet, .udp)
    key.variant = 1
    key.setPorts(from: run.packet.sourcePort, to: run.packet.destinationPort)
    key.hasCookie = cookie != 0
    key.cookie = cookie
    var found = search(key, run)
    while found < 0, cookie == 0, key.variant < 3 {
      key.variant += 1
      found = search(key, run)
    }
    return found
  }

  /// Makes the packet's other end that of a state which does not depend on it.
  private func moveRemote(of index: Int32, _ run: inout HookRun) {
    let isOut = run.packet.isOut
    let isIndependent = states.state(index).pointee.variant > 2
    states.setRemote(
      of: index, port: UInt32(isOut ? run.packet.destinationPort : run.packet.sourcePort),
      address: isIndependent ? (isOut ? run.packet.destination : run.packet.source) : nil,
      isOut: isOut)
  }

  /// Moves the two sides of a protocol without connections.
  @inline(__always)
  func trackPair(
    _ state: UnsafeMutablePointer<StateRecord>, _ source: UnsafeMutablePointer<StatePeer>,
    _ destination: UnsafeMutablePointer<StatePeer>, _ single: Timeout, _ multiple: Timeout
  ) {
    if source.pointee.state < 1 { source.pointee.state = 1 }
    if destination.pointee.state == 1 { destination.pointee.state = 2 }
    state.pointee.expire = second
    let both = source.pointee.state == 2 && destination.pointee.state == 2
    state.pointee.timeout = (both ? multiple : single).rawValue
  }
}

extension HookRun {
  /// Whether the packet is UDP between ports 500.
  var isIKE: Bool {
    packet.proto == .udp && packet.sourcePort == 500 && packet.destinationPort == 500
  }

  /// The initiator's cookie of an IKE message; nil where the message is too short.
  var cookie: UInt64? {
    // KERNEL: the size of struct pf_ike_hdr is padded to 32 bytes.
    guard packet.count - packet.offset - UDPHeader.minimumLength >= 32 else { return nil }
    return transport.reading.big64(UDPHeader.minimumLength)
  }
}
