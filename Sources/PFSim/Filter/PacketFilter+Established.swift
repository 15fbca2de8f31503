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
    guard hasShortWay, interface >= 0, interface < program.interfaces.ofHost.count,
      let packet = PlainSegment(buffer)
    else { return false }
    let record = program.interfaces.ofHost.base[interface]
    if program.interfaces.records.base[Int(record)].isSkipped { return false }
    var scrub = RememberedScrub()
    if hasScrubRules, !find(&scrub, packet, record, isOut: isOut) { return false }
    let index = states.find(packet.key(isOut: isOut), isOut: isOut, interface: record)
    guard index >= 0 else { return false }
    let state = states.state(index)
    guard state.pointee.isPlainlyEstablished, passesPlainly(state) else { return false }
    guard track(packet, state, isForward: state.pointee.isOut == isOut) else { return false }
    status.stateSearches &+= 1
    if hasScrubRules { normalize(packet, scrub, isOut: isOut) }
    let isChanged = translate(packet, state, isOut: isOut)
    program.interfaces.records.base[Int(record)].count(
      packet.length, isIPv6: false, isOut: isOut, passed: true)
    countRules(state.pointee.rule, state.pointee.anchorRule, packet.length, isOut: isOut)
    countState(state, packet.length, isOut: isOut)
    sum(state, tag: buffer.tag, isChanged: isChanged, &result)
    return true
  }

  /// Whether a state's rule neither routes nor counts on tables.
  @inline(__always)
  private func passesPlainly(_ state: UnsafeMutablePointer<StateRecord>) -> Bool {
    let rule = state.pointee.rule
    return program.body(rule).pointee.routing == 0
      && ruleOfTables(rule, translation: state.pointee.translationRule) == 0
  }

  /// Moves the windows by a segment that lies in them; false for others.
  @inline(__always)
  private func track(
    _ packet: PlainSegment, _ state: UnsafeMutablePointer<StateRecord>, isForward: Bool
  ) -> Bool {
    let first = withUnsafeMutablePointer(to: &state.pointee.source) { $0 }
    let second = withUnsafeMutablePointer(to: &state.pointee.destination) { $0 }
    let (source, destination) = isForward ? (first, second) : (second, first)
    let seen = TCPTracking.examine(
      packet.segment, &source.pointee, &destination.pointee, random: &random)
    guard seen.fit == .inWindow else { return false }
    TCPTracking.slide(seen, &source.pointee, &destination.pointee)
    state.pointee.expire = self.second
    return true
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
    _ state: UnsafeMutablePointer<StateRecord>, tag: UInt16, isChanged: Bool,
    _ result: inout HookResult
  ) {
    result = HookResult()
    result.isSeen = true
    result.rule = reference(state.pointee.rule)
    result.anchorRule = reference(state.pointee.anchorRule)
    result.translationRule = reference(state.pointee.translationRule)
    result.state = .matched
    result.stateID = state.pointee.id
    result.isChanged = isChanged
    result.tag = tag
  }
}

extension PacketFilter {
  /// The rules that scrub a TCP packet over IPv4, as remembered walks found them.
  fileprivate struct RememberedScrub {
    var header: ScrubMemo.Walk?
    var segment: ScrubMemo.Walk?
  }

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

  /// Applies remembered scrub rules.
  @inline(__always)
  private func normalize(_ packet: PlainSegment, _ scrub: RememberedScrub, isOut: Bool) {
    guard let header = scrub.header, let segment = scrub.segment else { return }
    program.scrubMemo.take(header, program.anchors.nodes.base)
    if let rule = scrubbing(header.result) {
      rule.pointee.counts.add(packet.length, isOut: isOut)
      IPv4Header(packet.base, count: packet.length)?.normalizeWhole(rule.pointee.scrub) { 0 }
    }
    program.scrubMemo.take(segment, program.anchors.nodes.base)
    scrubbing(segment.result)?.pointee.counts.add(packet.length, isOut: isOut)
  }

  /// A rule that scrubs; nil for none and for `no scrub`.
  @inline(__always)
  private func scrubbing(_ rule: Int32) -> UnsafeMutablePointer<RuleBody>? {
    guard rule >= 0, program.body(rule).pointee.action == .scrub else { return nil }
    return program.body(rule)
  }
}
