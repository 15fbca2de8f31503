extension PacketFilter {
  /// Searches the state of an ICMP or ICMPv6 packet (kernel: `pf_test_state_icmp()`).
  func testICMPState(_ run: inout HookRun) -> HookAction {
    if run.isICMPError { return testICMPError(&run) }
    // KERNEL: pf_test_state_icmp() searches ICMPv6 as ICMP too.
    var key = searchKey(run.packet, .icmp)
    key.lanPort = UInt32(run.packet.sourcePort)
    key.gatewayPort = key.lanPort
    if let fate = accept(search(key, run), &run) { return fate }
    let state = states.state(run.state)
    state.pointee.expire = second
    state.pointee.timeout = Timeout.icmpError.rawValue
    translateICMP(states.key(of: run.state), &run)
    return .pass
  }

  private func translateICMP(_ key: StateKey, _ run: inout HookRun) {
    guard key.translates else { return }
    let isOut = run.packet.isOut
    let address = isOut ? key.gateway : key.lan
    if run.packet.isIPv6 { return run.setICMPv6Address(address, isSource: isOut) }
    if isOut { run.replaceSource(address) } else { run.replaceDestination(address) }
    let identifier = isOut ? key.gatewayPort : key.lanPort
    run.setICMPIdentifier(run.packet.sourcePort, UInt16(truncatingIfNeeded: identifier))
  }
}
