/// Which of the three passes of normalisation walks over the scrub rules.
enum ScrubPass: UInt8 {
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
  @inline(__always)
  func walkScrub<Observer: EvaluationObserver>(
    _ packet: inout PacketDescription, _ pass: ScrubPass, _ observer: inout Observer
  ) -> Int32 {
    let key = scrubKey(
      packet.interface, packet.proto, isOut: packet.isOut, isIPv6: packet.isIPv6, pass)
    if Observer.self == NoObserver.self, let walk = scrubMemo.find(key) {
      scrubMemo.take(walk, anchors.nodes.base)
      return walk.result
    }
    return walkScrubAnew(&packet, pass, key, &observer)
  }

  /// What a walk is remembered by: all that most scrub rules ask for, as a number.
  @inline(__always)
  func scrubKey(
    _ interface: Int32, _ proto: IPProtocol, isOut: Bool, isIPv6: Bool, _ pass: ScrubPass
  ) -> ScrubMemo.Key {
    let head =
      UInt32(UInt16(clamping: interface)) << 16 | UInt32(proto.rawValue) << 8
      | (isOut ? 0x80 : 0) | (isIPv6 ? 0x40 : 0) | UInt32(pass.rawValue)
    return ScrubMemo.Key(head: head, version: anchors.version)
  }

  /// The last interface that ``scrubKey(_:_:isOut:isIPv6:_:)`` tells from others.
  private static var lastScrubInterface: Int32 { 0xfffe }

  @inline(never)
  private func walkScrubAnew<Observer: EvaluationObserver>(
    _ packet: inout PacketDescription, _ pass: ScrubPass, _ key: ScrubMemo.Key,
    _ observer: inout Observer
  ) -> Int32 {
    var recording = scrubMemo.record()
    let rule = walkScrub(&packet, pass, &observer, &recording)
    if packet.interface <= Self.lastScrubInterface {
      scrubMemo.keep(recording, key, result: rule, evaluations.base)
    }
    return rule
  }

  private func walkScrub<Observer: EvaluationObserver>(
    _ packet: inout PacketDescription, _ pass: ScrubPass, _ observer: inout Observer,
    _ recording: inout ScrubMemo.Recording
  ) -> Int32 {
    let evaluations = evaluations.base
    var walk = AnchorWalk(self, .scrub, tracksMatch: false)
    guard !walk.isAtEnd else { return -1 }
    observer.begin(.scrub)
    while !walk.isAtEnd {
      let rule = walk.record
      let id = rule.pointee.id
      evaluations[Int(id)] &+= 1
      if let failure = scrubFailure(rule, &packet, pass, walk.index, &recording) {
        observer.failed(id, failure.criterion, next: failure.next)
        walk.index = failure.next
      } else if rule.pointee.marks.contains(.anchor) {
        observer.entered(id)
        noteCall(rule, &recording)
        walk.stepInto(bodies.base)
      } else {
        observer.matched(id)
        recording.match(isAmongChildren: walk.isAmongChildren)
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

  private func noteCall(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ recording: inout ScrubMemo.Recording
  ) {
    let body = bodies.base + Int(rule.pointee.id)
    let anchor = body.pointee.anchor
    recording.enter(
      anchor,
      hasChildren: body.pointee.anchorWildcard && anchors.nodes.base[Int(anchor)].firstChild >= 0,
      isQuick: rule.pointee.marks.contains(.quick), parent: anchors.parents[Int(anchor)])
  }

  private func scrubFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: inout PacketDescription,
    _ pass: ScrubPass, _ index: Int32, _ recording: inout ScrubMemo.Recording
  ) -> Failure? {
    var failure = headFailure(rule, packet)
    // KERNEL: pf_normalize_ip6() does not test the protocol.
    if failure?.criterion == .proto, pass == .ipv6 { failure = nil }
    let byHead = failure != nil || rule.pointee.marks.contains(.anyEnds)
    recording.visit(rule.pointee.id, byHead: byHead)
    if byHead { return failure }
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
