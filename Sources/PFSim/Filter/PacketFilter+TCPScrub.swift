extension PacketFilter {
  /// Normalises a TCP header by the scrub rules and reads it anew (kernel: `pf_normalize_tcp()`).
  @inline(__always)
  func normalizeTCP<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    let rule = program.walkScrub(&run.packet, .tcp, &observer)
    guard rule >= 0, program.body(rule).pointee.action == .scrub else { return .pass }
    let action = normalizeTCP(&run, rule)
    if action == .pass { readTCP(&run) }
    return action
  }

  @inline(never)
  private func normalizeTCP(_ run: inout HookRun, _ rule: Int32) -> HookAction {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength) else {
      return .pass
    }
    let body = program.body(rule)
    body.pointee.counts.add(run.packet.totalLength, isOut: run.packet.isOut)
    if body.pointee.scrub.reassembleTCP { run.packet.normalizesTCP = true }
    let outcome = header.normalize(
      maxMSS: body.pointee.scrub.maxMSS, extent: extent(&run),
      checksumIsPartial: run.packet.isOut && run.buffer.checksumIsPartial)
    guard case .drop(let reason) = outcome else { return .pass }
    guard let reason else {
      noteShortOptions(&run)
      return .drop
    }
    note(reason, &run)
    if body.pointee.log != 0 { logScrub(run, rule: rule, reason: reason, isTCP: true) }
    return .drop
  }

  /// The clock in microseconds, as the timestamps' checks need it.
  private var microseconds: UInt64 { UInt64(max(0, now) * 1_000_000) }

  /// Begins to remember a side's TTL and timestamps (kernel: `pf_normalize_tcp_init()`).
  private func begin(_ scrub: inout Int32, _ run: inout HookRun) {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength) else { return }
    let peer = TCPScrubPeer(
      ttl: run.packet.base.reading.byte(run.packet.isIPv6 ? 7 : 8), header, extent: extent(&run),
      now: microseconds, random: { random.next() })
    scrub = takeScrubPeer(peer)
    if header.flags.contains(.syn) { noteShortOptions(&run) }
  }

  /// Begins normalisation for a side that sends its first segment, where a rule or what is
  /// remembered of the other side asks for it.
  func beginNormalization(_ run: inout HookRun, isForward: Bool) {
    let state = states.state(run.state)
    guard run.packet.normalizesTCP || state.pointee.flags.contains(.isScrubbed) else { return }
    let extras = states.extras(run.state)
    let other = isForward ? extras.pointee.destinationScrub : extras.pointee.sourceScrub
    guard run.packet.normalizesTCP || other != 0 else { return }
    state.pointee.flags.insert(.isScrubbed)
    if isForward {
      if extras.pointee.sourceScrub == 0 { begin(&extras.pointee.sourceScrub, &run) }
    } else if extras.pointee.destinationScrub == 0 {
      begin(&extras.pointee.destinationScrub, &run)
    }
  }

  private func takeScrubPeer(_ peer: TCPScrubPeer) -> Int32 {
    if let free = freeScrubPeers.popLast() {
      scrubPeers.base[Int(free &- 1)] = peer
      return free
    }
    return Int32(truncatingIfNeeded: scrubPeers.append(peer)) &+ 1
  }

  /// Begins normalisation for a state in the making, and normalises its first packet.
  func beginNormalization(
    _ run: inout HookRun, _ state: UnsafeMutablePointer<StateRecord>,
    _ extras: UnsafeMutablePointer<StateExtras>
  ) -> HookAction {
    begin(&extras.pointee.sourceScrub, &run)
    state.pointee.flags.insert(.isScrubbed)
    var nothing: TransportPrefix?
    return normalizeStateful(
      &run, state.pointee, extras.pointee, isForward: true, original: &nothing)
  }

  /// Checks and rewrites a segment's TTL and timestamps (kernel: `pf_normalize_tcp_stateful()`).
  /// - Parameter original: The header that is to be put back in the end; nil after timestamps
  ///   were moved, because the kernel writes the header back then.
  @inline(never)
  func normalizeStateful(
    _ run: inout HookRun, _ record: StateRecord, _ extras: StateExtras, isForward: Bool,
    original: inout TransportPrefix?
  ) -> HookAction {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength) else {
      return .pass
    }
    let ownPlace = isForward ? extras.sourceScrub : extras.destinationScrub
    let otherPlace = isForward ? extras.destinationScrub : extras.sourceScrub
    var own = scrubPeer(ownPlace)
    var other = scrubPeer(otherPlace)
    if own.isActive { raiseTTL(&run, &own) }
    if own.hasTimestamps || other.hasTimestamps { noteShortOptions(&run) }
    var check = TCPScrub(
      header: header, extent: extent(&run), payloadLength: run.packet.payloadLength,
      bothEstablished: record.source.state >= TCPState.established
        && record.destination.state >= TCPState.established,
      age: second &- extras.creation,
      tolerance: timeout(.tcpTimestampDifference, of: record.rule), now: microseconds)
    let fits = check.check(from: &own, to: &other)
    if check.movesTimestamps {
      run.isChanged = true
      original = nil
    }
    if ownPlace != 0 { scrubPeers.base[Int(ownPlace &- 1)] = own }
    if otherPlace != 0 { scrubPeers.base[Int(otherPlace &- 1)] = other }
    if !fits { note(.badTimestamp, &run) }
    return fits ? .pass : .drop
  }

  private func scrubPeer(_ place: Int32) -> TCPScrubPeer {
    place == 0 ? TCPScrubPeer() : scrubPeers.base[Int(place &- 1)]
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
  func forgetNormalization(_ extras: UnsafeMutablePointer<StateExtras>) {
    let (source, destination) = (extras.pointee.sourceScrub, extras.pointee.destinationScrub)
    if source != 0 { freeScrubPeers.append(source) }
    if destination != 0 { freeScrubPeers.append(destination) }
  }
}
