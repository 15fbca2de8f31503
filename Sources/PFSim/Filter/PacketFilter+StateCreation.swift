extension PacketFilter {
  /// Makes the state of a packet that the rules pass (kernel: the last part of
  /// `pf_test_rule()`).
  func createState(
    _ run: inout HookRun, _ translation: Translation, tag: Int32
  ) -> HookAction {
    var key = makeKey(&run, translation)
    rememberCookie(&key, &run, translation)
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
    return insert(&run, translation, key, nodes, tag: tag)
  }

  /// The source nodes of a state in the making.
  struct StateNodes {
    var filter: Int32
    var translation: Int32
  }

  /// Fills in a record of the table and adds it.
  private func insert(
    _ run: inout HookRun, _ translation: Translation, _ key: StateKey, _ nodes: StateNodes,
    tag: Int32
  ) -> HookAction {
    let index = states.take()
    let (state, extras) = (states.state(index), states.extras(index))
    fillRecord(state, &run, translation)
    state.pointee.tag = tag > 0 ? UInt16(truncatingIfNeeded: tag) : 0
    extras.pointee.creation = second
    prepare(&run, state)
    extras.pointee.sourceNode = nodes.filter
    extras.pointee.translationSourceNode = nodes.translation
    if nodes.filter >= 0 || nodes.translation >= 0 { state.pointee.flags.insert(.hasSourceNodes) }
    retain(state, extras)
    if nodes.translation >= 0 {
      // KERNEL: pf_test_rule() stores the translated source, which for rdr is the client's own.
      sourceNodes.node(nodes.translation).pointee.translated = run.packet.translatedSource
    }
    if run.packet.proto == .tcp, run.packet.normalizesTCP,
      beginNormalization(&run, state, extras) == .drop
    {
      abandon(index)
      return .drop
    }
    prepareRoute(&run, state, extras)
    guard states.link(index, key, indexesMapping: reusesMapping(translation, key)) else {
      note(.stateInsert, &run)
      abandon(index)
      return .drop
    }
    run.state = index
    run.createdState = true
    status.stateInsertions &+= 1
    program.interfaces.records.base[Int(state.pointee.interface)].states += 1
    return beginProxy(&run, translation, index) ?? .pass
  }

  /// Whether later connections of the same inside host and port ask for a state's mapping.
  private func reusesMapping(_ translation: Translation, _ key: StateKey) -> Bool {
    guard translation.rule >= 0 else { return false }
    return key.proto == .tcp
      || key.proto == .udp && program.body(translation.rule).pointee.externalMapping > 1
  }

  /// Gives up a state that could not be added.
  @inline(never)
  private func abandon(_ index: Int32) {
    let (state, extras) = (states.state(index), states.extras(index))
    forgetNormalization(extras)
    leaveSourceNodes(state, extras)
    releaseRules(of: state)
    states.abandon(index)
  }

  /// Writes what a state knows of its rules.
  private func fillRecord(
    _ state: UnsafeMutablePointer<StateRecord>, _ run: inout HookRun, _ translation: Translation
  ) {
    let body = program.body(run.rule)
    state.pointee.rule = run.rule
    state.pointee.translationRule = translation.rule
    state.pointee.anchorRule = run.anchorRule
    if body.pointee.allowOptions { state.pointee.flags.insert(.allowOptions) }
    state.pointee.log = body.pointee.log & LogOptions.all.rawValue
    if translation.rule >= 0 {
      state.pointee.log |= program.body(translation.rule).pointee.log & LogOptions.all.rawValue
    }
    state.pointee.expire = second
    state.pointee.interface =
      body.pointee.interfaceBound ? run.packet.interface : InterfaceRegistry.all
  }

  /// Sets up both sides of a state by its first packet.
  private func prepare(
    _ run: inout HookRun, _ state: UnsafeMutablePointer<StateRecord>
  ) {
    var timeout = Timeout.otherFirst
    state.pointee.source.state = 1
    switch run.packet.proto {
    case .tcp:
      prepareTCP(&run, state)
      timeout = .tcpFirst
    case .udp: timeout = .udpFirst
    case .icmp, .icmpv6:
      state.pointee.source.state = 0
      timeout = .icmpFirst
    case .gre: timeout = .greInitiating
    case .esp: timeout = .espFirst
    default: break
    }
    state.pointee.timeout = timeout.rawValue
  }

  private func prepareTCP(_ run: inout HookRun, _ state: UnsafeMutablePointer<StateRecord>) {
    guard let header = TCPHeader(run.transport, count: TCPHeader.minimumLength) else { return }
    let flags = header.flags
    let length = UInt32(truncatingIfNeeded: run.packet.payloadLength)
    var source = StatePeer()
    source.sequenceLow = header.sequence
    source.sequenceHigh = header.sequence &+ length &+ 1
    if flags.intersection([.syn, .ack]) == .syn,
      program.body(run.rule).pointee.keepState == .modulate
    {
      // DIFFERS: random
      source.sequenceOffset = random.next() &- header.sequence
      if source.sequenceOffset == 0 { source.sequenceOffset = 1 }
      run.setSequence(header.sequence &+ source.sequenceOffset, nil)
    }
    if flags.contains(.syn) {
      source.sequenceHigh &+= 1
      noteShortOptions(&run)
      source.windowScale = header.windowScale(extent: extent(&run))
    }
    source.maxWindow = max(header.window, 1)
    let scale = source.scale
    if scale > 0 {
      let window = UInt32(source.maxWindow) &+ (1 << scale)
      source.maxWindow = UInt16(truncatingIfNeeded: (window &- 1) >> scale)
    }
    if flags.contains(.fin) { source.sequenceHigh &+= 1 }
    state.pointee.destination.sequenceHigh = 1
    state.pointee.destination.maxWindow = 1
    source.state = TCPState.synSent
    state.pointee.source = source
  }

  /// The bytes that are there from the transport header on, of those that the IP header claims.
  func extent(_ run: inout HookRun) -> Int {
    let header = run.packet.base.reading
    let claimed =
      run.packet.isIPv6 ? Int(header.big16(4)) + IPv6Header.minimumLength : Int(header.big16(2))
    return max(0, min(run.packet.count, claimed) - run.packet.offset)
  }

  /// Lets a state refer to its rules and source nodes.
  private func retain(
    _ state: UnsafeMutablePointer<StateRecord>, _ extras: UnsafeMutablePointer<StateExtras>
  ) {
    addState(to: state.pointee.rule)
    addState(to: state.pointee.anchorRule)
    addState(to: state.pointee.translationRule)
    guard state.pointee.flags.contains(.hasSourceNodes) else { return }
    for node in [extras.pointee.sourceNode, extras.pointee.translationSourceNode] where node >= 0 {
      sourceNodes.node(node).pointee.states += 1
    }
  }

  @inline(__always)
  private func addState(to rule: Int32) {
    if rule >= 0 { program.body(rule).pointee.states += 1 }
  }

  /// Takes a state's references to its rules away.
  func releaseRules(of state: UnsafeMutablePointer<StateRecord>) {
    removeState(from: state.pointee.rule)
    removeState(from: state.pointee.anchorRule)
    removeState(from: state.pointee.translationRule)
  }

  @inline(__always)
  private func removeState(from rule: Int32) {
    guard rule >= 0 else { return }
    let body = program.body(rule)
    body.pointee.states -= 1
    if body.pointee.states == 0 { release(rule) }
  }
}
