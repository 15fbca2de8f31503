extension PacketFilter {
  /// Judges a whole packet by its protocol.
  @inline(__always)
  func dispatch<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    if run.packet.proto == .tcp { return dispatchTCP(&run, &observer) }
    switch run.packet.proto {
    case .udp: return dispatchUDP(&run, &observer)
    case .icmp where !run.packet.isIPv6: return dispatchICMP(&run, &observer)
    case .icmpv6 where run.packet.isIPv6: return dispatchICMP(&run, &observer)
    case .esp: return dispatchESP(&run, &observer)
    case .gre: return dispatchGRE(&run, &observer)
    default: return dispatchOther(&run, &observer)
    }
  }

  /// Reads a header; on failure the packet's fate is known.
  @inline(__always)
  private func pull(_ run: inout HookRun, _ length: Int) -> HookAction? {
    let end = run.packet.offset &+ length
    if !run.packet.isIPv6, end <= run.packet.count, end <= run.packet.totalLength { return nil }
    guard let action = missingHeader(&run, run.packet.offset, length) else { return nil }
    if action != .pass { run.log = 1 }
    return action
  }

  /// Takes the rules, anchor and log flag of the state that a packet belongs to; without a state
  /// asks the rules.
  @inline(__always)
  private func settle<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ action: HookAction, _ observer: inout Observer
  ) -> HookAction {
    if action == .pass {
      takeRule(&run)
    } else if run.state < 0, action != .nat64 {
      return testRules(&run, &observer)
    }
    return action
  }

  @inline(__always)
  private func takeRule(_ run: inout HookRun) {
    let state = states.state(run.state)
    run.rule = state.pointee.rule
    run.anchorRule = state.pointee.anchorRule
    run.log = state.pointee.log
  }

  @inline(never)
  private func dispatchTCP<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    if let fate = pull(&run, TCPHeader.minimumLength) { return fate }
    readTCP(&run)
    testDummynet(&run, isFragment: false, &observer)
    if hasScrubRules, normalizeTCP(&run, &observer) == .drop { return .drop }
    if run.packet.sourcePort == 0 || run.packet.destinationPort == 0 {
      note(.invalidPort, &run)
      return .drop
    }
    return settle(&run, testTCPState(&run), &observer)
  }

  /// Reads the TCP header into the description.
  @inline(__always)
  func readTCP(_ run: inout HookRun) {
    let header = run.packet.base.reading + run.packet.offset
    run.packet.sourcePort = header.big16(0)
    run.packet.destinationPort = header.big16(2)
    run.packet.flags = header.byte(13)
    run.packet.payloadLength =
      run.packet.totalLength - run.packet.offset - Int(header.byte(12) >> 4) << 2
  }

  @inline(never)
  private func dispatchUDP<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    if let fate = pull(&run, UDPHeader.minimumLength) { return fate }
    let header = run.packet.base.reading + run.packet.offset
    run.packet.sourcePort = header.big16(0)
    run.packet.destinationPort = header.big16(2)
    if run.packet.sourcePort == 0 || run.packet.destinationPort == 0 {
      note(.invalidPort, &run)
      return .drop
    }
    let length = Int(header.big16(4))
    if length > run.packet.count - run.packet.offset || length < UDPHeader.minimumLength {
      note(.short, &run)
      return .drop
    }
    testDummynet(&run, isFragment: false, &observer)
    return settle(&run, testUDPState(&run), &observer)
  }

  @inline(never)
  private func dispatchICMP<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    if let fate = pull(&run, ICMPHeader.minimumLength) { return fate }
    let header = run.packet.base.reading + run.packet.offset
    run.packet.icmpType = header.byte(0)
    run.packet.icmpCode = header.byte(1)
    run.packet.sourcePort = header.big16(4)
    run.packet.destinationPort = run.packet.sourcePort
    testDummynet(&run, isFragment: false, &observer)
    return settle(&run, testICMPState(&run), &observer)
  }

  @inline(never)
  private func dispatchESP<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    if let fate = pull(&run, 8) { return fate }
    run.packet.spi = (run.packet.base.reading + run.packet.offset).big32(0)
    testDummynet(&run, isFragment: false, &observer)
    return settle(&run, testESPState(&run), &observer)
  }

  @inline(never)
  private func dispatchGRE<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    if let fate = pull(&run, GREHeader.minimumLength) { return fate }
    let header = run.packet.base.reading + run.packet.offset
    testDummynet(&run, isFragment: false, &observer)
    guard header.big16(0) & 7 == 1, header.big16(2) == 0x880b else {
      return dispatchOther(&run, &observer)
    }
    guard Int(header.big16(4)) <= run.packet.count - run.packet.offset else {
      note(.short, &run)
      return .drop
    }
    if !run.packet.isIPv6 {
      // KERNEL: pf_test6() does not say that the packet is PPTP's, so that call ids do not count.
      run.packet.isPPTP = true
      run.packet.destinationPort = header.big16(6)
      run.packet.sourcePort = run.packet.destinationPort
    }
    let action = testGREState(&run)
    if action == .pass {
      takeRule(&run)
      return .pass
    }
    if run.state < 0 {
      // DIFFERS: pptp. The kernel's helper may have made a state from what the control connection
      // says.
      if hasPPTPControl(run) { run.undetermined = .notModelled }
      if testRules(&run, &observer) == .pass { return .pass }
    }
    // KERNEL: pf_test() falls through to the treatment of other protocols.
    return dispatchOther(&run, &observer)
  }

  @inline(never)
  private func dispatchOther<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    testDummynet(&run, isFragment: false, &observer)
    return settle(&run, testOtherState(&run), &observer)
  }
}
