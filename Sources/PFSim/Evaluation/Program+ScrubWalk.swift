/// Which of the three passes of normalisation walks over the scrub rules.
enum ScrubPass {
  /// IPv4 headers and fragments.
  case ipv4
  /// IPv6 headers and fragments.
  case ipv6
  /// TCP headers.
  case tcp
}

extension Program {
  /// Finds the first matching scrub rule (kernel: the loops of `pf_normalize_ip()`,
  /// `pf_normalize_ip6()` and `pf_normalize_tcp()`).
  /// - Returns: The rule's id, that of a `no scrub` rule included; -1 for none.
  func walkScrub<Observer: EvaluationObserver>(
    _ packet: inout PacketDescription, _ pass: ScrubPass, _ observer: inout Observer
  ) -> Int32 {
    let evaluations = evaluations.base
    var walk = AnchorWalk(self, .scrub, tracksMatch: false)
    guard !walk.isAtEnd else { return -1 }
    observer.begin(.scrub)
    while !walk.isAtEnd {
      let rule = walk.record
      let id = rule.pointee.id
      evaluations[Int(id)] &+= 1
      if let failure = scrubFailure(rule, &packet, pass, walk.index) {
        observer.failed(id, failure.criterion, next: failure.next)
        walk.index = failure.next
      } else if rule.pointee.marks.contains(.anchor) {
        observer.entered(id)
        walk.stepInto(bodies.base)
      } else {
        observer.matched(id)
        return id
      }
      if walk.isAtEnd, walk.depth > 0 {
        let ends = walk.stepOut()
        observer.left(ends: ends)
        if ends { break }
      }
    }
    return -1
  }

  @inline(__always)
  private func scrubFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: inout PacketDescription,
    _ pass: ScrubPass, _ index: Int32
  ) -> Failure? {
    if let failure = headFailure(rule, packet), failure.criterion != .proto || pass != .ipv6 {
      // KERNEL: pf_normalize_ip6() does not test the protocol.
      return failure
    }
    // Most scrub rules restrict nothing else.
    if rule.pointee.marks.contains(.anyEnds) { return nil }
    return scrubEndsFailure(rule, &packet, pass, index)
  }

  private func scrubEndsFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: inout PacketDescription,
    _ pass: ScrubPass, _ index: Int32
  ) -> Failure? {
    if sourceFails(rule, packet) {
      return Failure(criterion: .source, next: rule.pointee.skips.source)
    }
    if pass == .tcp,
      !scrubPortMatches(
        rule.pointee.sourceOperator, rule.pointee.sourcePort, rule.pointee.sourcePort2,
        packet.sourcePort)
    {
      return Failure(criterion: .sourcePort, next: rule.pointee.skips.sourcePort)
    }
    if destinationFails(rule, packet) {
      return Failure(criterion: .destination, next: rule.pointee.skips.destination)
    }
    guard pass == .tcp else { return nil }
    if !scrubPortMatches(
      rule.pointee.destinationOperator, rule.pointee.destinationPort,
      rule.pointee.destinationPort2, packet.destinationPort)
    {
      return Failure(criterion: .destinationPort, next: rule.pointee.skips.destinationPort)
    }
    let body = bodies.base + Int(rule.pointee.id)
    if body.pointee.fingerprint >= 0, !fingerprintMatches(body.pointee.fingerprint, packet) {
      return Failure(criterion: .fingerprint, next: index &+ 1)
    }
    return nil
  }

  private func scrubPortMatches(
    _ comparison: UInt8, _ first: UInt16, _ second: UInt16, _ port: UInt16
  ) -> Bool {
    // KERNEL: pf_normalize_tcp() hands pf_match_xport() the operator in the place of the
    // protocol, so only the operators whose codes are ICMP's and TCP's numbers are tested.
    guard comparison == IPProtocol.icmp.rawValue || comparison == IPProtocol.tcp.rawValue else {
      return true
    }
    return Criteria.match(comparison, first, second, port)
  }
}
