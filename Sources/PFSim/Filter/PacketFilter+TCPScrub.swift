extension PacketFilter {
  /// Normalises a TCP header by the scrub rules (kernel: `pf_normalize_tcp()`).
  func normalizeTCP<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    let rule = program.walkScrub(run.packet, .tcp, &observer)
    guard rule >= 0, program.body(rule).pointee.action == .scrub,
      let header = TCPHeader(run.transport, count: TCPHeader.minimumLength)
    else { return .pass }
    let body = program.body(rule)
    body.pointee.counts.add(run.packet.totalLength, isOut: run.packet.isOut)
    if body.pointee.scrub.reassembleTCP { run.packet.normalizesTCP = true }
    let outcome = header.normalize(
      maxMSS: body.pointee.scrub.maxMSS, extent: extent(run),
      checksumIsPartial: run.packet.isOut && run.buffer.checksumIsPartial)
    guard case .drop(let reason) = outcome else { return .pass }
    if let reason {
      note(reason, &run)
      if body.pointee.log != 0 { logScrub(run, rule: rule, reason: reason) }
    }
    return .drop
  }

  /// The clock in microseconds, as the timestamps' checks need it.
  private var microseconds: UInt64 { UInt64(max(0, now) * 1_000_000) }

  /// Begins to remember a side's TTL and timestamps (kernel: `pf_normalize_tcp_init()`).
  func beginNormalization(
    _ run: inout HookRun, _ source: UnsafeMutablePointer<StatePeer>,
    _ destination: UnsafeMutablePointer<StatePeer>
  ) {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength) else { return }
    let peer = TCPScrubPeer(
      ttl: run.packet.base.reading.byte(run.packet.isIPv6 ? 7 : 8), header, extent: extent(run),
      now: microseconds, random: { random.next() })
    source.pointee.scrub = takeScrubPeer(peer)
  }

  private func takeScrubPeer(_ peer: TCPScrubPeer) -> Int32 {
    if let free = freeScrubPeers.popLast() {
      scrubPeers.base[Int(free &- 1)] = peer
      return free
    }
    return Int32(truncatingIfNeeded: scrubPeers.append(peer)) &+ 1
  }

  /// Begins normalisation for a state in the making, and normalises its first packet.
  func beginNormalization(_ run: inout HookRun, _ record: inout StateRecord) -> HookAction {
    withUnsafeMutablePointer(to: &record) { record in
      beginNormalization(&run, &record.pointee.source, &record.pointee.destination)
      return normalizeStateful(
        &run, record, &record.pointee.source, &record.pointee.destination)
    }
  }

  /// Checks and rewrites a segment's TTL and timestamps (kernel: `pf_normalize_tcp_stateful()`).
  func normalizeStateful(
    _ run: inout HookRun, _ state: UnsafeMutablePointer<StateRecord>,
    _ source: UnsafeMutablePointer<StatePeer>, _ destination: UnsafeMutablePointer<StatePeer>
  ) -> HookAction {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength) else {
      return .pass
    }
    var own = peer(source.pointee)
    var other = peer(destination.pointee)
    if own.isActive { raiseTTL(&run, &own) }
    let check = TCPScrub(
      header: header, extent: extent(run), payloadLength: run.packet.payloadLength,
      bothEstablished: source.pointee.state >= TCPState.established
        && destination.pointee.state >= TCPState.established,
      age: second &- state.pointee.creation,
      tolerance: timeout(.tcpTimestampDifference, of: state.pointee.rule), now: microseconds)
    let checksum = header.checksum
    let fits = check.check(from: &own, to: &other)
    if header.checksum != checksum { run.isChanged = true }
    if source.pointee.scrub != 0 { scrubPeers.base[Int(source.pointee.scrub &- 1)] = own }
    if destination.pointee.scrub != 0 {
      scrubPeers.base[Int(destination.pointee.scrub &- 1)] = other
    }
    if !fits { note(.badTimestamp, &run) }
    return fits ? .pass : .drop
  }

  private func peer(_ side: StatePeer) -> TCPScrubPeer {
    side.scrub == 0 ? TCPScrubPeer() : scrubPeers.base[Int(side.scrub &- 1)]
  }

  private func raiseTTL(_ run: inout HookRun, _ peer: inout TCPScrubPeer) {
    // KERNEL: pf_normalize_tcp_stateful() leaves IPv4's header checksum as it was.
    let place = run.packet.isIPv6 ? 7 : 8
    let ttl = run.packet.base.reading.byte(place)
    peer.ttl = max(peer.ttl, ttl)
    guard peer.ttl != ttl else { return }
    run.packet.base.put8(place, peer.ttl)
    run.isChanged = true
  }

  /// Forgets what normalisation remembers of a state.
  func forgetNormalization(_ record: StateRecord) {
    for place in [record.source.scrub, record.destination.scrub] where place != 0 {
      freeScrubPeers.append(place)
    }
  }
}
