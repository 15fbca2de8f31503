/// The packet that an ICMP error quotes.
private struct QuotedPacket {
  /// Where its IP header begins.
  var header: Int
  /// Where its transport header begins.
  var transport: Int
  var proto: IPProtocol
  var source: AddressBits
  var destination: AddressBits
}

extension PacketFilter {
  /// Searches the state that an ICMP error is about (kernel: part of `pf_test_state_icmp()`).
  func testICMPError(_ run: inout HookRun) -> HookAction {
    guard let quoted = run.packet.isIPv6 ? readQuoted6(&run) : readQuoted4(&run) else {
      return .drop
    }
    var key = StateKey()
    key.proto = quoted.proto
    key.lanIsIPv6 = run.packet.isIPv6
    key.gatewayIsIPv6 = run.packet.isIPv6
    key.gateway = quoted.source
    key.remoteGateway = quoted.destination
    key.lan = quoted.destination
    key.remote = quoted.source
    switch quoted.proto {
    case .tcp, .udp:
      guard missingHeader(&run, quoted.transport, 8) == nil else { return .drop }
      let ports = run.packet.base.reading + quoted.transport
      key.gatewayPort = UInt32(ports.big16(0))
      key.remoteGatewayPort = UInt32(ports.big16(2))
      key.lanPort = key.remoteGatewayPort
      key.remotePort = key.gatewayPort
    case .icmp, .icmpv6:
      // KERNEL: pf_test_state_icmp() searches a quoted ICMPv6 packet by its own protocol, while
      // states hold ICMP's.
      guard missingHeader(&run, quoted.transport, 8) == nil else { return .drop }
      key.gatewayPort = UInt32((run.packet.base.reading + quoted.transport).big16(4))
      key.lanPort = key.gatewayPort
    default: break
    }
    let found = quoted.proto == .udp ? searchQuotedUDP(&key, quoted, run) : search(key, run)
    if let found {
      if let fate = accept(found, &run) { return fate }
    } else {
      return .drop
    }
    if quoted.proto == .tcp, !fitsWindow(&run, quoted) {
      note(.stateMismatch, &run)
      return .drop
    }
    translateQuoted(&run, quoted)
    return .pass
  }

  private func readQuoted4(_ run: inout HookRun) -> QuotedPacket? {
    let start = run.packet.offset + ICMPHeader.minimumLength
    guard missingHeader(&run, start, IPv4Header.minimumLength) == nil else { return nil }
    let header = run.packet.base.reading + start
    guard header.big16(6) & IPv4Header.offsetMask == 0 else {
      note(.fragment, &run)
      return nil
    }
    return QuotedPacket(
      header: start, transport: start + Int(header.byte(0) & 0x0f) << 2,
      proto: IPProtocol(rawValue: header.byte(9)), source: AddressBits(ipv4: header.big32(12)),
      destination: AddressBits(ipv4: header.big32(16)))
  }

  private func readQuoted6(_ run: inout HookRun) -> QuotedPacket? {
    let start = run.packet.offset + ICMPHeader.minimumLength
    guard missingHeader(&run, start, IPv6Header.minimumLength) == nil else { return nil }
    let bytes = run.packet.base.reading
    var quoted = QuotedPacket(
      header: start, transport: start + IPv6Header.minimumLength,
      proto: IPProtocol(rawValue: bytes.byte(start + 6)), source: bytes.address6(start + 8),
      destination: bytes.address6(start + 24))
    while true {
      switch quoted.proto {
      case .fragment:
        note(.fragment, &run)
        return nil
      case .ah, .hopByHop, .routing, .destinationOptions:
        guard missingHeader(&run, quoted.transport, 2) == nil else { return nil }
        let length = Int(bytes.byte(quoted.transport + 1))
        let next = bytes.byte(quoted.transport)
        quoted.transport += quoted.proto == .ah ? (length + 2) * 4 : (length + 1) * 8
        quoted.proto = IPProtocol(rawValue: next)
      default: return quoted
      }
    }
  }

  /// Searches a quoted UDP packet's state; nil where the quotation is too short to tell.
  private func searchQuotedUDP(
    _ key: inout StateKey, _ quoted: QuotedPacket, _ run: HookRun
  ) -> Int32? {
    key.variant = 1
    if key.gatewayPort == 500, key.remoteGatewayPort == 500 {
      let length = run.packet.count - quoted.transport - UDPHeader.minimumLength
      if !run.packet.isOut, length < 8 { return nil }
      // KERNEL: pf_test_state_icmp() reads the cookie behind the outer header's place, and counts
      // a short one, whose end is what lay on the stack: 0 here.
      let place = run.packet.offset + UDPHeader.minimumLength
      key.hasCookie = true
      for byte in 0..<8 where byte < length {
        key.cookie |= UInt64(run.packet.base.reading.byte(place + byte)) << (56 - 8 * UInt64(byte))
      }
      let found = search(key, run)
      if found >= 0 { return found }
      key.hasCookie = false
    }
    var found = search(key, run)
    while found < 0, key.variant < 3 {
      key.variant += 1
      found = search(key, run)
    }
    return found
  }

  /// Whether the sequence number that an error quotes can have been sent.
  private func fitsWindow(_ run: inout HookRun, _ quoted: QuotedPacket) -> Bool {
    let state = states.state(run.state)
    let forward = isForward(state, run)
    let source = forward ? state.pointee.destination : state.pointee.source
    let destination = forward ? state.pointee.source : state.pointee.destination
    let scale: UInt32 =
      source.windowScale != 0 && destination.hasWindowScale ? destination.scale : 14
    let written = (run.packet.base.reading + quoted.transport).big32(4)
    let sequence = written &- source.sequenceOffset
    if source.sequenceOffset != 0 {
      let checksum = run.transport.reading.big16(2)
      run.transport.put16(2, Checksum.fixNumber(checksum, written, sequence))
      run.packet.base.put32(quoted.transport + 4, sequence)
      run.isChanged = true
    }
    let low = source.sequenceLow &- UInt32(destination.maxWindow) << scale
    return TCPTracking.notBefore(source.sequenceHigh, sequence)
      && TCPTracking.notBefore(sequence, low)
  }

  /// Translates an error and what it quotes (kernel: `pf_change_icmp()`).
  private func translateQuoted(_ run: inout HookRun, _ quoted: QuotedPacket) {
    let key = states.key(of: run.state)
    guard key.translates else { return }
    let isOut = run.packet.isOut
    let address = isOut ? key.gateway : key.lan
    let port = UInt16(truncatingIfNeeded: isOut ? key.gatewayPort : key.lanPort)
    changeQuotedPort(&run, quoted, port)
    let old = isOut ? quoted.destination : quoted.source
    changeQuotedAddress(&run, quoted, old, address)
    if run.packet.isIPv6 {
      return run.setICMPv6Address(address, isSource: isOut, isUDP: quoted.proto == .udp)
    }
    if isOut { run.setSourceAddress(address) } else { run.setDestinationAddress(address) }
  }

  private func changeQuotedPort(_ run: inout HookRun, _ quoted: QuotedPacket, _ port: UInt16) {
    let inner = run.packet.base + quoted.transport
    let place: Int
    switch quoted.proto {
    case .tcp, .udp: place = run.packet.isOut ? 2 : 0
    case .icmp, .icmpv6: place = 4
    default: return
    }
    let old = inner.reading.big16(place)
    inner.put16(place, port)
    var checksum = Checksum.fix(run.transport.reading.big16(2), old, port, isUDP: false)
    if quoted.proto == .udp {
      // KERNEL: pf_change_icmp() corrects the quoted UDP checksum for the port, not the address.
      let oldSum = inner.reading.big16(6)
      let newSum = Checksum.fix(oldSum, old, port, isUDP: true)
      inner.put16(6, newSum)
      checksum = Checksum.fix(checksum, oldSum, newSum, isUDP: false)
    }
    run.transport.put16(2, checksum)
  }

  private func changeQuotedAddress(
    _ run: inout HookRun, _ quoted: QuotedPacket, _ old: AddressBits, _ new: AddressBits
  ) {
    let inner = run.packet.base + quoted.header
    let isIPv6 = run.packet.isIPv6
    // KERNEL: pf_change_icmp() takes the ICMPv6 checksum for UDP's where UDP is quoted, also below.
    var checksum = Checksum.fix(
      run.transport.reading.big16(2), old, new, words: isIPv6 ? 4 : 1,
      isUDP: isIPv6 && quoted.proto == .udp)
    if isIPv6 {
      inner.put(address6: new, at: run.packet.isOut ? 24 : 8)
    } else {
      inner.put32(run.packet.isOut ? 16 : 12, new.ipv4)
      let oldSum = inner.reading.big16(10)
      let newSum = Checksum.fix(oldSum, old.ipv4, new.ipv4, isUDP: false)
      inner.put16(10, newSum)
      checksum = Checksum.fix(checksum, oldSum, newSum, isUDP: false)
    }
    run.transport.put16(2, checksum)
  }
}
