/// The short way of packets of established TCP connections over IPv4.
///
/// Of all that a hook can do, such a packet meets remembered walks over scrub rules, one search, its
/// window, its translation and counters. Where that is certain beforehand, just these steps are
/// taken, in the kernel's order. Whatever is in doubt is left as it was and takes the long way
/// (``hook(_:isOut:_:_:_:)``), as does every packet under an explanation or with the plain
/// evaluator, by which the short way is checked.
extension PacketFilter {
  /// Takes a packet the short way.
  /// - Returns: Whether it could be taken; else nothing has changed.
  @inline(__always)
  func passEstablished(
    _ buffer: PacketBuffer, isOut: Bool, _ interface: Int, _ result: inout HookResult
  ) -> Bool {
    guard hasShortWay, !buffer.generatedByFilter, !buffer.checksumIsPartial,
      interface >= 0, interface < program.interfaces.ofHost.count,
      let packet = PlainSegment(buffer.base, count: buffer.count)
    else { return false }
    let record = program.interfaces.ofHost.base[interface]
    if program.interfaces.records.base[Int(record)].isSkipped { return false }
    let index = states.find(packet.key(isOut: isOut), isOut: isOut, interface: record)
    guard index >= 0, let passage = passage(of: packet, index, record, isOut: isOut) else {
      return false
    }
    take(passage, packet.length)
    if hasScrubRules { normalize(packet, passage.scrub) }
    let isChanged = translate(packet, passage.state, isOut: isOut)
    sum(index, passage.state, tag: buffer.tag, isChanged: isChanged, &result)
    return true
  }

  /// Lets a segment pass both hooks on its way by the states that the last one of its connection,
  /// with the same ends, met there.
  ///
  /// Its bytes stay as they are: neither hook shows them to anybody.
  /// - Returns: Whether both hooks let it pass the short way; else nothing has changed.
  @inline(__always)
  func forward(_ packet: PlainSegment, in entry: StatePlace, out exit: StatePlace) -> Bool {
    guard hasShortWay, let inward = passage(of: packet, by: entry, isOut: false),
      let outward = passage(of: packet, by: exit, isOut: true)
    else { return false }
    take(inward, packet.length)
    take(outward, packet.length)
    return true
  }
}

extension PacketFilter {
  /// What the short way through a hook changes.
  private struct Passage {
    let state: UnsafeMutablePointer<StateRecord>
    /// The interface's record.
    let record: Int32
    let isOut: Bool
    let scrub: RememberedScrub
    let seen: TCPTracking.Examination

    /// Whether the packet goes from the side that sent the connection's first one.
    @inline(__always) var isForward: Bool { state.pointee.isOut == isOut }
  }

  /// The rules that scrub a TCP packet over IPv4, as remembered walks found them.
  fileprivate struct RememberedScrub {
    var header: ScrubMemo.Walk?
    var segment: ScrubMemo.Walk?
  }

  /// The short way of a packet by its state; nil where it must be looked at more closely.
  @inline(__always)
  private func passage(
    of packet: PlainSegment, _ index: Int32, _ record: Int32, isOut: Bool
  ) -> Passage? {
    let state = states.state(index)
    guard state.pointee.isPlainlyEstablished, passesPlainly(state) else { return nil }
    var scrub = RememberedScrub()
    if hasScrubRules, !find(&scrub, packet, record, isOut: isOut) { return nil }
    let (source, destination) = peers(of: state, isForward: state.pointee.isOut == isOut)
    let seen = TCPTracking.examine(
      packet.segment, &source.pointee, &destination.pointee, random: &random)
    guard seen.fit == .inWindow else { return nil }
    return Passage(state: state, record: record, isOut: isOut, scrub: scrub, seen: seen)
  }

  /// The same by a state that another packet of the connection found; nil also where a search might
  /// find another one now.
  @inline(__always)
  private func passage(
    of packet: PlainSegment, by place: StatePlace, isOut: Bool
  ) -> Passage? {
    guard place.index >= 0, Int(place.index) < states.states.count,
      place.interface >= 0, Int(place.interface) < program.interfaces.ofHost.count
    else { return nil }
    let state = states.state(place.index)
    let record = program.interfaces.ofHost.base[Int(place.interface)]
    let own = state.pointee.interface
    guard state.pointee.id == place.id, state.pointee.isLinked,
      !state.pointee.flags.contains(.sharesKey),
      own == InterfaceRegistry.all || own == record,
      !program.interfaces.records.base[Int(record)].isSkipped
    else { return nil }
    return passage(of: packet, place.index, record, isOut: isOut)
  }

  /// Whether a state's rule neither routes nor counts on tables.
  @inline(__always)
  private func passesPlainly(_ state: UnsafeMutablePointer<StateRecord>) -> Bool {
    let rule = state.pointee.rule
    return program.body(rule).pointee.routing == 0
      && ruleOfTables(rule, translation: state.pointee.translationRule) == 0
  }

  /// The side of a connection that sends, and the other one.
  @inline(__always)
  private func peers(
    of state: UnsafeMutablePointer<StateRecord>, isForward: Bool
  ) -> (UnsafeMutablePointer<StatePeer>, UnsafeMutablePointer<StatePeer>) {
    let first = withUnsafeMutablePointer(to: &state.pointee.source) { $0 }
    let second = withUnsafeMutablePointer(to: &state.pointee.destination) { $0 }
    return isForward ? (first, second) : (second, first)
  }

  /// Moves the windows and counts.
  @inline(__always)
  private func take(_ passage: Passage, _ length: Int) {
    let state = passage.state
    let (source, destination) = peers(of: state, isForward: passage.isForward)
    TCPTracking.slide(passage.seen, &source.pointee, &destination.pointee)
    state.pointee.expire = second
    status.stateSearches &+= 1
    if hasScrubRules { count(passage.scrub, length, isOut: passage.isOut) }
    program.interfaces.records.base[Int(passage.record)].count(
      length, isIPv6: false, isOut: passage.isOut, passed: true)
    countRules(state.pointee.rule, state.pointee.anchorRule, length, isOut: passage.isOut)
    countState(state, length, isOut: passage.isOut)
  }

  /// Gives a segment its connection's translated address and port.
  /// - Returns: Whether there are any.
  @inline(__always)
  private func translate(
    _ packet: PlainSegment, _ state: UnsafeMutablePointer<StateRecord>, isOut: Bool
  ) -> Bool {
    let hosts = state.pointee.hosts
    guard hosts.translates else { return false }
    packet.base.changeEnd4(
      isSource: isOut, to: isOut ? hosts.gateway : hosts.lan,
      UInt16(truncatingIfNeeded: isOut ? hosts.gatewayPort : hosts.lanPort),
      transport: PlainSegment.offset, checksum: 16, isUDP: false)
    return true
  }

  /// The result of a packet that belongs to a state and passes.
  @inline(__always)
  private func sum(
    _ index: Int32, _ state: UnsafeMutablePointer<StateRecord>, tag: UInt16, isChanged: Bool,
    _ result: inout HookResult
  ) {
    result = HookResult()
    result.isSeen = true
    result.rule = reference(state.pointee.rule)
    result.anchorRule = reference(state.pointee.anchorRule)
    result.translationRule = reference(state.pointee.translationRule)
    result.state = .matched
    result.stateID = state.pointee.id
    result.statePlace = index
    result.isChanged = isChanged
    result.tag = tag
  }
}

extension PacketFilter {
  /// Finds what scrub rules do to a packet; false where that is not known or more than to adjust the
  /// IP header.
  @inline(__always)
  private func find(
    _ scrub: inout RememberedScrub, _ packet: PlainSegment, _ record: Int32, isOut: Bool
  ) -> Bool {
    let memo = program.scrubMemo
    guard
      let header = memo.find(
        program.scrubKey(record, .tcp, isOut: isOut, isIPv6: false, .ipv4)),
      let segment = memo.find(program.scrubKey(record, .tcp, isOut: isOut, isIPv6: false, .tcp))
    else { return false }
    if header.result >= 0, program.body(header.result).pointee.scrub.randomID { return false }
    if segment.result >= 0, packet.headerLength > TCPHeader.minimumLength,
      program.body(segment.result).pointee.scrub.maxMSS != 0
    {
      return false
    }
    scrub = RememberedScrub(header: header, segment: segment)
    return true
  }

  /// Counts a packet on remembered scrub rules.
  @inline(__always)
  private func count(_ scrub: RememberedScrub, _ length: Int, isOut: Bool) {
    count(scrub.header, length, isOut: isOut)
    count(scrub.segment, length, isOut: isOut)
  }

  @inline(__always)
  private func count(_ walk: ScrubMemo.Walk?, _ length: Int, isOut: Bool) {
    guard let walk else { return }
    program.scrubMemo.take(walk, program.anchors.nodes.base)
    scrubbing(walk.result)?.pointee.counts.add(length, isOut: isOut)
  }

  /// Applies remembered scrub rules.
  @inline(__always)
  private func normalize(_ packet: PlainSegment, _ scrub: RememberedScrub) {
    guard let header = scrub.header, let rule = scrubbing(header.result) else { return }
    IPv4Header(packet.base, count: packet.length)?.normalizeWhole(rule.pointee.scrub) { 0 }
  }

  /// A rule that scrubs; nil for none and for `no scrub`.
  @inline(__always)
  private func scrubbing(_ rule: Int32) -> UnsafeMutablePointer<RuleBody>? {
    guard rule >= 0, program.body(rule).pointee.action == .scrub else { return nil }
    return program.body(rule)
  }
}
