extension PacketFilter {
  /// Answers the client's SYN in the server's place when the rule says so (kernel: part of
  /// `pf_test_rule()`).
  /// - Returns: nil for other packets and rules.
  func beginProxy(_ run: inout HookRun, _ translation: Translation, _ index: Int32) -> HookAction? {
    guard run.packet.proto == .tcp, program.body(run.rule).pointee.keepState == .synproxy,
      TCPFlags(rawValue: run.packet.flags).intersection([.syn, .ack]) == .syn,
      let header = TCPHeader(run.transport, count: TCPHeader.minimumLength)
    else { return nil }
    let state = states.state(index)
    state.pointee.source.state = TCPState.proxySource
    if translation.rule >= 0 {
      let port = UInt16(truncatingIfNeeded: translation.originalSourcePort)
      if run.packet.isOut {
        run.setSource(run.packet.originalSource, port: port, isUDP: false)
      } else {
        // KERNEL: pf_test_rule() restores the destination from what it saved of the source.
        run.setDestination(run.packet.originalSource, port: port, isUDP: false)
      }
    }
    state.pointee.source.sequenceHigh = (random.next() & 0x7fff_ffff).byteSwapped
    noteShortOptions(&run)
    let offered = header.maximumSegment(extent: extent(&run))
    states.extras(index).pointee.segmentSize = Self.segmentSize(
      offered, isIPv6: run.packet.isIPv6)
    answerSYN(run, index, state.pointee.source, sequence: header.sequence)
    note(.synproxy, &run)
    return .synproxyDrop
  }

  /// The segment size offered to both sides: at least 64, at most what an MTU of 1,500 holds
  /// (kernel: `pf_calc_mss()` twice).
  private static func segmentSize(_ offered: UInt16, isIPv6: Bool) -> UInt16 {
    // KERNEL: pf_calc_mss() never finds IPv6 routes, which leaves TCP's default.
    let route: UInt16 = isIPv6 ? 512 : 1500 - 40
    return max(64, min(offered, route))
  }

  private func answerSYN(
    _ run: HookRun, _ index: Int32, _ client: StatePeer, sequence: UInt32
  ) {
    let family: AddressFamily = run.packet.isIPv6 ? .inet6 : .inet
    send(
      GeneratedSegment(
        source: IPAddress(family: family, bits: run.packet.destination),
        destination: IPAddress(family: family, bits: run.packet.source),
        sourcePort: run.packet.destinationPort, destinationPort: run.packet.sourcePort,
        sequence: client.sequenceHigh, acknowledgment: sequence &+ 1, flags: [.syn, .ack],
        maximumSegment: states.extras(index).pointee.segmentSize), skipsFilter: true)
  }

  /// Treats a packet of the client while the SYN proxy stands between it and the server.
  @inline(never)
  func proxy(
    _ run: inout HookRun, _ source: UnsafeMutablePointer<StatePeer>,
    _ destination: UnsafeMutablePointer<StatePeer>
  ) -> HookAction {
    let state = states.state(run.state)
    let header = run.transport.reading
    let flags = TCPFlags(rawValue: run.packet.flags)
    let forward = state.pointee.isOut == run.packet.isOut
    let continues =
      header.big32(8) == source.pointee.sequenceHigh &+ 1
      && header.big32(4) == source.pointee.sequenceLow &+ 1
    if source.pointee.state == TCPState.proxySource {
      if !forward || flags.contains(.syn) {
        note(.synproxy, &run)
        guard forward else { return .synproxyDrop }
        guard header.big32(4) == source.pointee.sequenceLow else { return .drop }
        answerSYN(run, run.state, source.pointee, sequence: header.big32(4))
        return .synproxyDrop
      }
      guard flags.contains(.ack), continues else {
        note(.synproxy, &run)
        return .drop
      }
      if states.extras(run.state).pointee.sourceNode >= 0, exceedsConnections(run.state) {
        note(.sourceLimit, &run)
        return .drop
      }
      source.pointee.state = TCPState.proxyDestination
    }
    note(.synproxy, &run)
    guard forward, flags.intersection([.syn, .ack]) == .ack, continues else { return .drop }
    source.pointee.maxWindow = max(header.big16(14), 1)
    if destination.pointee.sequenceHigh == 1 {
      destination.pointee.sequenceHigh = (random.next() & 0x7fff_ffff).byteSwapped
    }
    callServer(run, destination.pointee)
    return .synproxyDrop
  }

  /// Opens the connection to the server.
  private func callServer(_ run: HookRun, _ server: StatePeer) {
    let key = states.key(of: run.state)
    let isOut = run.packet.isOut
    let family: AddressFamily = run.packet.isIPv6 ? .inet6 : .inet
    let (from, to) = isOut ? (key.gateway, key.remoteGateway) : (key.remote, key.lan)
    // KERNEL: pf_send_tcp() leaves out the mark of pf's own packets here.
    send(
      GeneratedSegment(
        source: IPAddress(family: family, bits: from),
        destination: IPAddress(family: family, bits: to),
        sourcePort: UInt16(truncatingIfNeeded: isOut ? key.gatewayPort : key.remotePort),
        destinationPort: UInt16(truncatingIfNeeded: isOut ? key.remoteGatewayPort : key.lanPort),
        sequence: server.sequenceHigh, acknowledgment: 0, flags: .syn,
        maximumSegment: states.extras(run.state).pointee.segmentSize), skipsFilter: false)
  }
}
