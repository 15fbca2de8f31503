/// What a mode fetches for packets that wait for their turn (``PacketQueue``).
extension ModeReplay {
  /// Begins to fetch what is known of a flow.
  @inline(__always)
  func prefetch(flow: Int) {
    if let place = progress(of: flow) { UnsafePointer(place).prefetch() }
  }

  /// Begins the searches for the states that a packet will meet at its hooks.
  /// - Parameters:
  ///   - number: The packet's number in the queue.
  ///   - entry: The packet.
  func beginLookups(_ number: Int, _ entry: UnsafePointer<PacketQueue.Entry>) {
    let hints = hints + number & (PacketQueue.length - 1)
    hints.pointee = (StateHint(), StateHint())
    let sender = entry.pointee.packet.sender
    guard setup.mode != .bridged, sender != .host else { return }
    var ends = ExpectedEnds(entry.pointee.packet.fields)
    let lookahead = host.filter.lookahead
    hints.pointee.1 = lookahead.begin(ends, .out)
    if sender == .outside,
      let outer = progress(of: Int(entry.pointee.expectedFlow))?.pointee.outer
    {
      ends.destination = outer.address
      ends.destinationPort = outer.port
    }
    hints.pointee.0 = lookahead.begin(ends, .in)
  }

  /// Begins to fetch the states that ``beginLookups(_:_:)`` searched.
  @inline(__always)
  func fetchStates(_ number: Int) {
    let hints = hints + number & (PacketQueue.length - 1)
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
