/// What a mode fetches for packets that wait for their turn (``PacketQueue``).
extension ModeReplay {
  /// Begins to fetch what is known of a flow.
  @inline(__always)
  func prefetch(flow: Int) {
    progress.withUnsafeBufferPointer { all in
      guard all.indices.contains(flow), let base = all.baseAddress else { return }
      (base + flow).prefetch()
    }
  }

  /// Begins the searches for the states that a packet will meet at its hooks.
  /// - Parameters:
  ///   - number: The packet's number in the queue.
  ///   - flow: Its flow, as far as known; -1 for a new one.
  func beginLookups(_ number: Int, _ packet: UnsafePointer<RecordedPacket>, flow: Int) {
    let hints = hints + number & (PacketQueue.length - 1)
    hints.pointee = (StateHint(), StateHint())
    guard setup.mode != .bridged, packet.pointee.sender != .host else { return }
    var ends = ExpectedEnds(packet.pointee.fields)
    hints.pointee.1 = host.filter.beginLookup(ends, .out)
    if packet.pointee.sender == .outside, let outer = outerEnd(of: flow) {
      ends.destination = outer.address
      ends.destinationPort = outer.port
    }
    hints.pointee.0 = host.filter.beginLookup(ends, .in)
  }

  /// The end of a flow that translation shows to the outside; nil where none is known.
  @inline(__always)
  private func outerEnd(of flow: Int) -> FlowEnd? {
    progress.withUnsafeBufferPointer { all in
      all.indices.contains(flow) ? all.baseAddress.flatMap { $0[flow].outer } : nil
    }
  }

  /// Begins to fetch the states that ``beginLookups(_:_:flow:)`` searched.
  @inline(__always)
  func fetchStates(_ number: Int) {
    let hints = hints + number & (PacketQueue.length - 1)
    host.filter.fetchState(hints.pointee.0)
    host.filter.fetchState(hints.pointee.1)
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
