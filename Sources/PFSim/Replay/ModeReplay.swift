/// The replay of a recording on one simulated host.
///
/// Not thread-safe: one thread at a time.
public final class ModeReplay {
  /// How the host is set up.
  public let setup: ModeSetup
  /// The host.
  public let host: Host
  /// What became of the packets.
  public var totals: ReplayTotals { counted }
  @Unshared private var counted = ReplayTotals()
  /// The flows' progress by slot of the flow table.
  @Unshared private var progress = FlatStorage<FlowProgress>(alignment: 64)
  @Unshared private var details = FlatStorage<FlowDetails>(alignment: 64)
  /// The flows' shortcuts by the same slots, as far as one was learnt.
  @Unshared var shortcuts = FlatStorage<FlowShortcut>(alignment: 64)
  /// The hooks beyond the first four, of those flows that met more, by slot.
  private var furtherHooks: [Int: [FlowDetails.Hook]] = [:]
  /// The failures of those flows that had any, by slot.
  private var failures: [Int: FlowFailures] = [:]
  /// The flows that gave way in the table, by outcome.
  private(set) var retired: [FlowOutcome: Int] = [:]
  /// Writes captures; nil where none is asked for.
  var taps: CaptureTaps?
  /// The event of the last packet; kept only where ``recordsEvents``.
  private(set) var events: [PacketEvent] = []
  /// Whether ``events`` is filled.
  var recordsEvents = false { didSet { host.recordsPath = recordsEvents } }
  /// The packet on its way.
  let packet = PacketBuffer()
  private var recordedEnds: PacketEnds?
  /// The VMs' indices on the host, by place in the directory.
  @Unshared var machines: [Int] = []
  /// Where the capture was taken.
  let vantage: Vantage?
  /// Where the states of packets to come may lie, at the hook in and the hook out.
  let hints: UnsafeMutablePointer<(StateHint, StateHint)>
  /// The ends by which inbound connections reach VMs, by inner end.
  var entrances: [Entrance: FlowEnd?] = [:]

  /// Sets a host up and starts the VMs.
  /// - Throws: ``DeploymentError`` where a file of rules is refused.
  init(
    _ setup: ModeSetup, stations: [Directory.Station], vantage: Vantage?
  ) throws(DeploymentError) {
    self.setup = setup
    self.vantage = vantage
    var deployment = setup.deployment
    let given = deployment.machines.count
    var names: [String] = []
    for station in stations {
      if let known = deployment.machines.firstIndex(where: { station.fits($0) }) {
        deployment.machines[known].complete(from: station)
        names.append(deployment.machines[known].name)
      } else if let known = deployment.completeStart(of: station) {
        names.append(known)
      } else {
        let machine = setup.machine(station, number: deployment.machines.count - given + 1)
        deployment.machines.append(machine)
        names.append(machine.name)
      }
    }
    if deployment.machines.isEmpty, !deployment.hasTimeline {
      deployment.machines = [setup.machine(Directory.Station(), number: 1)]
    }
    let host = try deployment.makeHost()
    self.host = host
    hints = .allocate(capacity: Self.hintCount)
    hints.initialize(repeating: (StateHint(), StateHint()), count: Self.hintCount)
    machines = names.map { host.index(ofVM: $0) ?? 0 }
  }

  deinit {
    progress.deallocate()
    _progress.deallocate()
    details.deallocate()
    _details.deallocate()
    shortcuts.deallocate()
    _shortcuts.deallocate()
    _counted.deallocate()
    _machines.deallocate()
    hints.deallocate()
  }

  /// Starts a VM that the recording shows only now.
  func add(_ station: Directory.Station) {
    let machine = setup.machine(station, number: host.machines.count + 1)
    host.apply(.startVM(machine))
    machines.append(host.index(ofVM: machine.name) ?? host.machines.count - 1)
  }

  /// The interface that leads outside.
  var uplink: Int { host.uplink ?? host.index(ofInterface: "en0") ?? 0 }

  /// Makes room for a flow and forgets what a used slot held.
  private func begin(flow: Int) {
    while progress.count <= flow {
      _ = progress.append(FlowProgress())
      _ = details.append(FlowDetails())
    }
    progress.base[flow] = FlowProgress()
    details.base[flow] = FlowDetails()
    if flow < shortcuts.count { shortcuts.base[flow] = FlowShortcut() }
    if !failures.isEmpty { failures[flow] = nil }
    if !furtherHooks.isEmpty { furtherHooks[flow] = nil }
  }

  /// What became of a flow; nil for a slot that is not in use yet.
  @inline(__always)
  func progress(of flow: Int) -> UnsafeMutablePointer<FlowProgress>? {
    flow >= 0 && flow < progress.count ? progress.base + flow : nil
  }

  /// All that is known of a flow; that of a new one for a slot that is not in use yet.
  func account(of flow: Int) -> FlowAccount {
    settleShortcut(of: flow)
    guard let progress = progress(of: flow) else { return FlowAccount() }
    return FlowAccount(
      progress.pointee, details.base[flow], furtherHooks: furtherHooks[flow] ?? [])
  }

  /// What is known of a flow's failures.
  func failures(of flow: Int) -> FlowFailures { failures[flow] ?? FlowFailures() }

  /// Takes a flow out of the table and counts its outcome.
  func retire(flow: Int, _ record: FlowRecord) {
    retired[Resolution(record, flow, self).outcome, default: 0] += 1
  }

  /// Replays a packet.
  func replay(_ recorded: UnsafePointer<RecordedPacket>) {
    if recorded.pointee.isNew { begin(flow: recorded.pointee.flow) }
    settleShortcut(of: recorded.pointee.flow)
    guard let progress = progress(of: recorded.pointee.flow) else { return }
    let turn = PacketTurn(
      packet: recorded, progress: progress, details: details.base + recorded.pointee.flow)
    if recordsEvents {
      events.removeAll(keepingCapacity: true)
      recordedEnds = PacketEnds(UnsafeRawBufferPointer(recorded.pointee.bytes))
    }
    taps?.time = recorded.pointee.time
    guard happens(turn) else {
      finish(turn, .notHappening, Disposition(), isTranslated: false)
      return
    }
    if recorded.pointee.isForeign || recorded.pointee.headerIsMissing {
      skip(turn)
      return
    }
    packet.assign(UnsafeRawBufferPointer(recorded.pointee.bytes))
    packet.checksumIsPartial = recorded.pointee.isPartial
    putBack(turn)
    guard isForwarded(turn), setup.mode != .bridged,
      packet.count > host.live.interfaces[uplink].mtu,
      host.configuration.settings.segmentsSuperFrames,
      let cut = Segmentation(
        packet, PacketFields(packet.base, count: packet.count), mtu: host.interfaces[uplink].mtu)
    else {
      send(turn)
      return
    }
    counted.superFrames += 1
    host.use(.offload)
    for index in 0..<cut.count {
      cut.write(index, to: packet)
      send(turn)
    }
  }

  /// Counts a packet that no hook of the host sees, or whose headers are not known.
  private func skip(_ turn: PacketTurn) {
    var disposition = Disposition()
    disposition.end(.undetermined, .deliver)
    if turn.packet.pointee.isForeign {
      finish(turn, .ignored, disposition, isTranslated: false)
    } else {
      finish(turn, .undetermined, disposition, isTranslated: false, remark: .headersCut)
    }
  }

  /// Replays a frame that is no IP packet: only Softnet has a say.
  func replayOther(_ place: UnsafePointer<RecordedPacket>) {
    let recorded = place.pointee
    events.removeAll(keepingCapacity: true)
    taps?.time = recorded.time
    guard let vm = machine(recorded.sender) else {
      counted.count(.ignored, isSeen: false, isTranslated: false, bytes: recorded.wireLength)
      return
    }
    packet.assign(UnsafeRawBufferPointer(recorded.bytes))
    let disposition = host.packetFromVM(packet, link: recorded.link, vm: vm)
    let fate: PacketFate = disposition.cause == .softnet ? .softnet : .ignored
    counted.count(fate, isSeen: false, isTranslated: false, bytes: recorded.wireLength)
  }

  /// Whether the packet would exist at all: replies are causal.
  private func happens(_ turn: PacketTurn) -> Bool {
    let progress = turn.progress
    if turn.way == .answer {
      if progress.pointee.hasArrived(.question) { return true }
      return turn.fields.isError && turn.sender == .host
        && turn.details.pointee.count(.question, .answeredByHost) > 0
    }
    // A connection goes on only when the answers recorded so far got back.
    guard turn.packet.pointee.isAnswered, !turn.fields.tcpFlags.contains(.syn) else {
      return true
    }
    return progress.pointee.hasArrived(.answer)
  }

  private func isForwarded(_ turn: PacketTurn) -> Bool {
    switch (turn.sender, turn.receiver) {
    case (.vm, .outside), (.outside, .vm): true
    default: false
    }
  }

  /// Sends the packet in ``packet`` on its way and judges where it got.
  private func send(_ turn: PacketTurn) {
    let before = PacketEnds(packet.bytes)
    let disposition = transmit(turn)
    let after = PacketEnds(packet.bytes)
    var isTranslated = false
    if let before, let after { isTranslated = after.differs(from: before) }
    let (fate, remark) = judge(disposition, turn, before, after)
    learnTranslation(turn, disposition, fate, after)
    if disposition.isSeenByPF { turn.progress.pointee.seen += 1 }
    note(disposition.inbound, on: disposition.inInterface, .in, turn)
    note(disposition.outbound, on: disposition.outInterface, .out, turn)
    taps?.ended(packet, disposition, host)
    finish(turn, fate, disposition, isTranslated: isTranslated, remark: remark)
    if fate == .arrived { learnShortcut(turn, disposition, isTranslated: isTranslated) }
  }

  /// Counts a packet that took its flow's shortcut.
  @inline(__always)
  func countShortcut(_ packet: UnsafePointer<RecordedPacket>, isTranslated: Bool) {
    counted.count(
      .arrived, isSeen: true, isTranslated: isTranslated, bytes: packet.pointee.wireLength)
  }

  /// Adds to a flow's progress what pf did at a hook.
  @inline(__always)
  private func note(
    _ result: HookResult, on interface: Int32, _ direction: Direction, _ turn: PacketTurn
  ) {
    guard interface >= 0, result.isSeen else { return }
    if turn.progress.pointee.note(result, on: interface, direction, turn.details) { return }
    noteFurther(result, on: interface, direction, flow: turn.flow)
  }

  private func noteFurther(
    _ result: HookResult, on interface: Int32, _ direction: Direction, flow: Int
  ) {
    var hooks = furtherHooks[flow] ?? []
    let known = hooks.firstIndex { $0.interface == interface && $0.direction == direction }
    if known == nil { hooks.append(FlowDetails.Hook(interface: interface, direction: direction)) }
    hooks[known ?? hooks.count - 1].note(result)
    furtherHooks[flow] = hooks
  }

  private func finish(
    _ turn: PacketTurn, _ fate: PacketFate, _ disposition: Disposition,
    isTranslated: Bool, remark: Remark = .none
  ) {
    counted.count(
      fate, isSeen: disposition.isSeenByPF, isTranslated: isTranslated,
      bytes: turn.packet.pointee.wireLength)
    turn.progress.pointee.count(fate, turn.way, turn.details)
    switch fate {
    case .arrived, .held, .notHappening, .ignored: break
    default: noteFailure(turn, fate, disposition, remark)
    }
    guard recordsEvents else { return }
    events.append(
      PacketEvent(
        turn.packet.pointee, recordedEnds, fate: fate, remark: remark,
        hops: fate == .notHappening || fate == .ignored ? [] : host.path))
  }

  private func noteFailure(
    _ turn: PacketTurn, _ fate: PacketFate, _ disposition: Disposition, _ remark: Remark
  ) {
    let failure = PacketFailure(
      packet: turn.packet.pointee.number, fate: fate, disposition: disposition, remark: remark)
    let isNeeded =
      turn.fields.proto == .tcp
      && (turn.fields.payloadLength > 0 || turn.fields.tcpFlags.contains(.syn))
    failures[turn.flow, default: FlowFailures()].note(failure, turn.way, isNeeded: isNeeded)
  }
}
