/// What a walk over filter rules found.
struct FilterOutcome: Hashable {
  /// The id of the deciding rule, 0 for the default rule.
  var rule: Int32 = 0
  /// The id of the outermost anchor rule around it, -1 for none.
  var anchorRule: Int32 = -1
  /// The list that holds it, -1 when no rule matched.
  var list: Int32 = -1
  /// The tag set by matching rules, -1 for none.
  var tag: Int32 = -1
}

extension Program {
  /// Finds the last matching filter rule for a whole packet (kernel: the loop of
  /// `pf_test_rule()`) and shows an observer every step; ``walkFilter(_:_:_:)`` does the same
  /// unwatched.
  func walkFilter<Observer: EvaluationObserver>(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, _ observer: inout Observer
  ) {
    let evaluations = evaluations.base
    let bodies = bodies.base
    var walk = AnchorWalk(self, .filter, tracksMatch: true)
    observer.begin(.filter)
    while !walk.isAtEnd {
      let rule = walk.record
      let id = rule.pointee.id
      evaluations[Int(id)] &+= 1
      if let failure = filterFailure(rule, &packet, &outcome.tag, &random, walk.index) {
        observer.failed(id, failure.criterion, next: failure.next)
        walk.index = failure.next
      } else {
        if rule.pointee.marks.contains(.sticky), bodies[Int(id)].tag != 0 {
          outcome.tag = Int32(bodies[Int(id)].tag)
        }
        if rule.pointee.marks.contains(.anchor) {
          observer.entered(id)
          walk.stepInto(bodies)
        } else {
          observer.matched(id)
          walk.match = true
          outcome.rule = id
          outcome.anchorRule = walk.outermost
          outcome.list = walk.list
          if rule.pointee.marks.contains(.quick) { return }
          walk.index &+= 1
        }
      }
      if walk.isAtEnd, walk.depth > 0 {
        let ends = walk.stepOut()
        observer.left(ends: ends)
        if ends { return }
      }
    }
  }

  /// The first criterion of a filter rule that a packet fails; nil for a match.
  @inline(__always)
  func filterFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: inout PacketDescription, _ tag: inout Int32,
    _ random: inout RandomSource, _ index: Int32
  ) -> Failure? {
    if let failure = headFailure(rule, packet) { return failure }
    let hasPorts =
      rule.pointee.proto == packet.proto.rawValue && (packet.proto == .tcp || packet.proto == .udp)
    if sourceFails(rule, packet) {
      return Failure(criterion: .source, next: rule.pointee.skips.source)
    }
    if hasPorts,
      !Criteria.match(
        rule.pointee.sourceOperator, rule.pointee.sourcePort, rule.pointee.sourcePort2,
        packet.sourcePort)
    {
      return Failure(criterion: .sourcePort, next: rule.pointee.skips.sourcePort)
    }
    if destinationFails(rule, packet) {
      return Failure(criterion: .destination, next: rule.pointee.skips.destination)
    }
    if hasPorts,
      !Criteria.match(
        rule.pointee.destinationOperator, rule.pointee.destinationPort,
        rule.pointee.destinationPort2, packet.destinationPort)
    {
      return Failure(criterion: .destinationPort, next: rule.pointee.skips.destinationPort)
    }
    let next = index &+ 1
    if rule.pointee.icmpType != 0, rule.pointee.icmpType != packet.icmpType &+ 1 {
      return Failure(criterion: .icmpType, next: next)
    }
    if rule.pointee.icmpCode != 0, rule.pointee.icmpCode != packet.icmpCode &+ 1 {
      return Failure(criterion: .icmpCode, next: next)
    }
    let body = bodies.base + Int(rule.pointee.id)
    let hasMore = rule.pointee.marks.contains(.hasMore)
    if hasMore, body.pointee.hasTOS, body.pointee.tos & packet.tos == 0 {
      return Failure(criterion: .tos, next: next)
    }
    if rule.pointee.marks.contains(.fragment) {
      return Failure(criterion: .fragment, next: next)
    }
    if packet.proto == .tcp, packet.flags & rule.pointee.flagMask != rule.pointee.flags {
      return Failure(criterion: .flags, next: next)
    }
    if hasMore { return moreFailure(body, &packet, &tag, &random, next) }
    return nil
  }

  /// The rare criteria at the end of the order.
  @inline(never)
  private func moreFailure(
    _ body: UnsafeMutablePointer<RuleBody>, _ packet: inout PacketDescription, _ tag: inout Int32,
    _ random: inout RandomSource, _ next: Int32
  ) -> Failure? {
    if body.pointee.userOperator != 0 || body.pointee.groupOperator != 0 {
      lookUpSocket(&packet)
    }
    if body.pointee.userOperator != 0,
      !Criteria.matchID(
        body.pointee.userOperator, body.pointee.user, body.pointee.user2, packet.user)
    {
      return Failure(criterion: .user, next: next)
    }
    if body.pointee.groupOperator != 0,
      !Criteria.matchID(
        body.pointee.groupOperator, body.pointee.group, body.pointee.group2, packet.group)
    {
      return Failure(criterion: .group, next: next)
    }
    if !probabilityMatches(body.pointee, &random) {
      return Failure(criterion: .probability, next: next)
    }
    if body.pointee.matchTag != 0, !tagMatches(body.pointee, &tag, packet.tag) {
      return Failure(criterion: .tagged, next: next)
    }
    if body.pointee.fingerprint >= 0, !fingerprintMatches(body.pointee.fingerprint, packet) {
      return Failure(criterion: .fingerprint, next: next)
    }
    return nil
  }
}
