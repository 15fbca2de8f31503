/// The way of a batch's packets through a mode.
///
/// While a packet waits for its turn, the memory that its replay will read is fetched: its flow's
/// shortcut and the states that this names, else what is known of the flow, the slots of its states
/// and then the states. Nothing else happens before its turn.
extension ModeReplay {
  /// How many packets lie between a packet's turn and the steps that fetch its memory.
  private static var shortcutDistance: Int { 32 }
  private static var flowDistance: Int { 24 }
  private static var searchDistance: Int { 16 }
  private static var stateDistance: Int { 8 }
  /// The packets whose hints are kept: a power of two above ``searchDistance``.
  static var hintCount: Int { 32 }

  /// Replays some packets of a batch, which follow those replayed before.
  func replay(_ packets: UnsafeMutablePointer<RecordedPacket>, _ range: Range<Int>) {
    let end = range.upperBound
    let allowsShortcuts = allowsShortcuts
    var number = range.lowerBound &- Self.shortcutDistance
    while number < end {
      let shortcut = number &+ Self.shortcutDistance
      if shortcut < end { prefetchShortcut(packets + shortcut) }
      let flow = number &+ Self.flowDistance
      if flow >= range.lowerBound, flow < end { prefetch(packets + flow) }
      let search = number &+ Self.searchDistance
      if search >= range.lowerBound, search < end { beginLookups(search, packets + search) }
      let states = number &+ Self.stateDistance
      if states >= range.lowerBound, states < end { fetchStates(states) }
      if number >= range.lowerBound { takeTurn(packets + number, allowsShortcuts) }
      number &+= 1
    }
  }

  @inline(__always)
  private func takeTurn(_ packet: UnsafePointer<RecordedPacket>, _ allowsShortcuts: Bool) {
    host.advance(to: packet.pointee.seconds)
    if allowsShortcuts, takeShortcut(packet) { return }
    if packet.pointee.hasFlow { replay(packet) } else { replayOther(packet) }
  }

  @inline(__always)
  private func prefetchShortcut(_ packet: UnsafePointer<RecordedPacket>) {
    let flow = packet.pointee.flow
    if flow >= 0, flow < shortcuts.count { UnsafePointer(shortcuts.base + flow).prefetch() }
  }

  /// What is known of the flow that a packet belongs to; nil where it begins one.
  @inline(__always)
  private func knownProgress(
    _ packet: UnsafePointer<RecordedPacket>
  ) -> UnsafeMutablePointer<FlowProgress>? {
    packet.pointee.isNew ? nil : progress(of: packet.pointee.flow)
  }

  @inline(__always)
  private func prefetch(_ packet: UnsafePointer<RecordedPacket>) {
    if let shortcut = shortcut(packet) {
      let lookahead = host.filter.lookahead
      lookahead.fetch(shortcut.pointee.connection.near)
      lookahead.fetch(shortcut.pointee.connection.far)
    } else if let place = knownProgress(packet) {
      UnsafePointer(place).prefetch()
    }
  }

  /// Begins the searches for the states that a packet will meet at its hooks.
  private func beginLookups(_ number: Int, _ packet: UnsafePointer<RecordedPacket>) {
    let hints = hints + number & (Self.hintCount - 1)
    hints.pointee = (StateHint(), StateHint())
    if shortcut(packet) != nil { return }
    let sender = packet.pointee.sender
    guard setup.mode != .bridged, sender != .host, packet.pointee.hasFlow else { return }
    var ends = ExpectedEnds(packet.pointee.fields)
    let lookahead = host.filter.lookahead
    hints.pointee.1 = lookahead.begin(ends, .out)
    if sender == .outside, let outer = knownProgress(packet)?.pointee.outer {
      ends.destination = outer.address
      ends.destinationPort = outer.port
    }
    hints.pointee.0 = lookahead.begin(ends, .in)
  }

  /// Begins to fetch the states that ``beginLookups(_:_:)`` searched.
  @inline(__always)
  private func fetchStates(_ number: Int) {
    let hints = hints + number & (Self.hintCount - 1)
    let lookahead = host.filter.lookahead
    lookahead.fetch(hints.pointee.0)
    lookahead.fetch(hints.pointee.1)
  }
}

extension ExpectedEnds {
  /// The ends of a recorded packet.
  fileprivate init(_ fields: PacketFields) {
    self.init(
      fields.isFragment ? .any : fields.proto, from: fields.source, fields.sourcePort,
      to: fields.destination, fields.destinationPort, isIPv6: fields.family == .inet6)
  }
}
