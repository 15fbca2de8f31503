/// The fields of a packet as the walk over ``CompactRule`` compares them.
private struct CompactHeader {
  let head: UInt32
  let source: UInt32
  let destination: UInt32
  let sourcePort: UInt16
  let destinationPort: UInt16

  @inline(__always)
  init(_ packet: borrowing PacketDescription) {
    head = CompactRule.head(
      packet.interface, isOut: packet.isOut, isIPv6: packet.isIPv6, packet.proto.rawValue)
    source = packet.source.ipv4
    destination = packet.destination.ipv4
    sourcePort = packet.sourcePort
    destinationPort = packet.destinationPort
  }
}

extension AnchorTree.List {
  /// Walks from a place to the next rule that decides at once or that only its record can judge.
  /// - Parameters:
  ///   - index: Where to begin and where the walk stopped: at or behind the end, on a quick rule
  ///     that matched, or on a rule with ``CompactRule/slowMark``.
  ///   - last: The last rule that matched; left alone where none did.
  @inline(__always)
  fileprivate func scan(
    _ header: CompactHeader, times: UInt64, _ index: inout UInt32, _ last: inout UInt32
  ) {
    let end = UInt32(bitPattern: count)
    while index < end {
      let rule = UnsafePointer(compact + Int(index))
      visits[Int(index)] &+= times
      let different = (rule.pointee.head ^ header.head) & rule.pointee.headMask
      if different != 0 {
        let step = (different.trailingZeroBitCount &>> 1) & ~3
        index = UnsafeRawPointer(rule).load(fromByteOffset: step, as: UInt32.self)
      } else if header.source & rule.pointee.sourceMask != rule.pointee.source {
        index = rule.pointee.skips.source
      } else if header.sourcePort &- rule.pointee.sourcePort > rule.pointee.sourcePortSpan {
        index = rule.pointee.skips.sourcePort
      } else if header.destination & rule.pointee.destinationMask != rule.pointee.destination {
        index = rule.pointee.skips.destination
      } else if header.destinationPort &- rule.pointee.destinationPort
        > rule.pointee.destinationPortSpan
      {
        index = rule.pointee.skips.destinationPort
      } else if rule.pointee.head & CompactRule.slowMatch != 0 {
        index |= CompactRule.slowMark
      } else {
        last = index
        if rule.pointee.head & CompactRule.quick != 0 { return }
        index &+= 1
      }
    }
  }
}

extension Program {
  /// Finds the last matching filter rule for a whole packet and counts the visits
  /// (``settleVisits()`` shows them).
  /// - Parameter times: How many packets like this one are counted.
  func walkFilter(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, times: UInt64 = 1
  ) {
    hasVisits = true
    let header = CompactHeader(packet)
    let none = UInt32.max
    var walk = AnchorWalk(self, .filter, tracksMatch: true)
    while true {
      let list = walk.storage
      var index = UInt32(bitPattern: walk.index)
      var last = none
      list.scan(header, times: times, &index, &last)
      if last != none {
        outcome.rule = list.records[Int(last)].id
        outcome.anchorRule = walk.outermost
        outcome.list = walk.list
        walk.match = true
        if index == last { return }
      }
      if index & CompactRule.slowMark != 0 {
        walk.index = Int32(bitPattern: index & ~CompactRule.slowMark)
        if visitRecord(&walk, &packet, &outcome, &random, times: times) { return }
      } else {
        walk.index = Int32(bitPattern: index)
      }
      guard walk.isAtEnd else { continue }
      if walk.depth == 0 || walk.stepOut() { return }
      if walk.isAtEnd { return }
    }
  }

  /// Judges the current rule by its record.
  /// - Returns: Whether the rule ends the evaluation.
  @inline(never)
  private func visitRecord(
    _ walk: inout AnchorWalk, _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, times: UInt64
  ) -> Bool {
    let rule = walk.record
    let id = rule.pointee.id
    let failure = filterFailure(rule, &packet, &outcome.tag, &random, walk.index)
    if times > 1 {
      countLookups(rule, packet, times &- 1, reached: failure?.criterion ?? .fingerprint)
    }
    if let failure {
      walk.index = failure.next
      return false
    }
    let bodies = bodies.base
    if rule.pointee.marks.contains(.sticky), bodies[Int(id)].tag != 0 {
      outcome.tag = Int32(bodies[Int(id)].tag)
    }
    if rule.pointee.marks.contains(.anchor) {
      walk.stepInto(bodies)
      return false
    }
    walk.match = true
    outcome.rule = id
    outcome.anchorRule = walk.outermost
    outcome.list = walk.list
    walk.index &+= 1
    return rule.pointee.marks.contains(.quick)
  }

  /// Counts the tables that were asked on a rule for further packets like one.
  private func countLookups(
    _ rule: UnsafeMutablePointer<RuleRecord>, _ packet: borrowing PacketDescription,
    _ times: UInt64, reached criterion: Criterion
  ) {
    if rule.pointee.sourceKind == .table, criterion.rawValue >= Criterion.source.rawValue {
      tables.count(
        times, lookupsOf: packet.source, in: rule.pointee.source.index, isIPv6: packet.isIPv6)
    }
    if rule.pointee.destinationKind == .table, criterion.rawValue >= Criterion.destination.rawValue
    {
      tables.count(
        times, lookupsOf: packet.destination, in: rule.pointee.destination.index,
        isIPv6: packet.isIPv6)
    }
  }
}

extension TableStore {
  /// Counts lookups of an address.
  fileprivate func count(
    _ times: UInt64, lookupsOf address: AddressBits, in index: Int, isIPv6: Bool
  ) {
    guard let record = resolve(index) else { return }
    let tree = record.pointee.tree
    let entry = tree.pointee.lookup(address, isIPv6: isIPv6)
    if entry != 0, !tree.pointee.entries[entry].isNegated {
      record.pointee.matches &+= times
    } else {
      record.pointee.misses &+= times
    }
  }
}
