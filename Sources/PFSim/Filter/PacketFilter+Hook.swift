extension PacketFilter {
  /// Shows a packet to pf at one hook; the buffer holds what goes on afterwards.
  /// - Complexity: No allocation for packets that pf only judges and translates.
  public func process(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int
  ) -> HookResult {
    var result = HookResult()
    process(packet, direction, on: interface, into: &result)
    return result
  }

  /// The same with the result written in its place, which saves the hot path copies of it.
  func process(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int, into result: inout HookResult
  ) {
    forgetLastCall()
    if passEstablished(packet, isOut: direction == .out, interface, &result) { return }
    var observer = NoObserver()
    hook(packet, isOut: direction == .out, interface, &observer, &result)
  }

  /// Shows a packet to pf at one hook and records every rule that was visited.
  public func explain(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int
  ) -> (result: HookResult, trace: EvaluationTrace) {
    var trace = EvaluationTrace()
    var result = HookResult()
    forgetLastCall()
    hook(packet, isOut: direction == .out, interface, &trace, &result)
    return (result, trace)
  }

  /// One pass through pf (kernel: `pf_test()`, `pf_test6()`).
  func hook<Observer: EvaluationObserver>(
    _ buffer: PacketBuffer, isOut: Bool, _ interface: Int, _ observer: inout Observer,
    _ result: inout HookResult
  ) {
    guard isEnabled, !buffer.generatedByFilter else { return result = HookResult() }
    program.hasMetUnknownSystem = false
    program.hasGivenUp.pointee = false
    guard interface >= 0, interface < program.interfaces.ofHost.count else {
      result = HookResult()
      result.verdict = .block
      return
    }
    let record = program.interfaces.ofHost.base[interface]
    if program.interfaces.records.base[Int(record)].isSkipped { return result = HookResult() }
    trim(buffer)
    let isIPv6 = buffer.count > 0 && buffer.base.reading.byte(0) >> 4 == 6
    var run = HookRun(
      packet: PacketDescription(
        base: buffer.base, count: buffer.count, interface: record, isIPv6: isIPv6, isOut: isOut),
      buffer: buffer)
    run.packet.tag = buffer.tag
    guard buffer.count >= (isIPv6 ? IPv6Header.minimumLength : IPv4Header.minimumLength) else {
      note(.short, &run)
      run.rule = -1
      return result = conclude(&run, .block)
    }
    let action = isIPv6 ? test6(&run, &observer) : test4(&run, &observer)
    if action == .nat64 { return result = conclude(&run, .nat64) }
    end(&run, action, interface, &observer, &result)
  }

  /// Cuts off what lies behind the length that the IP header gives (kernel: `ip_input()` and
  /// `ip6_input()` do so before pf sees a packet).
  @inline(__always)
  private func trim(_ buffer: PacketBuffer) {
    let header = buffer.base.reading
    if buffer.count >= IPv4Header.minimumLength, header.byte(0) >> 4 == 4 {
      let length = Int(header.big16(2))
      if length < buffer.count, length >= Int(header.byte(0) & 0x0f) << 2 {
        buffer.resize(to: length)
      }
    } else if buffer.count >= IPv6Header.minimumLength, header.byte(0) >> 4 == 6 {
      let length = Int(header.big16(4))
      if length > 0, length + IPv6Header.minimumLength < buffer.count {
        buffer.resize(to: length + IPv6Header.minimumLength)
      }
    }
  }

  /// Sets the reason and counts it (kernel: `REASON_SET`).
  @inline(__always)
  func note(_ reason: Reason, _ run: inout HookRun) {
    run.reason = reason
    run.counters |= 1 << UInt32(reason.rawValue)
    status.reasons[Int(reason.rawValue)] &+= 1
  }

  /// Counts TCP options that cannot be read as a short header, without making it the reason.
  func noteShortOptions(_ run: inout HookRun) {
    // KERNEL: REASON_SET counts even where pf_pull_hdr() is given no reason to set.
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength),
      header.headerLength > max(extent(&run), TCPHeader.minimumLength)
    else { return }
    let reason = run.reason
    note(.short, &run)
    run.reason = reason
  }

  /// The result as the caller sees it.
  @inline(never)
  func conclude(_ run: inout HookRun, _ verdict: Verdict) -> HookResult {
    var result = HookResult()
    sum(&run, verdict, &result)
    return result
  }

  /// What ``conclude(_:_:)`` gives, for the way that nearly every packet takes: writes every field.
  @inline(__always)
  func sum(_ run: inout HookRun, _ verdict: Verdict, _ result: inout HookResult) {
    result.isSeen = true
    result.verdict = run.undetermined == .none ? verdict : .undetermined
    result.undetermined = run.undetermined
    result.counters = run.counters
    result.reason = run.counters == 0 ? .match : Self.highestReason(run.counters)
    result.rule = reference(run.rule)
    result.anchorRule = reference(run.anchorRule)
    if run.state >= 0 {
      let state = states.state(run.state)
      result.state = run.createdState ? .created : .matched
      result.stateID = state.pointee.id
      result.statePlace = run.state
      result.translationRule = reference(state.pointee.translationRule)
    } else {
      result.state = .none
      result.stateID = -1
      result.statePlace = -1
      result.translationRule = reference(run.packet.translationRule)
    }
    result.isHeld = run.isHeld
    result.logFlags = run.log
    result.isChanged = run.isChanged
    result.tag = run.packet.tag
  }

  @inline(never)
  private static func highestReason(_ counters: UInt32) -> Reason {
    let highest = 31 - counters.leadingZeroBitCount
    return Reason(rawValue: UInt8(truncatingIfNeeded: highest)) ?? .match
  }
}
