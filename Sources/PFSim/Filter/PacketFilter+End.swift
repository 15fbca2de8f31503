extension PacketFilter {
  /// What both families do at the end: options, tag, log, counters, routing (kernel: the label
  /// `done` of `pf_test()` and `pf_test6()`).
  @inline(__always)
  func end<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ action: HookAction, _ interface: Int, _ observer: inout Observer,
    _ result: inout HookResult
  ) {
    var action = action
    // KERNEL: pf_test() tags what its state passed also where the options drop it right after.
    if action != .drop, run.state >= 0 {
      let tag = states.state(run.state).pointee.tag
      if tag != 0 { run.packet.tag = tag }
    }
    if action == .pass, hasOptions(&run), !allowsOptions(&run) {
      action = .drop
      note(.ipOption, &run)
      run.log = 1
    }
    // DIFFERS: rtable
    if run.log != 0 { logAtEnd(run) }
    program.interfaces.records.base[Int(run.packet.interface)].count(
      run.packet.totalLength, isIPv6: run.packet.isIPv6, isOut: run.packet.isOut,
      passed: action == .pass)
    let body = program.body(run.rule)
    if action == .pass || body.pointee.action == .block { count(&run) }
    run.buffer.tag = run.packet.tag
    if run.packet.isSocketUnknown { run.undetermined = .unknownSocket }
    if program.hasMetUnknownSystem { run.undetermined = .unknownSystem }
    if program.hasGivenUp.pointee { run.undetermined = .endlessAnchors }
    if action == .pass {
      if body.pointee.routing != 0 {
        result = route(&run, interface, &observer)
        if result.verdict == .pass, let cut = refragmentation(&run, interface) {
          result = cutAgain(&run, cut)
        }
        return
      }
      if let cut = refragmentation(&run, interface) { return result = cutAgain(&run, cut) }
    }
    sum(&run, Verdict(action), &result)
  }

  /// How a packet is to be cut that pf put together and that leaves by another interface than it
  /// came in by; nil for others.
  @inline(__always)
  private func refragmentation(_ run: inout HookRun, _ interface: Int) -> Refragmentation? {
    guard run.packet.isIPv6, run.packet.isOut, run.buffer.receivedOn >= 0,
      Int(run.buffer.receivedOn) != interface
    else { return nil }
    return run.buffer.refragmentation
  }

  /// Cuts a forwarded IPv6 packet that pf put together (kernel: `pf_refragment6()`).
  @inline(never)
  private func cutAgain(_ run: inout HookRun, _ cut: Refragmentation) -> HookResult {
    pieces = cut.split(run.buffer.bytes)
    return conclude(&run, pieces.isEmpty ? .block : .pass)
  }

  @inline(__always)
  private func hasOptions(_ run: inout HookRun) -> Bool {
    run.packet.isIPv6
      ? run.packet.routingHeaders > 0 : run.packet.base.reading.byte(0) & 0x0f > 5
  }

  @inline(never)
  private func allowsOptions(_ run: inout HookRun) -> Bool {
    run.state >= 0 && states.state(run.state).pointee.flags.contains(.allowOptions)
      || program.body(run.rule).pointee.allowOptions
  }

  /// Counts the packet on the rule, its anchor rule, the state and what belongs to it.
  @inline(__always)
  private func count(_ run: inout HookRun) {
    let length = run.packet.totalLength
    let isOut = run.packet.isOut
    countRules(run.rule, run.anchorRule, length, isOut: isOut)
    var translation = run.packet.translationRule
    if run.state >= 0 {
      let state = states.state(run.state)
      translation = state.pointee.translationRule
      countState(state, length, isOut: isOut)
      if state.pointee.flags.contains(.hasSourceNodes) { countSourceNodes(&run) }
    }
    let tables = ruleOfTables(run.rule, translation: translation)
    guard tables > 0 else { return }
    countTables(&run, rule: tables, translation: translation)
  }

  /// The rule whose tables count a packet, 0 for none.
  @inline(__always)
  func ruleOfTables(_ rule: Int32, translation: Int32) -> Int32 {
    let tables = rule == 0 && translation >= 0 ? translation : rule
    return tables != 0 && program.body(tables).pointee.namesTables ? tables : 0
  }

  /// Counts a packet on its rule and the outermost anchor rule around it.
  @inline(__always)
  func countRules(_ rule: Int32, _ anchorRule: Int32, _ length: Int, isOut: Bool) {
    program.body(rule).pointee.counts.add(length, isOut: isOut)
    if anchorRule >= 0 { program.body(anchorRule).pointee.counts.add(length, isOut: isOut) }
  }

  /// Counts a packet on its state and the translation rule of that.
  @inline(__always)
  func countState(_ state: UnsafeMutablePointer<StateRecord>, _ length: Int, isOut: Bool) {
    if state.pointee.translationRule >= 0 {
      program.body(state.pointee.translationRule).pointee.counts.add(length, isOut: isOut)
    }
    if state.pointee.isOut == isOut {
      state.pointee.packetsForward &+= 1
      state.pointee.bytesForward &+= UInt64(truncatingIfNeeded: length)
    } else {
      state.pointee.packetsBackward &+= 1
      state.pointee.bytesBackward &+= UInt64(truncatingIfNeeded: length)
    }
  }

  @inline(never)
  private func countSourceNodes(_ run: inout HookRun) {
    let extras = states.extras(run.state)
    for node in [extras.pointee.sourceNode, extras.pointee.translationSourceNode] where node >= 0 {
      sourceNodes.node(node).pointee.counts.add(run.packet.totalLength, isOut: run.packet.isOut)
    }
  }

  /// Counts the packet on the tables that the rule names.
  @inline(never)
  private func countTables(_ run: inout HookRun, rule: Int32, translation: Int32) {
    let body = program.body(rule)
    var source = run.packet.source
    var destination = run.packet.destination
    let sameSense = run.state < 0 || states.state(run.state).pointee.isOut == run.packet.isOut
    if translation >= 0 {
      // KERNEL: pf_test() replaces one of the packet's addresses by the source before or after
      // translation, whatever the rule translates.
      let isDefault = run.rule == 0
      let usesOriginal = isDefault == sameSense
      if usesOriginal || run.state < 0 {
        let other = usesOriginal ? run.packet.originalSource : run.packet.translatedSource
        if run.packet.isOut { source = other } else { destination = other }
      }
    }
    let passed = program.body(run.rule).pointee.action == .pass
    let isIPv6 = run.packet.isIPv6
    let length = run.packet.totalLength
    if body.pointee.sourceTable >= 0 {
      program.tables.count(
        Int(body.pointee.sourceTable), sameSense ? source : destination, isIPv6: isIPv6,
        bytes: length, isOut: run.packet.isOut, passed: passed,
        negated: body.pointee.sourceNegated)
    }
    if body.pointee.destinationTable >= 0 {
      program.tables.count(
        Int(body.pointee.destinationTable), sameSense ? destination : source, isIPv6: isIPv6,
        bytes: length, isOut: run.packet.isOut, passed: passed,
        negated: body.pointee.destinationNegated)
    }
  }
}

extension Verdict {
  /// What an action means for the packet.
  @inline(__always)
  fileprivate init(_ action: HookAction) {
    switch action {
    case .pass: self = .pass
    case .synproxyDrop: self = .synproxyDrop
    case .drop: self = .block
    case .nat64: self = .nat64
    }
  }
}

extension RuleBody {
  /// Whether tables count the rule's packets.
  @inline(__always) fileprivate var namesTables: Bool { sourceTable >= 0 || destinationTable >= 0 }
}
