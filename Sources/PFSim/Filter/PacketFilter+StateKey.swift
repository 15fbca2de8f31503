/// The key of a state in the making.
extension PacketFilter {
  /// The key of a packet's state.
  func makeKey(_ run: inout HookRun, _ translation: Translation) -> StateKey {
    var key = StateKey()
    key.isOut = run.packet.isOut
    key.lanIsIPv6 = run.packet.isIPv6
    key.gatewayIsIPv6 = run.packet.isIPv6
    key.proto = run.packet.proto
    if run.packet.proto == .udp { key.variant = variant(&run, translation) }
    if run.packet.proto == .gre { key.variant = run.packet.isPPTP ? 1 : 0 }
    let isICMP = run.packet.proto == .icmp || run.packet.proto == .icmpv6
    // KERNEL: pf_test_rule() stores every ICMP, also of the wrong family, as protocol 1.
    if run.packet.proto == .icmpv6 { key.proto = .icmp }
    if run.packet.isOut {
      fillOut(&key, &run.packet, translation, isICMP)
    } else {
      fillIn(&key, &run.packet, translation, isICMP)
    }
    return key
  }

  private func variant(_ run: inout HookRun, _ translation: Translation) -> UInt8 {
    if run.packet.sourcePort == 500, run.packet.destinationPort == 500 { return 1 }
    let rule = translation.rule >= 0 ? translation.rule : run.rule
    return max(1, program.body(rule).pointee.externalFilter)
  }

  private func fillOut(
    _ key: inout StateKey, _ packet: inout PacketDescription, _ translation: Translation,
    _ isICMP: Bool
  ) {
    key.gateway = packet.source
    key.remoteGateway = packet.destination
    switch packet.proto {
    case .esp: key.remoteGatewayPort = packet.spi
    case _ where isICMP: key.gatewayPort = translation.port
    default:
      key.gatewayPort = UInt32(packet.sourcePort)
      key.remoteGatewayPort = UInt32(packet.destinationPort)
    }
    if translation.rule >= 0 {
      key.lan = packet.originalSource
      key.lanPort = packet.proto == .esp ? 0 : translation.originalSourcePort
      key.remote = packet.originalDestination
      key.remotePort = translation.originalDestinationPort
    } else {
      key.lan = key.gateway
      key.lanPort = key.gatewayPort
      key.remote = key.remoteGateway
      key.remotePort = key.remoteGatewayPort
    }
  }

  private func fillIn(
    _ key: inout StateKey, _ packet: inout PacketDescription, _ translation: Translation,
    _ isICMP: Bool
  ) {
    key.lan = packet.destination
    key.remote = packet.source
    switch packet.proto {
    case .esp: key.lanPort = packet.spi
    case _ where isICMP: key.lanPort = translation.port
    default:
      key.lanPort = UInt32(packet.destinationPort)
      key.remotePort = UInt32(packet.sourcePort)
    }
    if translation.rule >= 0 {
      key.gateway = packet.originalDestination
      key.gatewayPort = translation.originalDestinationPort
      key.remoteGateway = packet.source
      key.remoteGatewayPort = packet.proto == .esp ? 0 : UInt32(packet.sourcePort)
    } else {
      key.gateway = key.lan
      key.gatewayPort = key.lanPort
      key.remoteGateway = key.remote
      key.remoteGatewayPort = key.remotePort
    }
  }

  /// Gives the key of a translated state of IKE the initiator's cookie.
  func rememberCookie(
    _ key: inout StateKey, _ run: inout HookRun, _ translation: Translation
  ) {
    guard translation.rule >= 0, run.isIKE else { return }
    key.hasCookie = true
    // KERNEL: pf_test_rule() leaves the cookie of a short message as it lay on the stack: 0 here.
    key.cookie = run.cookie ?? 0
  }

  /// Whether another inside host waits for the first reply of the same ESP peer.
  func isBlockedByHalfOpenESP(_ run: inout HookRun) -> Bool {
    var key = StateKey()
    key.proto = .esp
    key.gatewayIsIPv6 = run.packet.isIPv6
    key.lanIsIPv6 = run.packet.isIPv6
    key.gateway = run.packet.source
    key.remoteGateway = run.packet.destination
    status.stateSearches &+= 1
    let found = states.find(key, isOut: false, interface: run.packet.interface)
    return found >= 0 && states.key(of: found).lan != run.packet.source
  }
}
