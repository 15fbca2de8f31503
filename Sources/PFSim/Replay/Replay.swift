/// Replays a recording on one simulated host for every mode asked for, over one reading.
///
/// Feed the frames in order, then take the result. Memory does not grow with the recording: at
/// most ``Options/flowLimit`` flows are kept, older ones are counted by outcome.
///
/// Not thread-safe: one thread at a time. The replay itself uses further ones, one for each mode
/// (``Options/usesThreads``): between ``onStart`` and the end of ``finish()`` the modes and their
/// hosts are at work, and what was set on a host to observe it is called from its mode's thread.
public final class Replay {
  /// What a replay can be told.
  public struct Options: Sendable {
    /// The modes, side by side.
    public var modes: [ModeSetup]
    /// Where the capture was taken; nil detects it.
    public var vantage: Vantage?
    /// Addresses of the capture that stand for others.
    public var map = AddressMap()
    /// The most flows kept at a time.
    public var flowLimit = 32_768
    /// The frames from which vantage and VMs are learnt before the replay starts.
    public var sampleSize = 4096
    /// Whether every packet's path is recorded for ``Replay/onPacket``.
    public var recordsEvents = false
    /// Whether the modes work on threads of their own beside the reading.
    ///
    /// They do so where the machine has several cores, more than a few hundred packets come and
    /// ``recordsEvents`` is off. The result is the same either way.
    public var usesThreads = true

    /// Describes a replay.
    public init(modes: [ModeSetup]) { self.modes = modes }
  }
  /// The options.
  public let options: Options
  /// The modes, once the replay has started.
  public private(set) var modes: [ModeReplay] = []
  /// Called for every packet and mode with the events; nil for nobody.
  public var onPacket: ((ModeReplay, PacketEvent) -> Void)?
  /// Called when the hosts stand, before the first packet.
  public var onStart: (() throws -> Void)?

  private let ground: Ground
  @Unshared private var recognizer: PacketRecognizer
  /// Whether the hosts stand.
  private var isStarted = false
  @Unshared var flows: FlowTable
  @Unshared var batches: PacketBatches
  /// The modes at work.
  var workers = ModeWorkers([], batches: 0)
  /// The packet that is being recognised.
  private let buffer = PacketBuffer()
  private var sample = FrameSample()
  private var frames = 0
  /// The IP packets whose flows are found.
  @Unshared var packets = 0
  /// The first frame's time.
  private(set) var first: CaptureTime?
  private var last = CaptureTime(nanoseconds: 0)
  private var vantage: Vantage?

  /// Prepares a replay.
  /// - Throws: ``DeploymentError`` where a file of rules is refused.
  public init(_ options: Options) throws(DeploymentError) {
    self.options = options
    ground = Ground(options.modes.first?.deployment.host ?? HostConfiguration())
    _recognizer = Unshared(wrappedValue: PacketRecognizer(ground: ground, map: options.map))
    _flows = Unshared(wrappedValue: FlowTable(limit: options.flowLimit))
    _batches = Unshared(wrappedValue: PacketBatches(options))
    // Rules with errors are refused before anything is read.
    for mode in options.modes { _ = try ModeReplay(mode, stations: [], vantage: nil) }
  }

  deinit {
    workers.waitForAll()
    recognizer.deallocate()
    flows.deallocate()
    _recognizer.deallocate()
    _flows.deallocate()
    batches.deallocate()
    _batches.deallocate()
    _packets.deallocate()
  }

  /// Replays a frame, or keeps it while the sample grows.
  /// - Throws: ``DeploymentError`` and what ``onStart`` throws, when the hosts are set up.
  public func feed(_ frame: CapturedFrame, type: LinkType) throws {
    frames += 1
    first = first ?? frame.time
    last = max(last, frame.time)
    guard !isStarted else {
      replay(frame, type)
      return
    }
    sample.append(frame, type)
    if sample.count >= options.sampleSize || sample.isLarge { try start() }
  }

  /// Ends the replay.
  /// - Throws: As ``feed(_:type:)``.
  public func finish() throws -> ReplayResult {
    if !isStarted { try start() }
    drain()
    let slots = flows.liveSlots
    // Nobody changes the flows any more.
    nonisolated(unsafe) let flows = flows
    return ReplayResult(
      vantage: vantage, vantageIsDetected: options.vantage == nil, frames: frames,
      packets: packets, period: first.map { ($0, last) }, assumptions: assumptions,
      modes: workers.ask { $0.result(flows: $0.report(slots, of: flows)) })
  }

  private func start() throws {
    let buffer = PacketBuffer()
    if options.vantage == nil {
      var detector = VantageDetector(ground: ground, map: options.map)
      sample.forEach { frame, type in
        if let fields = recognizer.rawFields(frame, type, buffer) { detector.add(fields) }
      }
      vantage = detector.vantage
    } else {
      vantage = options.vantage
    }
    recognizer.vantage = vantage ?? .uplink
    sample.forEach { recognizer.learn($0, $1, buffer) }
    for setup in options.modes {
      let mode = try ModeReplay(
        setup, stations: recognizer.directory.stations, vantage: recognizer.vantage)
      mode.recordsEvents = options.recordsEvents
      modes.append(mode)
    }
    workers = ModeWorkers(modes, batches: batches.count)
    isStarted = true
    try onStart?()
    sample.forEach { replay($0, $1) }
    sample = FrameSample()
  }

  private func replay(_ frame: CapturedFrame, _ type: LinkType) {
    let packet = batches.next
    let known = recognizer.directory.stations.count
    guard recognizer.recognize(frame, type, buffer, &packet.pointee) else { return }
    if known != recognizer.directory.stations.count {
      drain()
      addStations(from: known)
    }
    enqueue(packet, buffer)
  }

  /// Tells what became of the last packet; call while no mode is at work.
  func reportEvents() {
    guard let onPacket else { return }
    for mode in modes {
      for event in mode.events { onPacket(mode, event) }
    }
  }

  /// Starts the VMs that a frame showed for the first time.
  private func addStations(from known: Int) {
    for station in recognizer.directory.stations[known...] {
      for mode in modes { mode.add(station) }
    }
  }

  private var assumptions: [Assumption] {
    var list = recognizer.assumptions
    if options.vantage == nil { list.insert(vantageAssumption, at: 0) }
    list.append(
      Assumption(
        code: "flows",
        text: "each flow is judged by itself: a blocked DNS query does not stop the connection "
          + "that follows it in the recording"))
    for mode in modes {
      for assumption in mode.host.assumptions where !list.contains(assumption) {
        list.append(assumption)
      }
    }
    return list
  }

  private var vantageAssumption: Assumption {
    let text =
      switch vantage {
      case .vm: "the capture was taken on the VM's side, by its addresses"
      case .uplink: "the capture was taken on the host's uplink, by its addresses"
      case nil:
        "no packet has an address of the host or of the VM network \(ground.gateway)/"
          + "\(ground.prefixLength), so the capture counts as taken on the uplink"
      }
    return Assumption(code: "vantage", text: text)
  }
}

extension ModeReplay {
  /// The mode's part of a result.
  func result(flows: [FlowReport]) -> ReplayResult.Mode {
    ReplayResult.Mode(
      mode: setup.mode, loadOrder: setup.deployment.statedOrder,
      orderText: setup.deployment.orderText,
      isEnabled: host.filter.isEnabled, holders: host.references.tokens.map(\.holder),
      insertedAnchors: host.sharing.inserted, timeline: host.timeline, totals: totals,
      flows: flows, unlisted: retired)
  }

  /// Starts writing captures; call before the first packet.
  /// - Throws: ``CaptureError`` for a file that cannot be written or an unknown interface.
  public func openTaps(
    interfaces: [(name: String, path: String)], passed: String?, log: String?
  ) throws(CaptureError) -> CaptureTaps {
    let taps = try CaptureTaps(on: host, interfaces, passed: passed, log: log)
    self.taps = taps
    host.observer = taps
    return taps
  }
}
