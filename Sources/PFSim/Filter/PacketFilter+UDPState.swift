extension PacketFilter {
  /// Searches and tracks a UDP packet's state (kernel: `pf_test_state_udp()`).
  func testUDPState(_ run: inout HookRun) -> HookAction {
    var key = searchKey(run.packet, .udp)
    key.variant = 1
    key.setPorts(from: run.packet.sourcePort, to: run.packet.destinationPort)
    if run.packet.sourcePort == 500, run.packet.destinationPort == 500 {
      // KERNEL: pf_test_state_udp() does not search short IKE messages: the rules decide.
      guard let cookie = run.cookie else { return .drop }
      key.cookie = cookie
    }
    var found = search(key, run)
    while found < 0, key.cookie == 0, key.variant < 3 {
      key.variant += 1
      found = search(key, run)
    }
    if let fate = accept(found, &run) { return fate }
    let state = states.state(found)
    if isForward(state, run) {
      trackPair(state, &state.pointee.source, &state.pointee.destination, .udpSingle, .udpMultiple)
    } else {
      trackPair(state, &state.pointee.destination, &state.pointee.source, .udpSingle, .udpMultiple)
    }
    let record = states.key(of: found)
    if record.variant > 1 {
      let isIndependent = record.variant > 2
      states.setRemote(
        of: found, port: UInt32(run.packet.isOut ? key.remotePort : key.remoteGatewayPort),
        address: isIndependent
          ? (run.packet.isOut ? run.packet.destination : run.packet.source) : nil,
        isOut: run.packet.isOut)
    }
    translatePorts(state, &run, isUDP: true)
    return .pass
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
  /// The initiator's cookie of an IKE message between ports 500, 0 for none; nil where the message
  /// is too short.
  var cookie: UInt64? {
    guard packet.proto == .udp, packet.sourcePort == 500, packet.destinationPort == 500 else {
      return 0
    }
    // KERNEL: the size of struct pf_ike_hdr is padded to 32 bytes.
    guard packet.count - packet.offset - UDPHeader.minimumLength >= 32 else { return nil }
    return transport.reading.big64(UDPHeader.minimumLength)
  }
}
