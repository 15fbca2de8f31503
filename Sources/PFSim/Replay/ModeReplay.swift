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
  @Unshared var progress: [FlowProgress] = []
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
  private var machines: [Int] = []
  private let vantage: Vantage?
  /// Where the states of packets in the queue may lie, at the hook in and the hook out.
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
    hints = .allocate(capacity: PacketQueue.length)
    hints.initialize(repeating: (StateHint(), StateHint()), count: PacketQueue.length)
    machines = names.map { host.index(ofVM: $0) ?? 0 }
  }

  deinit {
    _progress.deallocate()
    _counted.deallocate()
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
  func begin(flow: Int) {
    while progress.count <= flow { progress.append(FlowProgress()) }
    progress[flow] = FlowProgress()
    if !failures.isEmpty { failures[flow] = nil }
  }

  /// What is known of a flow's failures.
  func failures(of flow: Int) -> FlowFailures { failures[flow] ?? FlowFailures() }

  /// Takes a flow out of the table and counts its outcome.
  func retire(flow: Int, _ record: FlowRecord) {
    retired[Resolution(record, flow, self).outcome, default: 0] += 1
  }

  /// Replays a packet.
  /// - Parameters:
  ///   - recorded: What is known of it.
  ///   - bytes: The packet as recorded, behind the address map.
  ///   - record: Its flow.
  func replay(_ recorded: RecordedPacket, _ bytes: PacketBuffer, _ record: FlowRecord) {
    if !events.isEmpty { events.removeAll(keepingCapacity: true) }
    taps?.time = recorded.time
    if recordsEvents { recordedEnds = PacketEnds(bytes.bytes) }
    guard happens(recorded, record) else {
      finish(recorded, .notHappening, Disposition(), isTranslated: false)
      return
    }
    if recorded.isForeign || recorded.headerIsMissing {
      let fate = recorded.isForeign ? PacketFate.ignored : .undetermined
      var disposition = Disposition()
      disposition.end(.undetermined, .deliver)
      finish(
        recorded, fate, disposition, isTranslated: false,
        remark: recorded.isForeign ? "" : "the recording cut the headers off")
      return
    }
    packet.assign(bytes.bytes)
    packet.checksumIsPartial = recorded.isPartial
    putBack(recorded, record)
    guard isForwarded(recorded), setup.mode != .bridged,
      packet.count > host.live.interfaces[uplink].mtu,
      host.configuration.settings.segmentsSuperFrames,
      let cut = Segmentation(
        packet, PacketFields(packet.base, count: packet.count), mtu: host.interfaces[uplink].mtu)
    else {
      send(recorded)
      return
    }
    counted.superFrames += 1
    host.use(.offload)
    for index in 0..<cut.count {
      cut.write(index, to: packet)
      send(recorded)
    }
  }

  /// Replays a frame that is no IP packet: only Softnet has a say.
  func replayOther(_ recorded: RecordedPacket, _ bytes: PacketBuffer) {
    events.removeAll(keepingCapacity: true)
    taps?.time = recorded.time
    guard case .vm(let vm) = recorded.sender, machines.indices.contains(vm) else {
      counted.count(.ignored, isSeen: false, isTranslated: false, bytes: recorded.wireLength)
      return
    }
    packet.assign(bytes.bytes)
    let disposition = host.packetFromVM(packet, link: recorded.link, vm: machines[vm])
    let fate: PacketFate = disposition.cause == .softnet ? .softnet : .ignored
    counted.count(fate, isSeen: false, isTranslated: false, bytes: recorded.wireLength)
  }

  /// Whether the packet would exist at all: replies are causal.
  private func happens(_ recorded: RecordedPacket, _ record: FlowRecord) -> Bool {
    let flow = recorded.flow
    if recorded.way == .answer {
      if progress[flow].hasArrived(.question) { return true }
      return recorded.fields.isError && recorded.sender == .host
        && progress[flow].count(.question, .answeredByHost) > 0
    }
    // A connection goes on only when the answers recorded so far got back.
    guard record.key.proto == .tcp, record.beganWithSYN,
      !recorded.fields.tcpFlags.contains(.syn), record.packets(.answer) > 0
    else { return true }
    return progress[flow].hasArrived(.answer)
  }

  private func isForwarded(_ recorded: RecordedPacket) -> Bool {
    switch (recorded.sender, recorded.receiver) {
    case (.vm, .outside), (.outside, .vm): true
    default: false
    }
  }

  /// Sends the packet in ``packet`` on its way and judges where it got.
  private func send(_ recorded: RecordedPacket) {
    let before = PacketEnds(packet.bytes)
    let disposition = transmit(recorded)
    let after = PacketEnds(packet.bytes)
    let isTranslated = before.flatMap { before in after.map { $0.differs(from: before) } } ?? false
    let (fate, remark) = judge(disposition, recorded, before)
    learnTranslation(recorded, disposition, fate)
    let seen = disposition.isSeenByPF
    if seen { progress[recorded.flow].seen += 1 }
    progress[recorded.flow].note(disposition.inbound, on: disposition.inInterface, .in)
    progress[recorded.flow].note(disposition.outbound, on: disposition.outInterface, .out)
    taps?.ended(packet, disposition, host)
    finish(recorded, fate, disposition, isTranslated: isTranslated, remark: remark)
  }

  private func transmit(_ recorded: RecordedPacket) -> Disposition {
    var link = recorded.link
    switch recorded.sender {
    case .vm(let vm) where machines.indices.contains(vm):
      taps?.sent(packet, fromVM: machines[vm], host)
      if recorded.isTagged, setup.mode.usesSoftnet { link.etherType = EtherType.vlan }
      return host.packetFromVM(packet, link: link, vm: machines[vm])
    case .host where setup.mode != .bridged || vantage == .uplink:
      return host.packetFromHost(packet, out: wayToVM(recorded))
    default:
      if case .vm(let vm) = recorded.receiver, machines.indices.contains(vm),
        setup.mode == .bridged
      {
        link.destination = host.machines[machines[vm]].mac
      } else {
        link = LinkHeader(etherType: link.etherType)
      }
      let way = progress[recorded.flow].uplink
      let bridged = setup.mode == .bridged && recorded.receiver != .host
      taps?.arriving(packet, on: way >= 0 ? Int(way) : uplink, bridged: bridged)
      return host.packetArriving(packet, link: link, on: way >= 0 ? Int(way) : uplink)
    }
  }

  /// The bridge for packets to a VM: the recording shows that they went there.
  private func wayToVM(_ recorded: RecordedPacket) -> Int? {
    guard case .vm(let vm) = recorded.receiver, machines.indices.contains(vm) else { return nil }
    return host.networks[host.machines[machines[vm]].network].bridge
  }

  private func finish(
    _ recorded: RecordedPacket, _ fate: PacketFate, _ disposition: Disposition,
    isTranslated: Bool, remark: String = ""
  ) {
    counted.count(
      fate, isSeen: disposition.isSeenByPF, isTranslated: isTranslated,
      bytes: recorded.wireLength)
    progress[recorded.flow].count(fate, recorded.way)
    switch fate {
    case .arrived, .held, .notHappening, .ignored: break
    default:
      let failure = PacketFailure(
        packet: recorded.number, fate: fate, disposition: disposition, remark: remark)
      let isNeeded =
        recorded.fields.proto == .tcp
        && (recorded.fields.payloadLength > 0 || recorded.fields.tcpFlags.contains(.syn))
      failures[recorded.flow, default: FlowFailures()]
        .note(failure, recorded.way, isNeeded: isNeeded)
    }
    guard recordsEvents else { return }
    events.append(
      PacketEvent(
        recorded, recordedEnds, fate: fate, remark: remark,
        hops: fate == .notHappening || fate == .ignored ? [] : host.path))
  }

  /// Remembers how the simulated pf translated the flow, for the packets of the other side.
  private func learnTranslation(
    _ recorded: RecordedPacket, _ disposition: Disposition, _ fate: PacketFate
  ) {
    guard fate == .arrived, !recorded.fields.isError, setup.mode != .bridged else { return }
    let fields = PacketFields(packet.base, count: packet.count)
    guard fields.completeness != .malformed, !fields.isFragment else { return }
    let flow = recorded.flow
    switch (recorded.sender, disposition.fate) {
    case (.vm, .left), (.host, .left):
      progress[flow].outer = FlowEnd(address: fields.source, port: fields.sourcePort)
      progress[flow].uplink = disposition.outInterface
    case (.outside, .deliveredToVM) where recorded.way == .question:
      progress[flow].inner = FlowEnd(address: fields.destination, port: fields.destinationPort)
      progress[flow].uplink = disposition.inInterface
    default: break
    }
  }
}
