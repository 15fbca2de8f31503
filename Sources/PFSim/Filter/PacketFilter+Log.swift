extension PacketFilter {
  /// Logs a packet that the rules decided.
  func log(_ run: HookRun, rule: Int32) {
    guard logSink != nil else { return }
    send(run, rule: rule, reason: run.reason, ruleset: run.list)
  }

  /// Logs a packet at the end of the hook, for its state or because it was forced.
  @inline(never)
  func logAtEnd(_ run: HookRun) {
    guard logSink != nil else { return }
    var rule = run.rule
    if run.state >= 0 {
      let translation = states.state(run.state).pointee.translationRule
      if translation >= 0, program.body(translation).pointee.log & LogOptions.all.rawValue != 0 {
        rule = translation
      }
    }
    send(run, rule: rule, reason: run.reason, ruleset: run.list)
  }

  /// Logs a packet that normalisation dropped.
  func logScrub(_ run: HookRun, rule: Int32, reason: Reason, isTCP: Bool = false) {
    guard logSink != nil else { return }
    // KERNEL: pf_normalize_tcp() and the lack of memory log every packet as IPv4.
    let family: AddressFamily? = isTCP || reason == .memory ? .inet : nil
    var plain = run
    plain.anchorRule = -1
    send(plain, rule: rule, reason: reason, ruleset: -1, family: family)
  }

  private func send(
    _ run: HookRun, rule: Int32, reason: Reason, ruleset: Int32, family: AddressFamily? = nil
  ) {
    // DIFFERS: pflog
    let body = program.body(rule)
    var packet = run.packet
    // The verdict does not depend on a socket that only the log asks for.
    if body.pointee.log & LogOptions.user.rawValue != 0 { program.lookUpSocket(&packet) }
    let own: AddressFamily = run.packet.isIPv6 ? .inet6 : .inet
    let entry = LogEntry(
      logInterface: body.pointee.logInterface,
      interface: Int(program.interfaces.records.base[Int(run.packet.interface)].hostIndex),
      direction: run.packet.isOut ? .out : .in,
      family: family ?? own, action: body.pointee.action, reason: reason, rule: reference(rule),
      anchorRule: reference(run.anchorRule),
      anchor: ruleset > 0 ? program.anchors.paths[Int(ruleset / 6)] : "",
      user: packet.isSocketLookedUp ? packet.user : IDMatch.unknown,
      packet: UnsafeRawBufferPointer(start: run.packet.base, count: run.buffer.count))
    logSink?(entry)
  }
}
