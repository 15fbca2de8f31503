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
    var found: Int32 = 0
    let applies = program.walkDummynet(
      run.packet, isFragment: isFragment, &found, &random, &observer)
    if found != 0 {
      run.pipeRule = found
      run.rule = found
    }
    guard applies else { return }
    // DIFFERS: pipes
    note(.dummynet, &run)
    let body = program.body(found)
    if body.pointee.log != 0 { log(run, rule: found) }
    if body.pointee.action == .noDummynet || body.pointee.hasPipe {
      body.pointee.counts.add(run.packet.totalLength, isOut: run.packet.isOut)
    }
  }
}
