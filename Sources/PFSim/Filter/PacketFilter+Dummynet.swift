extension PacketFilter {
  /// Applies dummynet rules as far as they decide: counts and logs (kernel:
  /// `pf_test_dummynet()`).
  ///
  /// Pipes let every packet pass at once.
  @inline(__always)
  func testDummynet<Observer: EvaluationObserver>(
    _ run: inout HookRun, isFragment: Bool, _ observer: inout Observer
  ) {
    guard isDummynetLoaded else { return }
    applyDummynet(&run, isFragment: isFragment, &observer)
  }

  @inline(never)
  private func applyDummynet<Observer: EvaluationObserver>(
    _ run: inout HookRun, isFragment: Bool, _ observer: inout Observer
  ) {
    var outcome = FilterOutcome()
    let applies = program.walkDummynet(
      run.packet, isFragment: isFragment, &outcome, &random, &observer)
    // KERNEL: pf_test_dummynet() leaves the rule to its caller also where it does not apply it.
    if outcome.rule != 0 { run.rule = outcome.rule }
    guard applies else { return }
    // DIFFERS: pipes
    let body = program.body(outcome.rule)
    noteDummynet(&run, outcome, logs: body.pointee.log != 0)
    if body.pointee.action == .noDummynet || body.pointee.hasPipe {
      body.pointee.counts.add(run.packet.totalLength, isOut: run.packet.isOut)
    }
    if body.pointee.action != .noDummynet, outcome.tag > 0 {
      run.packet.tag = UInt16(truncatingIfNeeded: outcome.tag)
    }
  }

  /// Counts and logs a match with a reason and an anchor that the rest of the hook does not see.
  private func noteDummynet(_ run: inout HookRun, _ outcome: FilterOutcome, logs: Bool) {
    let reason = run.reason
    note(.dummynet, &run)
    if logs {
      var own = run
      own.anchorRule = outcome.anchorRule
      own.list = outcome.list
      log(own, rule: outcome.rule)
    }
    run.reason = reason
  }
}
