extension PacketFilter {
  /// Judges an IPv6 packet up to END (kernel: `pf_test6()`).
  @inline(never)
  func test6<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    describe6(&run)
    guard normalize6(&run, &observer) == .pass else { return .drop }
    describe6(&run)
    guard run.packet.base.reading.big16(4) != 0 else {
      note(.normalize, &run)
      return .drop
    }
    return walkExtensions(&run, &observer)
  }

  /// Reads the IPv6 header into the description.
  private func describe6(_ run: inout HookRun) {
    let header = run.packet.base.reading
    run.packet.count = run.buffer.count
    run.packet.source = header.address6(8)
    run.packet.destination = header.address6(24)
    run.packet.originalSource = run.packet.source
    run.packet.originalDestination = run.packet.destination
    run.packet.proto = IPProtocol(rawValue: header.byte(6))
    // KERNEL: pf_test6() leaves the traffic class out.
    run.packet.tos = 0
    run.packet.ttl = header.byte(7)
    run.packet.totalLength = Int(header.big16(4)) + IPv6Header.minimumLength
    run.packet.offset = IPv6Header.minimumLength
  }

  /// Walks over the extension headers to the transport header or a fragment header.
  private func walkExtensions<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    let bytes = run.packet.base.reading
    while true {
      switch run.packet.proto {
      case .fragment:
        guard missingHeader(&run, run.packet.offset, 8) == nil else {
          note(.short, &run)
          run.log = 1
          return .drop
        }
        run.packet.proto = IPProtocol(rawValue: bytes.byte(run.packet.offset))
        testDummynet(&run, isFragment: true, &observer)
        let action = testFragment(&run, &observer)
        if action == .drop {
          note(.fragment, &run)
          run.log = 1
        }
        return action
      case .routing, .ah, .hopByHop, .destinationOptions:
        if run.packet.proto == .routing { run.packet.routingHeaders += 1 }
        guard missingHeader(&run, run.packet.offset, 2) == nil else {
          run.log = 1
          return .drop
        }
        let length = Int(bytes.byte(run.packet.offset + 1))
        let next = bytes.byte(run.packet.offset)
        run.packet.offset += run.packet.proto == .ah ? (length + 2) * 4 : (length + 1) * 8
        run.packet.proto = IPProtocol(rawValue: next)
      default:
        return dispatch(&run, &observer)
      }
    }
  }
}
