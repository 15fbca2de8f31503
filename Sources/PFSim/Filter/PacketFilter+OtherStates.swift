extension PacketFilter {
  /// Searches and tracks the state of a protocol without ports (kernel: `pf_test_state_other()`).
  func testOtherState(_ run: inout HookRun) -> HookAction {
    let key = searchKey(run.packet, run.packet.proto)
    if let fate = accept(search(key, run), &run) { return fate }
    let state = states.state(run.state)
    if isForward(state, run) {
      trackPair(
        state, &state.pointee.source, &state.pointee.destination, .otherSingle, .otherMultiple)
    } else {
      trackPair(
        state, &state.pointee.destination, &state.pointee.source, .otherSingle, .otherMultiple)
    }
    translateAddress(states.key(of: run.state), &run)
    return .pass
  }

  /// Searches and tracks the state of a PPTP packet (kernel: `pf_test_state_grev1()`).
  func testGREState(_ run: inout HookRun) -> HookAction {
    var key = searchKey(run.packet, .gre)
    key.variant = 1
    key.gatewayPort = UInt32(run.transport.reading.big16(6))
    key.remotePort = key.gatewayPort
    if let fate = accept(search(key, run), &run) { return fate }
    let state = states.state(run.state)
    establish(state, run, .greInitiating, .greEstablished)
    let record = states.key(of: run.state)
    if record.lan != record.gateway
      || record.lanPort != record.gatewayPort
    {
      if !run.packet.isOut {
        run.transport.put16(6, UInt16(truncatingIfNeeded: record.lanPort))
        run.isChanged = true
      }
      translateAddress(record, &run)
    }
    return .pass
  }

  /// Whether a translated PPTP control connection runs between a GRE packet's ends, from which
  /// the kernel would read call ids (kernel: `pf_pptp_handler()`).
  func hasPPTPControl(_ run: HookRun) -> Bool {
    guard states.hasPPTPControl else { return false }
    var index = states.first
    while index >= 0 {
      let state = states.state(index)
      if state.pointee.translationRule >= 0, state.pointee.isLinked {
        let key = states.key(of: index)
        let ends = [key.lan, key.gateway, key.remote]
        if key.isPPTPControl, ends.contains(run.packet.source),
          ends.contains(run.packet.destination)
        {
          return true
        }
      }
      index = states.extras(index).pointee.next
    }
    return false
  }

  /// Searches and tracks the state of an ESP packet (kernel: `pf_test_state_esp()`).
  func testESPState(_ run: inout HookRun) -> HookAction {
    var key = searchKey(run.packet, .esp)
    let spi = run.packet.spi
    if run.packet.isOut { key.remotePort = spi } else { key.gatewayPort = spi }
    var found = search(key, run)
    if found < 0 {
      // A state whose other direction's SPI is not known yet takes this packet's.
      if run.packet.isOut { key.remotePort = 0 } else { key.gatewayPort = 0 }
      let waiting = search(key, run)
      if waiting >= 0 {
        if states.complete(waiting, spi: spi, isOut: run.packet.isOut) {
          found = waiting
        } else {
          remove(waiting)
        }
      }
    }
    if let fate = accept(found, &run) { return fate }
    establish(states.state(run.state), run, .espInitiating, .espEstablished)
    translateAddress(states.key(of: run.state), &run)
    return .pass
  }

  /// Moves the two sides of a tunnel.
  private func establish(
    _ state: UnsafeMutablePointer<StateRecord>, _ run: HookRun, _ initiating: Timeout,
    _ established: Timeout
  ) {
    if isForward(state, run) {
      state.pointee.source.state = max(state.pointee.source.state, 1)
    } else {
      state.pointee.destination.state = max(state.pointee.destination.state, 1)
    }
    state.pointee.expire = second
    if state.pointee.source.state >= 1, state.pointee.destination.state >= 1 {
      state.pointee.timeout = established.rawValue
      state.pointee.source.state = 2
      state.pointee.destination.state = 2
    } else {
      state.pointee.timeout = initiating.rawValue
    }
  }
}
