extension PacketFilter {
  /// Kills every state (`pfctl -F states`): they are not found any more, and the purge frees them.
  /// - Returns: How many were killed.
  @discardableResult
  public func killAllStates() -> Int { kill { _, _ in true } }

  /// Kills the states of an interface, `ALL` for floating ones (`pfctl -i IF -F states`).
  @discardableResult
  public func killStates(onInterface name: String) -> Int {
    guard let index = program.interfaces.find(name) else { return 0 }
    return kill { state, _ in state.interface == index }
  }

  /// Kills the states of rules with a label (`pfctl -k label -k LABEL`).
  @discardableResult
  public func killStates(label: String) -> Int {
    kill { state, _ in program.rules[Int(state.rule)].label == label }
  }

  /// Kills the states from a network, to a network where one is given (`pfctl -k A [-k B]`).
  ///
  /// Addresses are those of the inside, in the sense of the packet that made the state.
  @discardableResult
  public func killStates(
    from source: TableDefinition.Entry, to destination: TableDefinition.Entry? = nil
  ) -> Int {
    kill { _, key in
      let (from, to) = key.isOut ? (key.lan, key.remote) : (key.remote, key.lan)
      return Self.contains(source, from, isIPv6: key.lanIsIPv6)
        && (destination.map { Self.contains($0, to, isIPv6: key.lanIsIPv6) } ?? true)
    }
  }

  private static func contains(
    _ network: TableDefinition.Entry, _ address: AddressBits, isIPv6: Bool
  ) -> Bool {
    let mask = AddressBits(prefixLength: Int(network.prefixLength))
    if mask.isZero { return !network.negated }
    guard (network.family == .inet6) == isIPv6 else { return false }
    return ((network.address & mask) == (address & mask)) != network.negated
  }

  private func kill(where test: (StateRecord, StateKey) -> Bool) -> Int {
    var killed = 0
    var index = states.first
    while index >= 0 {
      let next = states.extras(index).pointee.next
      if states.state(index).pointee.isLinked,
        test(states.state(index).pointee, states.key(of: index))
      {
        unlink(index)
        killed += 1
      }
      index = next
    }
    return killed
  }

  /// Forgets every source node (`pfctl -F Sources`).
  public func flushSourceNodes() { killSourceNodes { _ in true } }

  /// Kills the source nodes of a network, those translated into a network where one is given
  /// (`pfctl -K A [-K B]`).
  /// - Returns: How many were killed.
  @discardableResult
  public func killSourceNodes(
    from source: TableDefinition.Entry, to destination: TableDefinition.Entry? = nil
  ) -> Int {
    killSourceNodes { node in
      Self.contains(source, node.address, isIPv6: node.isIPv6)
        && (destination.map { Self.contains($0, node.translated, isIPv6: node.isIPv6) } ?? true)
    }
  }

  @discardableResult
  private func killSourceNodes(where test: (SourceNode) -> Bool) -> Int {
    let killed = Set(sourceNodes.all.filter { test(sourceNodes.node($0).pointee) })
    var index = states.first
    while index >= 0 {
      let more = states.extras(index)
      if killed.contains(more.pointee.sourceNode) { more.pointee.sourceNode = -1 }
      if killed.contains(more.pointee.translationSourceNode) {
        more.pointee.translationSourceNode = -1
      }
      index = more.pointee.next
    }
    for node in killed.sorted() {
      let rule = sourceNodes.node(node).pointee.rule
      sourceNodes.remove(node)
      status.sourceRemovals &+= 1
      guard rule >= 0 else { continue }
      program.body(rule).pointee.sourceNodes -= 1
      release(rule)
    }
    return killed.count
  }
}
