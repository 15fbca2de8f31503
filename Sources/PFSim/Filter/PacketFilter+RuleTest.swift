extension PacketFilter {
  /// Judges a packet without a state by the rules (kernel: `pf_test_rule()`).
  @inline(never)
  func testRules<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    var translation = findTranslation(&run, &observer)
    var outcome = FilterOutcome()
    outcome.rule = run.rule
    var skipsFilter = false
    if translation.rule >= 0 {
      translation.header = TransportPrefix(run.transport.reading, run.packet.proto)
      apply(translation, &run)
      let body = program.body(translation.rule)
      skipsFilter = body.pointee.passesTranslated
      if body.pointee.tag != 0 { outcome.tag = Int32(body.pointee.tag) }
    }
    if !skipsFilter { evaluation.evaluate(&run.packet, &outcome, &random, &observer) }
    run.rule = outcome.rule
    if outcome.list >= 0 {
      run.anchorRule = outcome.anchorRule
      run.list = outcome.list
    }
    note(.match, &run)
    logDecision(&run, translation)
    let body = program.body(outcome.rule)
    if body.pointee.action == .block {
      if body.pointee.blockReturn.kind != .drop { answer(&run, translation) }
      return .drop
    }
    if outcome.tag > 0 { run.packet.tag = UInt16(truncatingIfNeeded: outcome.tag) }
    guard !run.isICMPError,
      body.pointee.keepState != .none || translation.rule >= 0 || run.packet.normalizesTCP
    else { return .pass }
    return createState(&run, translation, tag: outcome.tag)
  }

  private func logDecision(_ run: inout HookRun, _ translation: Translation) {
    let body = program.body(run.rule)
    var rule: Int32 = -1
    if body.pointee.log != 0 {
      rule = run.rule
    } else if translation.rule >= 0, program.body(translation.rule).pointee.log != 0 {
      rule = translation.rule
    }
    guard rule >= 0 else { return }
    log(run, rule: rule)
  }
}

extension HookRun {
  /// Whether the packet is an ICMP error, which makes no state.
  var isICMPError: Bool {
    switch packet.proto {
    case .icmp where !packet.isIPv6:
      [3, 4, 5, 11, 12].contains(packet.icmpType)
    case .icmpv6 where packet.isIPv6: (1...4).contains(packet.icmpType)
    default: false
    }
  }
}
