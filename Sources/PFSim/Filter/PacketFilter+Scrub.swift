extension PacketFilter {
  /// Whether the main ruleset has scrub rules, those that call anchors included.
  @inline(__always) var hasScrubRules: Bool {
    program.anchors.lists.base[Int(RuleKind.scrub.rawValue)].count > 0
  }

  /// Normalises an IPv4 packet by the scrub rules and describes it anew.
  @inline(__always)
  func normalize4<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    let rule = program.walkScrub(&run.packet, .ipv4, &observer)
    guard rule >= 0, countScrub(rule, &run) else { return .pass }
    return normalize4(&run, rule)
  }

  @inline(never)
  private func normalize4(_ run: inout HookRun, _ rule: Int32) -> HookAction {
    let options = program.body(rule).pointee.scrub
    // The place of the numbers instead of the filter: nobody counts references to it.
    let outcome = withUnsafeMutablePointer(to: &random) { random in
      normalizer.normalize4(
        run.buffer, options, isOut: run.packet.isOut, now: second,
        randomID: { UInt16(truncatingIfNeeded: random.pointee.next()) })
    }
    let action = settleScrub(outcome, &run, rule)
    if action == .pass { describe4(&run) }
    return action
  }

  /// Normalises an IPv6 packet by the scrub rules.
  func normalize6<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ observer: inout Observer
  ) -> HookAction {
    let rule = program.walkScrub(&run.packet, .ipv6, &observer)
    guard rule >= 0, countScrub(rule, &run) else { return .pass }
    let options = program.body(rule).pointee.scrub
    let outcome = normalizer.normalize6(
      run.buffer, options, isOut: run.packet.isOut, now: second)
    return settleScrub(outcome, &run, rule)
  }

  /// Counts a packet on its scrub rule; false for `no scrub`.
  private func countScrub(_ rule: Int32, _ run: inout HookRun) -> Bool {
    let body = program.body(rule)
    guard body.pointee.action == .scrub else { return false }
    body.pointee.counts.add(run.packet.totalLength, isOut: run.packet.isOut)
    return true
  }

  /// Whether an IPv6 packet ends within its headers.
  private func isShortHeader(_ run: HookRun) -> Bool {
    // KERNEL: pf_normalize_ip6() pulls two bytes behind the header whatever they are, and counts
    // what pf_pull_hdr() counted already.
    guard let header = IPv6Header(run.packet.base, count: run.buffer.count) else { return false }
    if run.buffer.count < IPv6Header.minimumLength + 2 { return true }
    guard case .short = IPv6ScrubWalk(header, packetLength: run.buffer.count).end else {
      return false
    }
    return true
  }

  private func settleScrub(
    _ outcome: NormalizationOutcome, _ run: inout HookRun, _ rule: Int32
  ) -> HookAction {
    switch outcome {
    case .pass(let reassembles):
      run.packet.isReassembled = reassembles
      return .pass
    case .held(let grew):
      run.isHeld = grew
      return .drop
    case .drop(let reason, let isLogged):
      if let reason {
        note(reason, &run)
        // What is short and freed already was looked for where nothing is left.
        if reason == .short, run.packet.isIPv6, !isLogged || isShortHeader(run) {
          note(reason, &run)
        }
        if isLogged, program.body(rule).pointee.log != 0 {
          logScrub(run, rule: rule, reason: reason)
        }
      }
      return .drop
    case .kernelPanic:
      run.undetermined = .kernelPanic
      return .drop
    }
  }
}
