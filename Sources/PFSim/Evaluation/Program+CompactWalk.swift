/// The fields of a packet as the walk over ``CompactRule`` compares them.
private struct CompactHeader {
  let head: UInt32
  let source: UInt32
  let destination: UInt32
  let sourcePort: UInt16
  let destinationPort: UInt16
  let flags: UInt8

  @inline(__always)
  init(_ header: borrowing FilterHeader) {
    head = header.head
    source = header.source.ipv4
    destination = header.destination.ipv4
    sourcePort = header.sourcePort
    destinationPort = header.destinationPort
    flags = header.flags
  }
}

extension AnchorTree.List {
  /// Walks from a place to the next rule that decides at once or that only its record can judge.
  /// - Parameters:
  ///   - place: Where to begin and where the walk stopped: at or behind the end, on a quick rule
  ///     that matched, or on a rule with ``CompactRule/slowMark``.
  ///   - last: The place of the last rule that matched; left alone where none did.
  @inline(__always)
  fileprivate func scan(
    _ header: CompactHeader, times: UInt64, _ place: inout UInt32, _ last: inout UInt32
  ) {
    let rules = UnsafeRawPointer(compact)
    let counts = UnsafeMutableRawPointer(visits)
    let end = CompactRule.place(count)
    while place < end {
      let rule = (rules + Int(place)).assumingMemoryBound(to: CompactRule.self)
      // A count takes an eighth of a rule's memory.
      (counts + Int(place &>> 3)).assumingMemoryBound(to: UInt64.self).pointee &+= times
      let different = (rule.pointee.head ^ header.head) & rule.pointee.headMask
      if different != 0 {
        let step = (different.trailingZeroBitCount &>> 1) & ~3
        place = UnsafeRawPointer(rule).load(fromByteOffset: step, as: UInt32.self)
      } else if header.source & rule.pointee.sourceMask != rule.pointee.source {
        place = rule.pointee.skips.source
      } else if header.sourcePort &- rule.pointee.sourcePort > rule.pointee.sourcePortSpan {
        place = rule.pointee.skips.sourcePort
      } else if header.destination & rule.pointee.destinationMask != rule.pointee.destination {
        place = rule.pointee.skips.destination
      } else if header.destinationPort &- rule.pointee.destinationPort
        > rule.pointee.destinationPortSpan
      {
        place = rule.pointee.skips.destinationPort
      } else if rule.pointee.head & CompactRule.slowMatch != 0,
        let failure = slowFailure(rule, header, place)
      {
        place = failure
      } else {
        last = place
        if rule.pointee.head & CompactRule.quick != 0 { return }
        place &+= CompactRule.place(1)
      }
    }
  }

  /// Where the walk goes on when TCP flags, the commonest of the rarer criteria, fail or the rule's
  /// record must judge; nil for a match.
  @inline(__always)
  private func slowFailure(
    _ rule: UnsafePointer<CompactRule>, _ header: CompactHeader, _ place: UInt32
  ) -> UInt32? {
    guard rule.pointee.head & CompactRule.flagsMatch != 0 else {
      return place | CompactRule.slowMark
    }
    let record = records + CompactRule.index(place)
    let isTCP = header.head >> 24 == UInt32(IPProtocol.tcp.rawValue)
    return isTCP && header.flags & record.pointee.flagMask != record.pointee.flags
      ? place &+ CompactRule.place(1) : nil
  }
}

extension Program {
  /// Finds the last matching filter rule for a whole packet and counts the visits
  /// (``settleVisits()`` shows them).
  func walkFilter(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource
  ) {
    hasVisits = true
    let list = anchors.lists.base[Int(RuleKind.filter.rawValue)]
    let place = walk(list, CompactHeader(FilterHeader(packet)), &outcome, times: 1)
    if place & CompactRule.slowMark != 0 {
      walkOn(&packet, &outcome, &random, times: 1, from: place)
    }
  }

  /// The same for a packet of which only the header is at hand.
  /// - Parameter times: How many packets like this one are counted.
  func walkFilter(
    _ header: UnsafePointer<FilterHeader>, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, times: UInt64
  ) {
    hasVisits = true
    let headers = UnsafeBufferPointer(start: header, count: 1)
    withUnsafeMutablePointer(to: &outcome) { walk(headers, $0, &random, times: times) }
  }

  /// Finds the last matching filter rules for some packets and counts the visits.
  /// - Parameter outcomes: Room for as many.
  func walkFilter(
    _ headers: UnsafeBufferPointer<FilterHeader>, _ outcomes: UnsafeMutablePointer<FilterOutcome>,
    _ random: inout RandomSource
  ) {
    hasVisits = true
    walk(headers, outcomes, &random, times: 1)
  }

  /// The same without counting anything.
  func judgeFilter(
    _ headers: UnsafeBufferPointer<FilterHeader>, _ outcomes: UnsafeMutablePointer<FilterOutcome>,
    _ random: inout RandomSource
  ) {
    walk(headers, outcomes, &random, times: 0)
  }

  @inline(__always)
  private func walk(
    _ headers: UnsafeBufferPointer<FilterHeader>, _ outcomes: UnsafeMutablePointer<FilterOutcome>,
    _ random: inout RandomSource, times: UInt64
  ) {
    guard let first = headers.baseAddress else { return }
    let list = anchors.lists.base[Int(RuleKind.filter.rawValue)]
    for number in 0..<headers.count {
      var outcome = FilterOutcome()
      let place = walk(list, CompactHeader(first[number]), &outcome, times: times)
      outcomes[number] = outcome
      if place & CompactRule.slowMark != 0 {
        walkOn(first + number, outcomes + number, &random, times: times, from: place)
      }
    }
  }

  /// Walks over the main ruleset's rules; most packets meet no rule that needs more.
  /// - Returns: Where the walk stopped: with ``CompactRule/slowMark`` on a rule that needs its
  ///   record.
  @inline(__always)
  private func walk(
    _ list: AnchorTree.List, _ header: CompactHeader, _ outcome: inout FilterOutcome, times: UInt64
  ) -> UInt32 {
    var place: UInt32 = 0
    var last = UInt32.max
    list.scan(header, times: times, &place, &last)
    if last != .max {
      outcome.rule = list.records[CompactRule.index(last)].id
      outcome.anchorRule = -1
      outcome.list = Int32(RuleKind.filter.rawValue)
    }
    return place
  }

  @inline(never)
  private func walkOn(
    _ header: UnsafePointer<FilterHeader>, _ outcome: UnsafeMutablePointer<FilterOutcome>,
    _ random: inout RandomSource, times: UInt64, from first: UInt32
  ) {
    var packet = PacketDescription(header.pointee, self)
    walkOn(&packet, &outcome.pointee, &random, times: times, from: first)
  }

  /// Goes on where a rule of the main ruleset needs its record.
  /// - Parameter first: The rule's place with ``CompactRule/slowMark``.
  @inline(never)
  private func walkOn(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, times: UInt64, from first: UInt32
  ) {
    let header = CompactHeader(FilterHeader(packet))
    var walk = AnchorWalk(self, .filter, tracksMatch: true)
    walk.match = outcome.list >= 0
    var place = first
    while true {
      walk.index = Int32(truncatingIfNeeded: CompactRule.index(place))
      if place & CompactRule.slowMark != 0,
        visitRecord(&walk, &packet, &outcome, &random, times: times)
      {
        return
      }
      if walk.isAtEnd, walk.depth == 0 || walk.stepOut() || walk.isAtEnd { return }
      let list = walk.storage
      place = CompactRule.place(walk.index)
      var last = UInt32.max
      list.scan(header, times: times, &place, &last)
      guard last != .max else { continue }
      outcome.rule = list.records[CompactRule.index(last)].id
      outcome.anchorRule = walk.outermost
      outcome.list = walk.list
      walk.match = true
      if place == last { return }
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
    if times != 1 {
      // The record's test counted one.
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

  /// Counts the tables that were asked on a rule for further packets like one; -1 takes one back.
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
