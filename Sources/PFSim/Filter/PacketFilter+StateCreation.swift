extension PacketFilter {
  /// Makes the state of a packet that the rules pass (kernel: the last part of
  /// `pf_test_rule()`).
  func createState(
    _ run: inout HookRun, _ translation: Translation, tag: Int32
  ) -> HookAction {
    var key = makeKey(&run, translation)
    key.cookie = cookie(&run, translation)
    if translation.rule >= 0, run.packet.proto == .esp, run.packet.isOut,
      isBlockedByHalfOpenESP(&run)
    {
      return .drop
    }
    let body = program.body(run.rule)
    if body.pointee.maxStates != 0, body.pointee.states >= body.pointee.maxStates {
      countLimit(.states)
      note(.stateLimit, &run)
      return .drop
    }
    var nodes = StateNodes(filter: -1, translation: translation.sourceNode)
    guard takeSourceNodes(&run, translation, &nodes) else {
      note(.sourceLimit, &run)
      dropUnusedNodes(nodes)
      return .drop
    }
    guard states.count <= Int(limit(.states)) else {
      note(.memory, &run)
      dropUnusedNodes(nodes)
      return .drop
    }
    var record = makeRecord(&run, translation)
    record.tag = tag > 0 ? UInt16(truncatingIfNeeded: tag) : 0
    return insert(&run, translation, record, key, nodes)
  }

  /// The source nodes of a state in the making.
  struct StateNodes {
    var filter: Int32
    var translation: Int32
  }

  private func insert(
    _ run: inout HookRun, _ translation: Translation, _ record: StateRecord, _ key: StateKey,
    _ nodes: StateNodes
  ) -> HookAction {
    var record = record
    var extras = StateExtras()
    extras.creation = second
    prepare(&run, &record, &extras)
    extras.sourceNode = nodes.filter
    extras.translationSourceNode = nodes.translation
    if nodes.filter >= 0 || nodes.translation >= 0 { record.flags.insert(.hasSourceNodes) }
    retain(record, extras)
    if nodes.translation >= 0 {
      // KERNEL: pf_test_rule() stores the translated source, which for rdr is the client's own.
      sourceNodes.node(nodes.translation).pointee.translated = run.packet.translatedSource
    }
    if run.packet.proto == .tcp, run.packet.normalizesTCP,
      beginNormalization(&run, &record, &extras) == .drop
    {
      forgetNormalization(extras)
      release(record, extras)
      return .drop
    }
    let reuses =
      translation.rule >= 0
      && (key.proto == .tcp
        || key.proto == .udp && program.body(translation.rule).pointee.externalMapping > 1)
    guard let index = states.insert(record, extras, key, indexesMapping: reuses) else {
      note(.stateInsert, &run)
      forgetNormalization(extras)
      release(record, extras)
      return .drop
    }
    run.state = index
    run.createdState = true
    status.stateInsertions &+= 1
    program.interfaces.records.base[Int(record.interface)].states += 1
    return beginProxy(&run, translation, index) ?? .pass
  }

  // MARK: The key

  /// The key of a packet's state.
  private func makeKey(_ run: inout HookRun, _ translation: Translation) -> StateKey {
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

  /// The initiator's cookie of IKE, where a translated state remembers it.
  private func cookie(_ run: inout HookRun, _ translation: Translation) -> UInt64 {
    guard translation.rule >= 0, run.packet.proto == .udp else { return 0 }
    return run.cookie ?? 0
  }

  /// Whether another inside host waits for the first reply of the same ESP peer.
  private func isBlockedByHalfOpenESP(_ run: inout HookRun) -> Bool {
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

  // MARK: The record

  /// The state of a packet, before it is known whether it can be inserted.
  private func makeRecord(_ run: inout HookRun, _ translation: Translation) -> StateRecord {
    let body = program.body(run.rule)
    var record = StateRecord()
    record.rule = run.rule
    record.translationRule = translation.rule
    record.anchorRule = run.anchorRule
    if body.pointee.allowOptions { record.flags.insert(.allowOptions) }
    record.log = body.pointee.log & LogOptions.all.rawValue
    if translation.rule >= 0 {
      record.log |= program.body(translation.rule).pointee.log & LogOptions.all.rawValue
    }
    record.expire = second
    record.interface =
      body.pointee.interfaceBound ? run.packet.interface : InterfaceRegistry.all
    return record
  }

  /// Sets up both sides of a state by its first packet.
  private func prepare(
    _ run: inout HookRun, _ record: inout StateRecord, _ extras: inout StateExtras
  ) {
    var timeout = Timeout.otherFirst
    record.source.state = 1
    switch run.packet.proto {
    case .tcp:
      prepareTCP(&run, &record)
      timeout = .tcpFirst
    case .udp: timeout = .udpFirst
    case .icmp, .icmpv6:
      record.source.state = 0
      timeout = .icmpFirst
    case .gre: timeout = .greInitiating
    case .esp: timeout = .espFirst
    default: break
    }
    record.timeout = timeout.rawValue
    prepareRoute(&run, &record, &extras)
  }

  private func prepareTCP(_ run: inout HookRun, _ record: inout StateRecord) {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength) else { return }
    let flags = header.flags
    let length = UInt32(truncatingIfNeeded: run.packet.payloadLength)
    record.source.sequenceLow = header.sequence
    record.source.sequenceHigh = header.sequence &+ length &+ 1
    if flags.intersection([.syn, .ack]) == .syn,
      program.body(run.rule).pointee.keepState == .modulate
    {
      // DIFFERS: random
      record.source.sequenceOffset = random.next() &- header.sequence
      if record.source.sequenceOffset == 0 { record.source.sequenceOffset = 1 }
      run.setSequence(header.sequence &+ record.source.sequenceOffset, nil)
    }
    if flags.contains(.syn) {
      record.source.sequenceHigh &+= 1
      noteShortOptions(&run)
      record.source.windowScale = header.windowScale(extent: extent(&run))
    }
    record.source.maxWindow = max(header.window, 1)
    let scale = record.source.scale
    if scale > 0 {
      let window = UInt32(record.source.maxWindow) &+ (1 << scale)
      record.source.maxWindow = UInt16(truncatingIfNeeded: (window &- 1) >> scale)
    }
    if flags.contains(.fin) { record.source.sequenceHigh &+= 1 }
    record.destination.sequenceHigh = 1
    record.destination.maxWindow = 1
    record.source.state = TCPState.synSent
    record.destination.state = TCPState.closed
  }

  /// The bytes that are there from the transport header on, of those that the IP header claims.
  func extent(_ run: inout HookRun) -> Int {
    let header = run.packet.base.reading
    let claimed =
      run.packet.isIPv6 ? Int(header.big16(4)) + IPv6Header.length : Int(header.big16(2))
    return max(0, min(run.packet.count, claimed) - run.packet.offset)
  }

  /// Lets a state refer to its rules and source nodes.
  private func retain(_ record: StateRecord, _ extras: StateExtras) {
    addState(to: record.rule)
    addState(to: record.anchorRule)
    addState(to: record.translationRule)
    if extras.sourceNode >= 0 { sourceNodes.node(extras.sourceNode).pointee.states += 1 }
    if extras.translationSourceNode >= 0 {
      sourceNodes.node(extras.translationSourceNode).pointee.states += 1
    }
  }

  @inline(__always)
  private func addState(to rule: Int32) {
    if rule >= 0 { program.body(rule).pointee.states += 1 }
  }

  /// Takes back what ``retain(_:_:)`` did for a state that could not be inserted.
  private func release(_ record: StateRecord, _ extras: StateExtras) {
    var extras = extras
    leaveSourceNodes(record, &extras)
    releaseRules(record)
  }

  /// Takes a state's references to its rules away.
  func releaseRules(_ record: StateRecord) {
    removeState(from: record.rule)
    removeState(from: record.anchorRule)
    removeState(from: record.translationRule)
  }

  @inline(__always)
  private func removeState(from rule: Int32) {
    guard rule >= 0 else { return }
    program.body(rule).pointee.states -= 1
    release(rule)
  }
}
