extension PacketFilter {
  /// Judges an IPv4 packet up to END (kernel: `pf_test()`).
  @inline(__always)
  func test4<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    describe4(&run)
    if hasScrubRules, normalize4(&run, &observer) != .pass { return .drop }
    let header = run.packet.base.reading
    run.packet.offset = Int(header.byte(0) & 0x0f) << 2
    guard run.packet.offset >= IPv4Header.minimumLength else {
      note(.short, &run)
      run.log = 1
      return .drop
    }
    if header.big16(6) & (IPv4Header.offsetMask | IPv4Header.moreFragments) != 0 {
      testDummynet(&run, isFragment: true, &observer)
      return testFragment(&run, &observer)
    }
    return dispatch(&run, &observer)
  }

  /// Reads the IPv4 header into the description.
  @inline(__always)
  func describe4(_ run: inout HookRun) {
    let header = run.packet.base.reading
    run.packet.count = run.buffer.count
    run.packet.source = AddressBits(ipv4: header.big32(12))
    run.packet.destination = AddressBits(ipv4: header.big32(16))
    run.packet.originalSource = run.packet.source
    run.packet.originalDestination = run.packet.destination
    run.packet.proto = IPProtocol(rawValue: header.byte(9))
    run.packet.tos = header.byte(1)
    run.packet.ttl = header.byte(8)
    run.packet.totalLength = Int(header.big16(2))
  }

  /// Judges a fragment by the filter rules (kernel: `pf_test_fragment()`).
  @inline(never)
  func testFragment<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    var outcome = FilterOutcome()
    outcome.rule = run.rule
    program.walkFragment(run.packet, &outcome, &random, &observer)
    run.rule = outcome.rule
    run.anchorRule = outcome.anchorRule
    run.list = outcome.list
    note(.match, &run)
    let body = program.body(run.rule)
    if body.pointee.log != 0 { log(run, rule: run.rule) }
    return body.pointee.action == .pass ? .pass : .drop
  }

  /// Reads as many header bytes as a protocol needs (kernel: `pf_pull_hdr()`).
  /// - Returns: nil when they are there, else what becomes of the packet.
  @inline(never)
  func missingHeader(_ run: inout HookRun, _ offset: Int, _ length: Int) -> HookAction? {
    let header = run.packet.base.reading
    if !run.packet.isIPv6 {
      let fragment = Int(header.big16(6) & IPv4Header.offsetMask) << 3
      if fragment != 0 {
        if fragment >= length { return .pass }
        note(.fragment, &run)
        return .drop
      }
    }
    let claimed =
      run.packet.isIPv6 ? Int(header.big16(4)) + IPv6Header.minimumLength : Int(header.big16(2))
    if run.packet.count >= offset + length, claimed >= offset + length { return nil }
    note(.short, &run)
    return .drop
  }
}
