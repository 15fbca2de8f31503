extension PacketFilter {
  /// Searches and tracks a TCP packet's state (kernel: `pf_test_state_tcp()`).
  @inline(__always)
  func testTCPState(_ run: inout HookRun) -> HookAction {
    var key = searchKey(run.packet, .tcp)
    key.lanPort = UInt32(run.packet.sourcePort)
    key.remotePort = UInt32(run.packet.destinationPort)
    key.gatewayPort = key.remotePort
    key.remoteGatewayPort = key.lanPort
    if let fate = accept(search(key, run), &run) { return fate }
    let state = states.state(run.state)
    return isForward(state, run)
      ? track(&run, state, &state.pointee.source, &state.pointee.destination)
      : track(&run, state, &state.pointee.destination, &state.pointee.source)
  }

  private func track(
    _ run: inout HookRun, _ state: UnsafeMutablePointer<StateRecord>,
    _ source: UnsafeMutablePointer<StatePeer>, _ destination: UnsafeMutablePointer<StatePeer>
  ) -> HookAction {
    // KERNEL: pf_test_state_tcp() looks at the sender's own side, so that the server's half of
    // the SYN proxy never runs.
    if source.pointee.state == TCPState.proxySource
      || source.pointee.state == TCPState.proxyDestination
    {
      return proxy(&run, source, destination)
    }
    let flags = TCPFlags(rawValue: run.packet.flags)
    if flags.intersection([.syn, .ack]) == .syn, destination.pointee.state >= TCPState.finWait2,
      source.pointee.state >= TCPState.finWait2
    {
      source.pointee.state = TCPState.closed
      destination.pointee.state = TCPState.closed
      unlink(run.state)
      run.state = -1
      return .drop
    }
    var segment = readSegment(run, flags)
    if source.pointee.sequenceLow == 0, run.packet.normalizesTCP || destination.pointee.scrub != 0,
      source.pointee.scrub == 0
    {
      beginNormalization(&run, source, destination)
    }
    if flags.contains(.syn), source.pointee.sequenceLow == 0,
      let header = TCPHeader(run.transport, count: TCPHeader.minimumLength)
    {
      if destination.pointee.hasWindowScale { noteShortOptions(&run) }
      segment.windowScale = header.windowScale(extent: extent(run))
    }
    let seen = TCPTracking.examine(segment, &source.pointee, &destination.pointee) {
      random.next() & 0x7fff_ffff
    }
    let plain = TransportPrefix(run)
    var writesBack = seen.newSequence != nil
    if let sequence = seen.newSequence { run.setSequence(sequence, seen.newAcknowledgment) }
    if destination.pointee.sequenceOffset != 0, run.transport.reading.byte(12) >> 4 > 5 {
      // KERNEL: pf_test_state_tcp() lets the result of pf_modulate_sack() decide alone, so that
      // modulated numbers of segments with other options are not written back.
      writesBack = demodulateSACK(&run, destination.pointee.sequenceOffset)
    }
    guard seen.fit != .outside else { return refuse(&run, flags, source, destination) }
    if source.pointee.scrub != 0 || destination.pointee.scrub != 0,
      normalizeStateful(&run, state, source, destination) == .drop
    {
      return .drop
    }
    TCPTracking.slide(seen, &source.pointee, &destination.pointee)
    if seen.fit == .inWindow {
      if TCPTracking.advance(flags, &source.pointee, &destination.pointee),
        state.pointee.sourceNode >= 0, exceedsConnections(run.state)
      {
        note(.sourceLimit, &run)
        return .drop
      }
      TCPTracking.reset(flags, &source.pointee, &destination.pointee)
      state.pointee.expire = second
      state.pointee.timeout =
        TCPTracking.timeout(source.pointee, destination.pointee).rawValue
    } else {
      TCPTracking.advanceLoosely(flags, &source.pointee, &destination.pointee)
    }
    let key = states.key(of: run.state)
    if seen.newSequence != nil, !writesBack, !key.pointee.translates { plain?.restore(run) }
    translatePorts(key, &run, isUDP: false)
    return .pass
  }

  @inline(__always)
  private func readSegment(_ run: HookRun, _ flags: TCPFlags) -> TCPSegment {
    let header = run.transport.reading
    return TCPSegment(
      flags: flags, sequence: header.big32(4), acknowledgment: header.big32(8),
      window: header.big16(14), length: run.packet.payloadLength,
      isReassembled: run.packet.isReassembled)
  }

  /// Gives a TCP or UDP packet of a state its translated address and port.
  @inline(__always)
  func translatePorts(
    _ key: UnsafeMutablePointer<StateKey>, _ run: inout HookRun, isUDP: Bool
  ) {
    guard key.pointee.translates else { return }
    if run.packet.isOut {
      run.setSource(
        key.pointee.gateway, port: UInt16(truncatingIfNeeded: key.pointee.gatewayPort),
        isUDP: isUDP)
    } else {
      run.setDestination(
        key.pointee.lan, port: UInt16(truncatingIfNeeded: key.pointee.lanPort), isUDP: isUDP)
    }
  }

  /// Drops a segment outside the window; during the handshake with a reset to its sender.
  private func refuse(
    _ run: inout HookRun, _ flags: TCPFlags, _ source: UnsafeMutablePointer<StatePeer>,
    _ destination: UnsafeMutablePointer<StatePeer>
  ) -> HookAction {
    if destination.pointee.state == TCPState.synSent, source.pointee.state == TCPState.synSent {
      if !flags.contains(.rst) {
        resetSender(run)
      }
      source.pointee.sequenceLow = 0
      source.pointee.sequenceHigh = 1
      source.pointee.maxWindow = 1
    }
    note(.stateMismatch, &run)
    return .drop
  }

  /// Takes the other side's offset off the blocks of SACK options (kernel: `pf_modulate_sack()`).
  /// - Returns: Whether there were any.
  private func demodulateSACK(_ run: inout HookRun, _ offset: UInt32) -> Bool {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength),
      header.headerLength - TCPHeader.minimumLength >= 10
    else { return false }
    guard header.headerLength <= extent(run) else {
      noteShortOptions(&run)
      return false
    }
    var found = false
    var options = TCPOptions(header, least: 10)
    while let option = options.next() {
      guard option.kind == .selectiveAck else { continue }
      let length = min(option.length, option.available)
      var place = 2
      while length >= 10, place + 8 <= length {
        change(&run, at: option.offset + place, minus: offset)
        change(&run, at: option.offset + place + 4, minus: offset)
        place += 8
      }
      if length >= 10 { found = true }
    }
    return found
  }

  private func change(_ run: inout HookRun, at place: Int, minus offset: UInt32) {
    let old = run.transport.reading.big32(place)
    let new = old &- offset
    run.transport.put32(place, new)
    let checksum = run.transport.reading.big16(16)
    run.transport.put16(16, Checksum.fix(checksum, old, new, isUDP: false))
    run.isChanged = true
  }
}
