extension PacketFilter {
  /// Sends a segment that pf made (kernel: `pf_send_tcp()`).
  func send(_ segment: GeneratedSegment, skipsFilter: Bool) {
    emitted.append(
      EmittedPacket(bytes: segment.bytes, interface: nil, skipsFilter: skipsFilter))
  }

  /// Answers a blocked packet as its rule says (kernel: part of `pf_test_rule()`).
  func answer(_ run: inout HookRun, _ translation: Translation) {
    // KERNEL: pf_test_rule() translates a copy of the transport header and puts it into the packet
    // only to log it; what it undoes is the copy. The packet's own bytes are either form.
    var own: TransportPrefix?
    if translation.rule >= 0 {
      own =
        isLogged(run, translation)
        ? TransportPrefix(run.transport.reading, run.packet.proto) : translation.header
      undo(translation, &run)
    }
    let reply = program.body(run.rule).pointee.blockReturn
    if run.packet.proto == .tcp, reply.kind == .return || reply.kind == .returnReset,
      run.packet.flags & TCPFlags.rst.rawValue == 0
    {
      reset(&run, own, ttl: reply.ttl)
      return
    }
    guard run.packet.proto != .esp, run.packet.proto != .ah,
      run.packet.proto != (run.packet.isIPv6 ? .icmpv6 : .icmp)
    else { return }
    let error = run.packet.isIPv6 ? reply.icmp6 : reply.icmp
    guard error != 0 else { return }
    own?.restore(run)
    sendError(run, type: UInt8(error >> 8), code: UInt8(error & 0xff))
  }

  private func isLogged(_ run: HookRun, _ translation: Translation) -> Bool {
    program.body(run.rule).pointee.log != 0
      || translation.rule >= 0 && program.body(translation.rule).pointee.log != 0
  }

  private func reset(_ run: inout HookRun, _ own: TransportPrefix?, ttl: UInt8) {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength) else { return }
    let undone = TransportPrefix(run.transport.reading, .tcp)
    own?.restore(run)
    let isGood = hasGoodChecksum(run)
    undone?.restore(run)
    guard isGood else {
      note(.protocolChecksum, &run)
      return
    }
    let family: AddressFamily = run.packet.isIPv6 ? .inet6 : .inet
    send(
      .reset(
        answering: header, from: IPAddress(family: family, bits: run.packet.source),
        to: IPAddress(family: family, bits: run.packet.destination),
        payloadLength: run.packet.payloadLength, ttl: ttl), skipsFilter: true)
  }

  /// Whether the TCP checksum is right (kernel: `pf_check_proto_cksum()`).
  private func hasGoodChecksum(_ run: HookRun) -> Bool {
    if run.packet.isOut, run.buffer.checksumIsPartial { return true }
    let length = run.packet.totalLength - run.packet.offset
    guard length >= TCPHeader.minimumLength, run.packet.count >= run.packet.offset + length else {
      return false
    }
    return Checksum.transport(
      run.transport.reading, count: length, source: run.packet.source,
      destination: run.packet.destination, proto: .tcp) == 0
  }

  /// Resets the sender of a segment that does not fit into a handshake.
  func resetSender(_ run: inout HookRun) {
    let family: AddressFamily = run.packet.isIPv6 ? .inet6 : .inet
    let rule = states.state(run.state).pointee.rule
    send(
      GeneratedSegment(
        source: IPAddress(family: family, bits: run.packet.destination),
        destination: IPAddress(family: family, bits: run.packet.source),
        sourcePort: run.packet.destinationPort, destinationPort: run.packet.sourcePort,
        sequence: run.transport.reading.big32(8), acknowledgment: 0, flags: .rst,
        ttl: program.body(rule).pointee.blockReturn.ttl), skipsFilter: true)
  }

  /// Tells the sender of a routed IPv6 packet that it is too long for the next hop.
  func answerTooBig(_ packet: PacketBuffer, mtu: Int) {
    let source = interfaces.errorSource(
      for: IPAddress(family: .inet6, bits: packet.base.reading.address6(24)),
      receivedOn: packet.receivedOn < 0 ? nil : Int(packet.receivedOn))
    let bytes = GeneratedError.inet6(
      for: packet.bytes, type: GeneratedError.packetTooBig, code: 0, from: source,
      parameter: UInt32(truncatingIfNeeded: mtu))
    guard let bytes else { return }
    // KERNEL: pf_route6() calls icmp6_error() itself, so that the error lacks the mark of pf's own.
    emitted.append(EmittedPacket(bytes: bytes, interface: nil, skipsFilter: false))
  }

  /// Sends an ICMP error about a packet (kernel: `pf_send_icmp()`).
  private func sendError(_ run: HookRun, type: UInt8, code: UInt8) {
    let family: AddressFamily = run.packet.isIPv6 ? .inet6 : .inet
    let own = Int(program.interfaces.records.base[Int(run.packet.interface)].hostIndex)
    let received = run.packet.isOut ? Int(run.buffer.receivedOn) : own
    let source = interfaces.errorSource(
      for: IPAddress(family: family, bits: run.packet.destination),
      receivedOn: received < 0 ? nil : received)
    let bytes =
      run.packet.isIPv6
      ? GeneratedError.inet6(for: run.buffer.bytes, type: type, code: code, from: source)
      : GeneratedError.inet(
        for: run.buffer.bytes, type: type, code: code, from: source,
        identification: UInt16(truncatingIfNeeded: random.next()))
    guard let bytes else { return }
    // KERNEL: icmp_error() makes a packet without the mark that lets pf's own packets through.
    emitted.append(
      EmittedPacket(bytes: bytes, interface: nil, skipsFilter: run.packet.isIPv6))
  }
}

/// The bytes of a TCP or UDP header that translation changes.
struct TransportPrefix {
  private var bytes: (UInt64, UInt64, UInt32) = (0, 0, 0)
  private let count: Int

  /// Copies them from where a header begins; nil for other protocols.
  init?(_ header: UnsafeRawPointer, _ proto: IPProtocol) {
    switch proto {
    case .tcp: count = TCPHeader.minimumLength
    case .udp: count = UDPHeader.minimumLength
    default: return nil
    }
    withUnsafeMutableBytes(of: &bytes) {
      $0.copyMemory(from: UnsafeRawBufferPointer(start: header, count: count))
    }
  }

  /// Puts them back.
  func restore(_ run: HookRun) {
    withUnsafeBytes(of: bytes) {
      guard let base = $0.baseAddress else { return }
      run.transport.copyMemory(from: base, byteCount: count)
    }
  }
}
