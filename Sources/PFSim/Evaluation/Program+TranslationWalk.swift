extension Program {
  /// Finds the first matching rule of a translation list (kernel: `pf_match_translation()`).
  ///
  /// Sets the packet's tag to that of matching rules.
  /// - Returns: The rule's id; -1 where none matches or a `no` rule does.
  @inline(__always)
  func walkTranslation<Observer: EvaluationObserver>(
    _ kind: RuleKind, _ packet: inout PacketDescription, _ observer: inout Observer
  ) -> Int32 {
    guard anchors.lists.base[Int(kind.rawValue)].count > 0 else { return -1 }
    return walkRules(kind, &packet, &observer)
  }

  @inline(never)
  private func walkRules<Observer: EvaluationObserver>(
    _ kind: RuleKind, _ packet: inout PacketDescription, _ observer: inout Observer
  ) -> Int32 {
    let evaluations = evaluations.base
    let bodies = bodies.base
    var walk = AnchorWalk(self, kind, tracksMatch: false)
    var tag: Int32 = -1
    var found: Int32 = -1
    observer.begin(kind)
    while !walk.isAtEnd, found < 0 {
      let rule = walk.record
      let id = rule.pointee.id
      evaluations[Int(id)] &+= 1
      if let failure = translationFailure(rule, &packet, &tag, walk.index) {
        observer.failed(id, failure.criterion, next: failure.next)
        walk.index = failure.next
      } else {
        if bodies[Int(id)].tag != 0 { tag = Int32(bodies[Int(id)].tag) }
        if rule.pointee.marks.contains(.anchor) {
          observer.entered(id)
          walk.stepInto(bodies)
        } else {
          observer.matched(id)
          found = id
        }
      }
      if walk.isAtEnd, walk.depth > 0 {
        // KERNEL: pf_match_translation() ignores an anchor's quick.
        _ = walk.stepOut()
        observer.left(ends: false)
      }
    }
    if tag > 0 { packet.tag = UInt16(truncatingIfNeeded: tag) }
    guard found >= 0 else { return -1 }
    switch bodies[Int(found)].action {
    case .noNat, .noBinat, .noRdr, .noNat64: return -1
    default: return found
    }
  }

  /// Which side of a translation rule is compared with what.
  private struct Sides {
    /// The packet's source is compared with the pool's address and port.
    var poolIsSource = false
    /// The packet's destination is compared with the pool's address.
    var poolIsDestination = false
    /// The packet's source is compared with the rule's destination side.
    var sourceIsSwapped = false
    /// The packet's destination is compared with the rule's source side.
    var destinationIsSwapped = false
    /// The packet's destination is compared with a side of the rule.
    var hasDestination = true
  }

  private func sides(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ body: UnsafeMutablePointer<RuleBody>, isOut: Bool
  ) -> Sides {
    // KERNEL: pf_match_translation() turns the sides by the rule's action alone, so that anchor
    // rules, which have no pool, are turned too.
    var sides = Sides()
    let hasPool = body.pointee.pool >= 0
    if rule.pointee.action == RuleAction.binat.rawValue, !isOut {
      sides.sourceIsSwapped = true
      sides.hasDestination = false
      sides.poolIsDestination = hasPool
    } else if rule.pointee.action == RuleAction.rdr.rawValue, isOut {
      sides.sourceIsSwapped = true
      sides.destinationIsSwapped = true
      sides.poolIsSource = hasPool
    }
    return sides
  }

  private func translationFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: inout PacketDescription,
    _ tag: inout Int32, _ index: Int32
  ) -> Failure? {
    if let failure = headFailure(rule, packet) { return failure }
    let body = bodies.base + Int(rule.pointee.id)
    let sides = sides(rule, body, isOut: packet.isOut)
    let next = index &+ 1
    if let failure = translationSourceFailure(rule, body, &packet, sides, next) { return failure }
    if sides.hasDestination,
      addressFails(
        rule, ofDestination: !sides.destinationIsSwapped, packet.destination,
        isIPv6: packet.isIPv6, hasInterface: false)
    {
      return Failure(criterion: .destination, next: rule.pointee.skips.destination)
    }
    if sides.poolIsDestination, poolFails(body, packet.destination, isIPv6: packet.isIPv6) {
      return Failure(criterion: .destination, next: next)
    }
    if sides.hasDestination,
      !portMatches(
        rule, ofDestination: !sides.destinationIsSwapped, packet.destinationPort, packet.spi)
    {
      return Failure(criterion: .destinationPort, next: rule.pointee.skips.destinationPort)
    }
    if body.pointee.matchTag != 0, !tagMatches(body.pointee, &tag, packet.tag) {
      return Failure(criterion: .tagged, next: next)
    }
    if body.pointee.fingerprint >= 0, !fingerprintMatches(body.pointee.fingerprint, packet) {
      return Failure(criterion: .fingerprint, next: next)
    }
    return nil
  }

  private func translationSourceFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ body: UnsafeMutablePointer<RuleBody>,
    _ packet: inout PacketDescription, _ sides: Sides, _ next: Int32
  ) -> Failure? {
    if sides.poolIsSource {
      if poolFails(body, packet.source, isIPv6: packet.isIPv6) {
        return Failure(criterion: .source, next: next)
      }
      let port = pools.base[Int(body.pointee.pool)].firstPort
      if port == 0 || !poolPortMatches(rule, port, packet.sourcePort) {
        return Failure(criterion: .sourcePort, next: next)
      }
      return nil
    }
    if addressFails(
      rule, ofDestination: sides.sourceIsSwapped, packet.source, isIPv6: packet.isIPv6,
      hasInterface: true)
    {
      return Failure(criterion: .source, next: next)
    }
    if !portMatches(rule, ofDestination: sides.sourceIsSwapped, packet.sourcePort, 0) {
      let skips = rule.pointee.skips
      return Failure(
        criterion: .sourcePort,
        next: sides.sourceIsSwapped ? skips.destinationPort : skips.sourcePort)
    }
    return nil
  }

  /// Whether an address fails one side of a rule.
  /// - Parameter hasInterface: Whether the interface is asked about it: the packet's source is.
  private func addressFails(
    _ rule: UnsafeMutablePointer<RuleRecord>, ofDestination: Bool, _ address: AddressBits,
    isIPv6: Bool, hasInterface: Bool
  ) -> Bool {
    let marks = rule.pointee.marks
    // KERNEL: PF_MISMATCHAW finds urpf-failed, which only sources can be, fitting where
    // pf_match_translation() names no interface.
    if !ofDestination, !hasInterface, rule.pointee.sourceKind == .urpfFailed {
      return marks.contains(.sourceNegated)
    }
    if ofDestination {
      return withUnsafePointer(to: &rule.pointee.destination) {
        mismatch(
          rule.pointee.destinationKind, $0, marks.contains(.destinationNegated), address,
          isIPv6: isIPv6)
      }
    }
    return withUnsafePointer(to: &rule.pointee.source) {
      mismatch(
        rule.pointee.sourceKind, $0, marks.contains(.sourceNegated), address, isIPv6: isIPv6)
    }
  }

  /// Whether an address is outside the current element of a rule's pool.
  private func poolFails(
    _ body: UnsafeMutablePointer<RuleBody>, _ address: AddressBits, isIPv6: Bool
  ) -> Bool {
    let element = elements.base + Int(pools.base[Int(body.pointee.pool)].current)
    return withUnsafePointer(to: &element.pointee.operand) {
      mismatch(element.pointee.kind, $0, false, address, isIPv6: isIPv6)
    }
  }

  /// Whether a port passes one side of a rule (kernel: `pf_match_xport()`).
  private func portMatches(
    _ rule: UnsafeMutablePointer<RuleRecord>, ofDestination: Bool, _ port: UInt16, _ spi: UInt32
  ) -> Bool {
    switch IPProtocol(rawValue: rule.pointee.proto) {
    case .tcp, .udp, .icmp, .icmpv6:
      ofDestination
        ? Criteria.match(
          rule.pointee.destinationOperator, rule.pointee.destinationPort,
          rule.pointee.destinationPort2, port)
        : Criteria.match(
          rule.pointee.sourceOperator, rule.pointee.sourcePort, rule.pointee.sourcePort2, port)
    case .esp:
      // KERNEL: pf_match_xport() wants the rule's SPI, which pf.conf cannot give, to be equal.
      spi == 0
    default:
      true
    }
  }

  private func poolPortMatches(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ port: UInt16, _ value: UInt16
  ) -> Bool {
    switch IPProtocol(rawValue: rule.pointee.proto) {
    case .tcp, .udp, .icmp, .icmpv6: port == value
    default: true
    }
  }
}
