extension PacketFilter {
  /// Chooses a new state's next hop (kernel: `pf_set_rt_ifp()`).
  func prepareRoute(
    _ run: inout HookRun, _ state: UnsafeMutablePointer<StateRecord>,
    _ extras: UnsafeMutablePointer<StateExtras>
  ) {
    let body = program.body(run.rule)
    guard body.pointee.routing > RoutingKind.fastRoute.rawValue, body.pointee.pool >= 0 else {
      return
    }
    // KERNEL: pf_set_rt_ifp() takes the translation's source node for the route's: it gives that
    // node the hop, and a sticky route's own node a second place in the state.
    extras.pointee.route = states.addRoute(nextHop(&run, &extras.pointee.translationSourceNode))
    state.pointee.flags.insert(.hasRoute)
  }

  /// The next hop that a rule's pool gives now, for a source node or, for -1, the sticky pool's.
  private func nextHop(_ run: inout HookRun, _ node: inout Int32) -> StateRoute {
    var route = StateRoute()
    var initial = AddressBits.zero
    _ = selectAddress(
      run.rule, key: run.packet.source, isIPv6: run.packet.isIPv6, &route.address, &initial,
      usesInitial: false, &node)
    let pool = program.pools.base[Int(program.body(run.rule).pointee.pool)]
    route.interface = program.elements.base[Int(pool.current)].interface
    return route
  }

  /// Sends a passed packet where its rule says (kernel: `pf_route()`, `pf_route6()`).
  @inline(never)
  func route<Observer: EvaluationObserver>(
    _ run: inout HookRun, _ interface: Int, _ observer: inout Observer
  ) -> HookResult {
    let body = program.body(run.rule)
    let kind = RoutingKind(rawValue: body.pointee.routing)
    let isCopy = kind == .dupTo
    // KERNEL: pf_route() destroys the packet after four passes, before it asks what to do.
    guard nesting < 4 else { return conclude(&run, .consumed) }
    if !isCopy, (kind == .replyTo) == (body.pointee.direction == run.packet.direction) {
      return conclude(&run, .pass)
    }
    if kind == .fastRoute {
      // DIFFERS: fastroute. The host's own routing does the same.
      return conclude(&run, .pass)
    }
    guard body.pointee.pool >= 0 else { return conclude(&run, isCopy ? .pass : .consumed) }
    let hop: StateRoute
    if run.state >= 0, states.state(run.state).pointee.flags.contains(.hasRoute) {
      hop = states.route(of: run.state)
    } else {
      var node: Int32 = -1
      hop = nextHop(&run, &node)
    }
    let result = conclude(&run, isCopy ? .pass : .consumed)
    guard hop.interface >= 0 else { return result }
    let target = Int(program.interfaces.records.base[Int(hop.interface)].hostIndex)
    guard target >= 0, target < interfaces.count else { return result }
    let copy = PacketBuffer()
    copy.assign(run.buffer)
    if !run.packet.isOut { copy.receivedOn = Int32(truncatingIfNeeded: interface) }
    if target == interface || passes(copy, on: target, &observer) {
      transmit(copy, on: target, isCopy: isCopy)
    }
    return result
  }

  /// Shows a routed packet to pf on its new interface; true when it is still there then.
  private func passes<Observer: EvaluationObserver>(
    _ packet: PacketBuffer, on target: Int, _ observer: inout Observer
  ) -> Bool {
    nesting += 1
    var inner = HookResult()
    hook(packet, isOut: true, target, &observer, &inner)
    nesting -= 1
    nested.append(NestedHook(interface: target, result: inner))
    guard !pieces.isEmpty else { return inner.verdict == .pass }
    for piece in pieces { emit(piece, on: target) }
    pieces = []
    return false
  }

  /// Hands a routed packet to its interface, in pieces where it is too long.
  private func transmit(_ packet: PacketBuffer, on target: Int, isCopy: Bool) {
    // DIFFERS: next-hop
    let mtu = interfaces[target].mtu
    let length = packet.count
    guard length > mtu else {
      emit(packet.array, on: target)
      return
    }
    guard packet.base.reading.byte(0) >> 4 == 4 else {
      if !isCopy { answerTooBig(packet, mtu: mtu) }
      return
    }
    let mayFragment = packet.base.reading.big16(6) & IPv4Header.dontFragment == 0
    // KERNEL: icmp_error() reads "don't fragment" from a header in network order and says nothing.
    guard mayFragment else { return }
    let cut = Self.pieces(of: packet.array, mtu: mtu)
    for (index, piece) in cut.enumerated() {
      emit(piece, on: target, followingPieces: cut.count - index - 1)
    }
  }

  private func emit(_ bytes: [UInt8], on target: Int, followingPieces: Int? = nil) {
    var bytes = bytes
    if bytes.first.map({ $0 >> 4 }) == 4 {
      bytes.withUnsafeMutableBytes { view in
        guard let base = view.baseAddress else { return }
        IPv4Header(base, count: view.count)?.setChecksum(count: view.count)
      }
    }
    emitted.append(
      EmittedPacket(
        bytes: bytes, interface: target, skipsFilter: false, followingPieces: followingPieces))
  }

  /// Cuts an IPv4 packet or a fragment of one into fragments; only the first keeps the options.
  static func pieces(of packet: [UInt8], mtu: Int) -> [[UInt8]] {
    guard let first = packet.first else { return [] }
    let header = Int(first & 0x0f) << 2
    let size = (mtu - header) & ~7
    guard size >= 8, header >= IPv4Header.minimumLength, packet.count > header else { return [] }
    let own = UInt16(packet[6]) << 8 | UInt16(packet[7])
    return stride(from: header, to: packet.count, by: size).map { start in
      let end = min(start + size, packet.count)
      var piece = Array(packet[..<header]) + packet[start..<end]
      let offset = (own &+ UInt16((start - header) >> 3)) & IPv4Header.offsetMask
      let goesOn = end < packet.count || own & IPv4Header.moreFragments != 0
      let field = offset | (goesOn ? IPv4Header.moreFragments : 0)
      piece[2] = UInt8(truncatingIfNeeded: piece.count >> 8)
      piece[3] = UInt8(truncatingIfNeeded: piece.count)
      piece[6] = UInt8(truncatingIfNeeded: field >> 8)
      piece[7] = UInt8(truncatingIfNeeded: field)
      return piece
    }
  }
}
