extension Program {
  /// Finds the last matching filter rule for a fragment (kernel: `pf_test_fragment()`).
  func walkFragment<Observer: EvaluationObserver>(
    _ packet: PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, _ observer: inout Observer
  ) {
    let evaluations = evaluations.base
    let bodies = bodies.base
    var walk = AnchorWalk(self, .filter, tracksMatch: true)
    var tag: Int32 = -1
    observer.begin(.filter)
    while !walk.isAtEnd {
      let rule = walk.record
      let id = rule.pointee.id
      evaluations[Int(id)] &+= 1
      if let failure = fragmentFailure(rule, packet, &tag, &random, walk.index) {
        observer.failed(id, failure.criterion, next: failure.next)
        walk.index = failure.next
      } else if rule.pointee.marks.contains(.anchor) {
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
      if walk.isAtEnd, walk.depth > 0 {
        let ends = walk.stepOut()
        observer.left(ends: ends)
        if ends { return }
      }
    }
  }

  private func fragmentFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: PacketDescription,
    _ tag: inout Int32, _ random: inout RandomSource, _ index: Int32
  ) -> Failure? {
    if let failure = headFailure(rule, packet) { return failure }
    if sourceFails(rule, packet) {
      return Failure(criterion: .source, next: rule.pointee.skips.source)
    }
    if destinationFails(rule, packet) {
      return Failure(criterion: .destination, next: rule.pointee.skips.destination)
    }
    let next = index &+ 1
    let body = bodies.base + Int(rule.pointee.id)
    if body.pointee.hasTOS, body.pointee.tos & packet.tos == 0 {
      return Failure(criterion: .tos, next: next)
    }
    if body.pointee.fingerprint >= 0 { return Failure(criterion: .fingerprint, next: next) }
    if asksMoreThanFragmentsHave(rule, packet.proto) {
      return Failure(criterion: .fragment, next: next)
    }
    if !probabilityMatches(body.pointee, &random) {
      return Failure(criterion: .probability, next: next)
    }
    if body.pointee.matchTag != 0, !tagMatches(body.pointee, &tag, packet.tag) {
      return Failure(criterion: .tagged, next: next)
    }
    return nil
  }

  /// Whether a rule asks for ports, flags or ICMP types, which fragments are not looked at for.
  private func asksMoreThanFragmentsHave(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ proto: IPProtocol
  ) -> Bool {
    let ports = rule.pointee.sourceOperator != 0 || rule.pointee.destinationOperator != 0
    switch proto {
    case .udp: return ports
    case .tcp: return ports || rule.pointee.flagMask != 0
    case .icmp, .icmpv6: return rule.pointee.icmpType != 0 || rule.pointee.icmpCode != 0
    default: return false
    }
  }
}
