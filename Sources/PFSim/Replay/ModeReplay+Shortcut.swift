/// The shortcut of packets whose connection is known: neither the host's stations nor the bytes that
/// translation would write are needed to tell what becomes of them.
extension ModeReplay {
  /// Whether nobody looks on, so that packets may take the shortcut.
  var allowsShortcuts: Bool { taps == nil && !recordsEvents }

  /// The shortcut of a packet's flow; nil where the packet cannot take it.
  @inline(__always)
  func shortcut(
    _ packet: UnsafePointer<RecordedPacket>
  ) -> UnsafeMutablePointer<FlowShortcut>? {
    let flow = packet.pointee.flow
    guard flow >= 0, flow < shortcuts.count, (shortcuts.base + flow).pointee.fits(packet) else {
      return nil
    }
    return shortcuts.base + flow
  }

  /// Lets a packet take its flow's shortcut.
  /// - Returns: Whether it could; else nothing has changed.
  @inline(__always)
  func takeShortcut(_ packet: UnsafePointer<RecordedPacket>) -> Bool {
    let way = packet.pointee.way
    guard let shortcut = shortcut(packet), shortcut.pointee.hasRoom(way),
      let base = packet.pointee.bytes.baseAddress,
      let segment = PlainSegment(base, count: packet.pointee.bytes.count)
    else { return false }
    let ttl = segment.base.reading.byte(8)
    guard
      host.forward(
        segment, of: shortcut.pointee.connection,
        hopLimit: ttl == .max ? ttl : ttl &+ packet.pointee.ttlRise,
        fromVM: shortcut.pointee.isFromVM(way))
    else { return false }
    shortcut.pointee.count(way)
    countShortcut(packet, isTranslated: shortcut.pointee.isTranslated(way))
    return true
  }

  /// Gives a flow's progress the packets that took the shortcut.
  @inline(__always)
  func settleShortcut(of flow: Int) {
    guard flow < shortcuts.count, (shortcuts.base + flow).pointee.taken != (0, 0) else { return }
    settle(shortcuts.base + flow, of: flow)
  }

  @inline(never)
  private func settle(_ shortcut: UnsafeMutablePointer<FlowShortcut>, of flow: Int) {
    guard let progress = progress(of: flow) else { return }
    let connection = shortcut.pointee.connection
    let ways = [
      (Way.question, shortcut.pointee.taken.question), (.answer, shortcut.pointee.taken.answer),
    ]
    for (way, count) in ways {
      let isFromVM = shortcut.pointee.isFromVM(way)
      progress.pointee.add(
        count, way, in: isFromVM ? connection.near.interface : connection.far.interface,
        out: isFromVM ? connection.far.interface : connection.near.interface)
    }
    shortcut.pointee.clearCounts()
  }

  /// Remembers the way of a packet that arrived, for those that follow it.
  @inline(__always)
  func learnShortcut(_ turn: PacketTurn, _ disposition: Disposition, isTranslated: Bool) {
    guard turn.fields.proto == .tcp, disposition.inbound.state == .matched,
      disposition.outbound.state == .matched, turn.progress.pointee.hasArrived(.question),
      turn.progress.pointee.hasArrived(.answer)
    else { return }
    switch (turn.sender, turn.receiver) {
    case (.vm(let number), .outside):
      learnShortcut(turn, disposition, vm: number, fromVM: true, isTranslated)
    case (.outside, .vm(let number)):
      learnShortcut(turn, disposition, vm: number, fromVM: false, isTranslated)
    default: break
    }
  }

  @inline(never)
  private func learnShortcut(
    _ turn: PacketTurn, _ disposition: Disposition, vm: Int32, fromVM: Bool, _ isTranslated: Bool
  ) {
    guard allowsShortcuts, turn.fields.family == .inet, !turn.fields.isFragment,
      let machine = machine(.vm(vm)),
      !fromVM || host.hasLearnt(turn.packet.pointee.link, vm: machine),
      turn.progress.pointee.knows(disposition.inInterface, .in),
      turn.progress.pointee.knows(disposition.outInterface, .out),
      let connection = host.connection(of: disposition, fromVM: fromVM)
    else { return }
    while shortcuts.count <= turn.flow { _ = shortcuts.append(FlowShortcut()) }
    (shortcuts.base + turn.flow).pointee.learn(
      turn.packet, connection, vm: vm, fromVM: fromVM, isTranslated: isTranslated)
  }
}
