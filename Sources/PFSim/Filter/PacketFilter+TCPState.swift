extension PacketFilter {
  /// Searches and tracks a TCP packet's state (kernel: `pf_test_state_tcp()`).
  @inline(__always)
  func testTCPState(_ run: inout HookRun) -> HookAction {
    if let fate = accept(searchEnds(&run, .tcp), &run) { return fate }
    let state = states.state(run.state)
    let isForward = isForward(state, run)
    let first = withUnsafeMutablePointer(to: &state.pointee.source) { $0 }
    let second = withUnsafeMutablePointer(to: &state.pointee.destination) { $0 }
    return track(
      &run, state, isForward ? first : second, isForward ? second : first, isForward: isForward)
  }

  @inline(__always)
  private func track(
    _ run: inout HookRun, _ state: UnsafeMutablePointer<StateRecord>,
    _ source: UnsafeMutablePointer<StatePeer>, _ destination: UnsafeMutablePointer<StatePeer>,
    isForward: Bool
  ) -> HookAction {
    // KERNEL: pf_test_state_tcp() looks at the sender's own side, so that the server's half of
    // the SYN proxy never runs.
    if source.pointee.state >= TCPState.proxySource { return proxy(&run, source, destination) }
    let flags = TCPFlags(rawValue: run.packet.flags)
    if flags.intersection([.syn, .ack]) == .syn, destination.pointee.state >= TCPState.finWait2,
      source.pointee.state >= TCPState.finWait2
    {
      giveUp(&run, source, destination)
      return .drop
    }
    var segment = readSegment(&run, flags)
    if source.pointee.sequenceLow == 0 {
      beginSide(&run, &segment, destination.pointee.hasWindowScale, isForward: isForward)
    }
    let seen = TCPTracking.examine(
      segment, &source.pointee, &destination.pointee, random: &random)
    var original: TransportPrefix?
    if seen.isModulated || destination.pointee.sequenceOffset != 0 {
      original = modulate(&run, seen, destination.pointee.sequenceOffset)
    }
    guard seen.fit != .outside else { return refuse(&run, flags, source, destination) }
    if state.pointee.flags.contains(.isScrubbed),
      normalizeStateful(
        &run, state.pointee, states.extras(run.state).pointee, isForward: isForward,
        original: &original) == .drop
    {
      return .drop
    }
    TCPTracking.slide(seen, &source.pointee, &destination.pointee)
    if seen.fit == .inWindow {
      if TCPTracking.advance(flags, &source.pointee, &destination.pointee),
        state.pointee.flags.contains(.hasSourceNodes),
        states.extras(run.state).pointee.sourceNode >= 0, exceedsConnections(run.state)
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
    if let original, !states.key(of: run.state).translates { original.restore(run) }
    translatePorts(state, &run, isUDP: false)
    return .pass
  }

  /// Ends a closed connection that a new one replaces.
  @inline(never)
  private func giveUp(
    _ run: inout HookRun, _ source: UnsafeMutablePointer<StatePeer>,
    _ destination: UnsafeMutablePointer<StatePeer>
  ) {
    source.pointee.state = TCPState.closed
    destination.pointee.state = TCPState.closed
    unlink(run.state)
    run.state = -1
  }

  /// Reads what only the first segment of a side tells.
  @inline(never)
  private func beginSide(
    _ run: inout HookRun, _ segment: inout TCPSegment, _ otherHasWindowScale: Bool, isForward: Bool
  ) {
    beginNormalization(&run, isForward: isForward)
    guard segment.flags.contains(.syn),
      let header = TCPHeader(run.transport, count: TCPHeader.minimumLength)
    else { return }
    if otherHasWindowScale { noteShortOptions(&run) }
    segment.windowScale = header.windowScale(extent: extent(&run))
  }

  /// Writes the numbers of a modulated connection into a segment.
  /// - Parameter offset: The other side's offset.
  /// - Returns: The header as it was, where the kernel does not write it back.
  @inline(never)
  private func modulate(
    _ run: inout HookRun, _ seen: TCPTracking.Examination, _ offset: UInt32
  ) -> TransportPrefix? {
    let original = seen.isModulated ? TransportPrefix(run.transport.reading, .tcp) : nil
    var writesBack = seen.isModulated
    if seen.isModulated { run.setSequence(seen.newSequence, seen.newAcknowledgment) }
    if offset != 0, run.transport.reading.byte(12) >> 4 > 5 {
      // KERNEL: pf_test_state_tcp() lets the result of pf_modulate_sack() decide alone, so that
      // modulated numbers of segments with other options are not written back.
      writesBack = demodulateSACK(&run, offset)
    }
    return writesBack ? nil : original
  }

  @inline(__always)
  private func readSegment(_ run: inout HookRun, _ flags: TCPFlags) -> TCPSegment {
    let header = run.transport.reading
    return TCPSegment(
      flags: flags, sequence: header.big32(4), acknowledgment: header.big32(8),
      window: header.big16(14), length: run.packet.payloadLength,
      isReassembled: run.packet.isReassembled)
  }

  /// Gives a TCP or UDP packet of a state its translated address and port.
  @inline(__always)
  func translatePorts(
    _ state: UnsafeMutablePointer<StateRecord>, _ run: inout HookRun, isUDP: Bool
  ) {
    if state.pointee.flags.contains(.isWide) {
      return translatePorts(states.key(of: run.state), &run, isUDP: isUDP)
    }
    let hosts = state.pointee.hosts
    guard hosts.translates else { return }
    if run.packet.isOut {
      run.setSource(
        AddressBits(ipv4: hosts.gateway), port: UInt16(truncatingIfNeeded: hosts.gatewayPort),
        isUDP: isUDP)
    } else {
      run.setDestination(
        AddressBits(ipv4: hosts.lan), port: UInt16(truncatingIfNeeded: hosts.lanPort),
        isUDP: isUDP)
    }
  }

  /// The same for states with IPv6 addresses.
  @inline(never)
  private func translatePorts(_ key: StateKey, _ run: inout HookRun, isUDP: Bool) {
    guard key.translates else { return }
    if run.packet.isOut {
      run.setSource(
        key.gateway, port: UInt16(truncatingIfNeeded: key.gatewayPort),
        isUDP: isUDP)
    } else {
      run.setDestination(
        key.lan, port: UInt16(truncatingIfNeeded: key.lanPort), isUDP: isUDP)
    }
  }

  /// Drops a segment outside the window; during the handshake with a reset to its sender.
  @inline(never)
  private func refuse(
    _ run: inout HookRun, _ flags: TCPFlags, _ source: UnsafeMutablePointer<StatePeer>,
    _ destination: UnsafeMutablePointer<StatePeer>
  ) -> HookAction {
    if destination.pointee.state == TCPState.synSent, source.pointee.state == TCPState.synSent {
      if !flags.contains(.rst) {
        resetSender(&run)
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
    guard header.headerLength <= extent(&run) else {
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
    run.transport.put16(16, Checksum.fixNumber(checksum, old, new))
    run.isChanged = true
  }
}
