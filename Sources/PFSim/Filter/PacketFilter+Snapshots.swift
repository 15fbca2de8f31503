extension PacketFilter {
  /// The paths of all anchors, the main ruleset's empty one first, children after their parents in
  /// the kernel's order.
  public var anchorPaths: [String] {
    var result: [String] = []
    func visit(_ index: Int32) {
      result.append(program.anchors.paths[Int(index)])
      var child = program.anchors.nodes.base[Int(index)].firstChild
      while child >= 0 {
        visit(child)
        child = program.anchors.nodes.base[Int(child)].nextSibling
      }
    }
    visit(0)
    return result
  }

  /// The rules of one list of an anchor in order, with what they counted.
  public func rules(_ kind: RuleKind, anchor path: String = "") -> [RuleSnapshot] {
    guard let anchor = program.anchors.find(path) else { return [] }
    evaluation.settle()
    return program.anchors.records(AnchorTree.list(anchor, kind)).map { record in
      let skips = record.skips
      let steps = [
        skips.interface, skips.direction, skips.family, skips.proto, skips.source,
        skips.sourcePort, skips.destination, skips.destinationPort,
      ]
      return RuleSnapshot(
        rule: program.rules[Int(record.id)], reference: reference(record.id),
        counters: counters(record.id), skipSteps: steps.map(Int.init))
    }
  }

  /// What a rule counted; nil for none.
  public func counters(of reference: RuleReference) -> RuleCounters? {
    guard reference.id >= 0, Int(reference.id) < program.bodies.count else { return nil }
    evaluation.settle()
    return counters(reference.id)
  }

  private func counters(_ id: Int32) -> RuleCounters {
    let body = program.body(id).pointee
    return RuleCounters(
      evaluations: program.evaluations.base[Int(id)], traffic: body.counts,
      states: Int(body.states), sourceNodes: Int(body.sourceNodes))
  }

  /// Every tracked source, oldest first.
  public var sourceNodeSnapshots: [SourceNodeSnapshot] {
    sourceNodes.all.map { index in
      let node = sourceNodes.node(index).pointee
      let family: AddressFamily = node.isIPv6 ? .inet6 : .inet
      return SourceNodeSnapshot(
        address: IPAddress(family: family, bits: node.address),
        translated: node.translated.isZero
          ? nil : IPAddress(family: family, bits: node.translated),
        rule: reference(node.rule), states: Int(node.states),
        connections: Int(node.connections), traffic: node.counts, rateCount: node.rateCount,
        rateLimit: node.rateLimit, rateSeconds: node.rateSeconds, creation: node.creation,
        expire: node.expire)
    }
  }

  /// Every interface that the host has or a rule names, `ALL` first.
  public var interfaceSnapshots: [InterfaceSnapshot] {
    program.interfaces.names.indices.map { index in
      let record = program.interfaces.records.base[index]
      return InterfaceSnapshot(
        name: program.interfaces.names[index], exists: record.hostIndex >= 0,
        isSkipped: record.isSkipped, states: Int(record.states), rules: Int(record.rules),
        passed4: record.counters.passed4, blocked4: record.counters.blocked4,
        passed6: record.counters.passed6, blocked6: record.counters.blocked6,
        since: record.since)
    }
  }

  /// The whole filter's counters and settings.
  public var statusInfo: StatusInfo {
    StatusInfo(
      isEnabled: isEnabled, since: status.since, now: second, debug: debugLevel, hostID: hostID,
      logInterface: statisticsInterface, states: states.count, sourceNodes: sourceNodes.count,
      reasons: (0..<Reason.allCases.count).map { status.reasons[$0] },
      limitCounters: (0..<LimitCounter.allCases.count).map { status.limits[$0] },
      stateSearches: status.stateSearches, stateInsertions: status.stateInsertions,
      stateRemovals: status.stateRemovals, sourceSearches: status.sourceSearches,
      sourceInsertions: status.sourceInsertions, sourceRemovals: status.sourceRemovals,
      timeouts: Timeout.allCases.map(timeout), limits: limits, defaultRule: counters(0))
  }

  /// The name of a tag's number; nil for 0 and unknown numbers.
  public func tagName(_ number: UInt16) -> String? { program.tags.name(number) }

  /// The number of a tag's name, given out where it has none.
  public func tagNumber(_ name: String) -> UInt16 { program.tags.number(name) }
}
