extension PacketFilter {
  /// Counts that a limit of a rule was met.
  func countLimit(_ limit: LimitCounter) { status.limits[Int(limit.rawValue)] &+= 1 }

  /// Finds or makes the source nodes of a state in the making; false when a limit forbids it.
  func takeSourceNodes(
    _ run: inout HookRun, _ translation: Translation, _ nodes: inout StateNodes
  ) -> Bool {
    let body = program.body(run.rule)
    if body.pointee.tracksSources || isSticky(body),
      !takeSourceNode(&nodes.filter, run.rule, run.packet.source, isIPv6: run.packet.isIPv6)
    {
      return false
    }
    guard translation.rule >= 0, isSticky(program.body(translation.rule)) else { return true }
    // KERNEL: pf_test_rule() goes on to the second node after the first one was found.
    if run.packet.isOut, translation.action != .rdr,
      !takeSourceNode(
        &nodes.translation, translation.rule, run.packet.originalSource, isIPv6: run.packet.isIPv6)
    {
      return false
    }
    return takeSourceNode(
      &nodes.translation, translation.rule, run.packet.source, isIPv6: run.packet.isIPv6)
  }

  private func isSticky(_ body: UnsafeMutablePointer<RuleBody>) -> Bool {
    body.pointee.pool >= 0 && program.pools.base[Int(body.pointee.pool)].isSticky
  }

  /// Finds or makes a source node (kernel: `pf_insert_src_node()`).
  private func takeSourceNode(
    _ node: inout Int32, _ rule: Int32, _ address: AddressBits, isIPv6: Bool
  ) -> Bool {
    let body = program.body(rule)
    let owner = body.pointee.sourceTracking == .rule || isSticky(body) ? rule : -1
    if node < 0 {
      status.sourceSearches &+= 1
      node = sourceNodes.find(rule: owner, isIPv6: isIPv6, address)
    }
    if node >= 0 {
      let states = sourceNodes.node(node).pointee.states
      guard body.pointee.maxSourceStates == 0 || states < body.pointee.maxSourceStates else {
        countLimit(.sourceStates)
        return false
      }
      return true
    }
    guard
      body.pointee.maxSourceNodes == 0
        || body.pointee.sourceNodes < body.pointee.maxSourceNodes
    else {
      countLimit(.sourceNodes)
      return false
    }
    guard sourceNodes.count <= Int(limit(.sourceNodes)) else { return false }
    var new = SourceNode(
      rule: owner, owner: rule, isIPv6: isIPv6, address: address, creation: second)
    new.rateLimit = body.pointee.connectionRateLimit &* 1000
    new.rateSeconds = body.pointee.connectionRateSeconds
    new.rateLast = second
    node = sourceNodes.insert(new)
    if owner >= 0 { body.pointee.sourceNodes += 1 }
    status.sourceInsertions &+= 1
    return true
  }

  /// Removes nodes that were made for a state which then was not.
  func dropUnusedNodes(_ nodes: StateNodes) {
    dropUnused(nodes.filter)
    if nodes.translation != nodes.filter { dropUnused(nodes.translation) }
  }

  private func dropUnused(_ node: Int32) {
    guard node >= 0, sourceNodes.node(node).pointee.states == 0,
      sourceNodes.node(node).pointee.expire == 0
    else { return }
    // KERNEL: pf_test_rule() does not take the node off the rule's count here.
    sourceNodes.remove(node)
    status.sourceRemovals &+= 1
  }

  /// Takes a state's references to its source nodes away (kernel:
  /// `pf_src_tree_remove_state()`).
  func leaveSourceNodes(
    _ state: UnsafeMutablePointer<StateRecord>, _ extras: UnsafeMutablePointer<StateExtras>
  ) {
    guard state.pointee.flags.contains(.hasSourceNodes) else { return }
    let (own, translating) = (extras.pointee.sourceNode, extras.pointee.translationSourceNode)
    if own >= 0 {
      let node = sourceNodes.node(own)
      if state.pointee.flags.contains(.isCounted), node.pointee.connections > 0 {
        node.pointee.connections -= 1
      }
      leave(own, state.pointee.rule)
    }
    if translating >= 0, translating != own { leave(translating, state.pointee.rule) }
    extras.pointee.sourceNode = -1
    extras.pointee.translationSourceNode = -1
  }

  private func leave(_ node: Int32, _ rule: Int32) {
    let node = sourceNodes.node(node)
    node.pointee.states &-= 1
    guard node.pointee.states == 0 else { return }
    node.pointee.expire = UInt64(second) + UInt64(timeout(.sourceTrack, of: rule))
  }

  /// The value of a timeout for a rule's states: its own, else the general one.
  @inline(__always)
  func timeout(_ timeout: Timeout, of rule: Int32) -> UInt32 {
    let own = program.body(rule).pointee.timeouts
    if own >= 0 {
      let value = program.ruleTimeouts.base[Int(own) + Int(timeout.rawValue)]
      if value != 0 { return value }
    }
    return self.timeout(timeout)
  }

  /// Counts an established connection of a tracked source; true when that is one too many
  /// (kernel: `pf_src_connlimit()`).
  @inline(never)
  func exceedsConnections(_ index: Int32) -> Bool {
    let state = states.state(index)
    let node = sourceNodes.node(states.extras(index).pointee.sourceNode)
    let body = program.body(state.pointee.rule)
    node.pointee.connections += 1
    state.pointee.flags.insert(.isCounted)
    node.pointee.addToRate(now: second)
    var isBad = false
    if body.pointee.maxSourceConnections != 0,
      body.pointee.maxSourceConnections < node.pointee.connections
    {
      countLimit(.sourceConnections)
      isBad = true
    }
    if body.pointee.connectionRateLimit != 0, node.pointee.rateCount > node.pointee.rateLimit {
      countLimit(.sourceConnectionRate)
      isBad = true
    }
    guard isBad else { return false }
    overload(index)
    condemn(index)
    return true
  }

  private func condemn(_ index: Int32) {
    let state = states.state(index)
    state.pointee.timeout = StateRecord.purge
    state.pointee.source.state = TCPState.closed
    state.pointee.destination.state = TCPState.closed
  }

  private func addOverloading(_ address: AddressBits, _ family: AddressFamily, to table: Int32) {
    _ = program.tables.contents[Int(table)].insert(
      TableDefinition.Entry(
        family: family, address: address, prefixLength: UInt8(family.addressBits)), since: second)
  }

  /// Puts an overloading source into its table and flushes its states.
  private func overload(_ index: Int32) {
    let state = states.state(index)
    let body = program.body(state.pointee.rule)
    guard body.pointee.overloadTable >= 0 else { return }
    let node = sourceNodes.node(states.extras(index).pointee.sourceNode)
    let family = states.key(of: index).lanIsIPv6 ? AddressFamily.inet6 : .inet
    countLimit(.overloadTable)
    evaluation.rulesWillChange()
    if program.tables.entryCount <= Int(limit(.tableEntries)) {
      addOverloading(node.pointee.address, family, to: body.pointee.overloadTable)
    }
    guard body.pointee.overloadFlush != .none else { return }
    countLimit(.overloadFlush)
    let isOut = states.key(of: index).isOut
    var other = states.first
    while other >= 0 {
      let victim = states.state(other)
      if victim.pointee.isLinked,
        body.pointee.overloadFlush == .global || victim.pointee.rule == state.pointee.rule
      {
        let key = states.key(of: other)
        // KERNEL: pf_src_connlimit() compares the side that the offending state's direction names.
        let address = isOut ? key.lan : key.remote
        if key.lanIsIPv6 == (family == .inet6), address == node.pointee.address {
          condemn(other)
        }
      }
      other = states.extras(other).pointee.next
    }
  }
}
