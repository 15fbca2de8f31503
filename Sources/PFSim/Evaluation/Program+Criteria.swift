extension Program {
  /// A criterion that failed and where the walk goes on.
  struct Failure {
    var criterion: Criterion
    var next: Int32
  }

  /// The first of the four head criteria that fails: interface, direction, family, protocol.
  @inline(__always)
  func headFailure(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: PacketDescription
  ) -> Failure? {
    let fits = rule.pointee.interface < 0 || rule.pointee.interface == packet.interface
    if fits == rule.pointee.marks.contains(.interfaceNegated) {
      return Failure(criterion: .interface, next: rule.pointee.skips.interface)
    }
    if rule.pointee.direction != 0, rule.pointee.direction != packet.direction {
      return Failure(criterion: .direction, next: rule.pointee.skips.direction)
    }
    if rule.pointee.family != 0, rule.pointee.family != packet.family {
      return Failure(criterion: .family, next: rule.pointee.skips.family)
    }
    if rule.pointee.proto != 0, rule.pointee.proto != packet.proto.rawValue {
      return Failure(criterion: .proto, next: rule.pointee.skips.proto)
    }
    return nil
  }

  /// Whether the packet's source fails the rule's.
  @inline(__always)
  func sourceFails(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: PacketDescription
  ) -> Bool {
    withUnsafePointer(to: &rule.pointee.source) {
      mismatch(
        rule.pointee.sourceKind, $0, rule.pointee.marks.contains(.sourceNegated), packet.source,
        isIPv6: packet.isIPv6)
    }
  }

  /// Whether the packet's destination fails the rule's.
  @inline(__always)
  func destinationFails(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: PacketDescription
  ) -> Bool {
    withUnsafePointer(to: &rule.pointee.destination) {
      mismatch(
        rule.pointee.destinationKind, $0, rule.pointee.marks.contains(.destinationNegated),
        packet.destination, isIPv6: packet.isIPv6)
    }
  }

  /// Whether the packet's tag passes the rule's `tagged` (kernel: `pf_match_tag()`).
  /// - Parameter tag: The tag set by the walk so far, -1 for none.
  @inline(__always)
  func tagMatches(_ body: RuleBody, _ tag: inout Int32, _ packetTag: UInt16) -> Bool {
    // KERNEL: pf_match_tag() makes the packet's tag the walk's own, which states then keep.
    if tag < 0 { tag = Int32(packetTag) }
    return (tag == Int32(body.matchTag)) != body.matchTagNegated
  }

  /// Whether a probability test lets the rule match; draws one number where there is a test.
  @inline(__always)
  func probabilityMatches(_ body: RuleBody, _ random: inout RandomSource) -> Bool {
    // KERNEL: pf_test_rule() draws RandomULong() % (UINT_MAX - 1) + 1 for every test.
    body.probability == 0 || body.probability > random.next() % (.max - 1) + 1
  }

  /// Finds the packet's socket, once.
  func lookUpSocket(_ packet: inout PacketDescription) {
    guard !packet.isSocketLookedUp else { return }
    packet.isSocketLookedUp = true
    guard packet.proto == .tcp || packet.proto == .udp else { return }
    switch socketOwner {
    case .unknown: packet.isSocketUnknown = true
    case .none: break
    case .owner(let user, let group): (packet.user, packet.group) = (user, group)
    }
  }
}
