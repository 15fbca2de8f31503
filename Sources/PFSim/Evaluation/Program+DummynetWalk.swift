extension Program {
  /// Finds the last matching dummynet rule (kernel: the loop of `pf_test_dummynet()`).
  /// - Returns: Whether the rule is applied. `found` is set even where it is not.
  func walkDummynet<Observer: EvaluationObserver>(
    _ packet: PacketDescription, isFragment: Bool, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, _ observer: inout Observer
  ) -> Bool {
    let evaluations = evaluations.base
    var walk = AnchorWalk(self, .dummynet, tracksMatch: true)
    guard !walk.isAtEnd else { return false }
    observer.begin(.dummynet)
    while !walk.isAtEnd {
      let rule = walk.record
      let id = rule.pointee.id
      evaluations[Int(id)] &+= 1
      if let failure = dummynetFailure(rule, packet, isFragment, &outcome.tag, &random, walk.index)
      {
        observer.failed(id, failure.criterion, next: failure.next)
        walk.index = failure.next
      } else {
        if rule.pointee.marks.contains(.anchor) {
          observer.entered(id)
          walk.stepInto(bodies.base)
        } else {
          observer.matched(id)
          if bodies.base[Int(id)].tag != 0 { outcome.tag = Int32(bodies.base[Int(id)].tag) }
          walk.match = true
          outcome.rule = id
          outcome.anchorRule = walk.outermost
          outcome.list = walk.list
          if rule.pointee.marks.contains(.quick) { break }
          walk.index &+= 1
        }
      }
      if walk.isAtEnd, walk.depth > 0 {
        let ends = walk.stepOut()
        observer.left(ends: ends)
        if ends { break }
      }
    }
    return walk.match
  }

  private func dummynetFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: PacketDescription, _ isFragment: Bool,
    _ tag: inout Int32, _ random: inout RandomSource, _ index: Int32
  ) -> Failure? {
    if let failure = headFailure(rule, packet) { return failure }
    let record = rule.pointee
    let hasPorts =
      record.proto == packet.proto.rawValue && (packet.proto == .tcp || packet.proto == .udp)
    if sourceFails(rule, packet) {
      return Failure(criterion: .source, next: record.skips.source)
    }
    if hasPorts,
      isFragment
        || !Criteria.match(
          record.sourceOperator, record.sourcePort, record.sourcePort2, packet.sourcePort)
    {
      return Failure(criterion: .sourcePort, next: record.skips.sourcePort)
    }
    if destinationFails(rule, packet) {
      return Failure(criterion: .destination, next: record.skips.destination)
    }
    if hasPorts,
      !Criteria.match(
        record.destinationOperator, record.destinationPort, record.destinationPort2,
        packet.destinationPort)
    {
      return Failure(criterion: .destinationPort, next: record.skips.destinationPort)
    }
    return dummynetRareFailure(rule, packet, isFragment, &tag, &random, index &+ 1)
  }

  private func dummynetRareFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: PacketDescription, _ isFragment: Bool,
    _ tag: inout Int32, _ random: inout RandomSource, _ next: Int32
  ) -> Failure? {
    let record = rule.pointee
    let body = bodies.base + Int(record.id)
    if record.icmpType != 0, isFragment || record.icmpType != packet.icmpType &+ 1 {
      return Failure(criterion: .icmpType, next: next)
    }
    if record.icmpCode != 0, isFragment || record.icmpCode != packet.icmpCode &+ 1 {
      return Failure(criterion: .icmpCode, next: next)
    }
    // KERNEL: pf_test_dummynet() wants the type of service to be equal, unlike filter rules.
    if body.pointee.hasTOS, body.pointee.tos != packet.tos {
      return Failure(criterion: .tos, next: next)
    }
    if record.marks.contains(.fragment) { return Failure(criterion: .fragment, next: next) }
    if packet.proto == .tcp, isFragment || packet.flags & record.flagMask != record.flags {
      return Failure(criterion: .flags, next: next)
    }
    if !probabilityMatches(body.pointee, &random) {
      return Failure(criterion: .probability, next: next)
    }
    if body.pointee.matchTag != 0, !tagMatches(body.pointee, &tag, packet.tag) {
      return Failure(criterion: .tagged, next: next)
    }
    return nil
  }
}
