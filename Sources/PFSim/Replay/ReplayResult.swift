/// What a replay found: everything that its reports say.
public struct ReplayResult: Sendable {
  /// One mode's part.
  public struct Mode: Sendable {
    /// The mode.
    public var mode: NetworkMode
    /// The load order used; nil where a snapshot or a timeline says what happened.
    public var loadOrder: Deployment.LoadOrder?
    /// What happened in which order, in a few words.
    public var orderText: String
    /// Whether pf is on at the end.
    public var isEnabled: Bool
    /// Who holds references to pf, the oldest first.
    public var holders: [String]
    /// The anchor calls that the sharing service inserted, as pfctl prints them.
    public var insertedAnchors: [String]
    /// What happened on the host before and during the replay.
    public var timeline: [EventReport]
    /// What became of the packets.
    public var totals: ReplayTotals
    /// The flows in the order of their first packets.
    public var flows: [FlowReport]
    /// The flows beyond the table's limit, by outcome: counted, not listed.
    public var unlisted: [FlowOutcome: Int]
    /// What the user should know.
    public var findings: [Finding] = []
    /// The counters of a snapshot's rules beside the simulated ones; empty unless asked for.
    public var counters: [RuleCounterComparison] = []
  }
  /// Where the capture was taken.
  public var vantage: Vantage?
  /// Whether the vantage was detected rather than given.
  public var vantageIsDetected: Bool
  /// The frames read.
  public var frames: Int
  /// The frames that hold IP packets.
  public var packets: Int
  /// The first and last frame's time; nil without frames.
  public var period: (first: CaptureTime, last: CaptureTime)?
  /// What was taken for granted, each once.
  public var assumptions: [Assumption]
  /// The modes in the order asked for.
  public var modes: [Mode]

  /// The findings of all modes, each once.
  public var findings: [Finding] {
    var distinct: [Finding] = []
    for finding in modes.flatMap(\.findings) where !distinct.contains(finding) {
      distinct.append(finding)
    }
    return distinct
  }
}

/// One flow in one mode.
public struct FlowReport: Sendable {
  /// What pf did with the flow at one hook.
  public struct Hook: Sendable, Hashable {
    /// The interface.
    public var interface: String
    /// In or out.
    public var direction: Direction
    /// The packets that passed.
    public var passed: Int
    /// The packets that were blocked.
    public var blocked: Int
    /// The packets that no rule matched and no state took: the default rule's.
    public var byDefaultRule: Int
    /// The states made here.
    public var statesCreated: Int
    /// The packets that a state took.
    public var statesMatched: Int
    /// The first rule that decided here; nil for the default rule and for states' packets.
    public var rule: RuleDescription?
    /// The translation rule used here.
    public var translationRule: RuleDescription?
  }
  /// The protocol.
  public var proto: IPProtocol
  /// The side that began, as recorded.
  public var source: IPAddress
  /// Its port, or the ICMP identifier.
  public var sourcePort: UInt16
  /// The other side.
  public var destination: IPAddress
  /// Its port.
  public var destinationPort: UInt16
  /// What became of it.
  public var outcome: FlowOutcome
  /// Why, in words.
  public var reason: String
  /// Why, without the packet that shows it: the same for flows that fail alike.
  public var cause: String
  /// The source as translated; nil where translation left it.
  public var translatedSource: IPAddress?
  /// The source's port as translated.
  public var translatedSourcePort: UInt16?
  /// The rule that decided; nil for the default rule and where no rule decides.
  public var rule: RuleDescription?
  /// Whether the default rule decided.
  public var isByDefaultRule: Bool
  /// The states that it made.
  public var states: Int
  /// The hooks that it met.
  public var hooks: [Hook]
  /// The frame that began it.
  public var firstPacket: Int
  /// Packets recorded from the side that began and towards it.
  public var packets: (question: Int, answer: Int)
  /// Their bytes.
  public var bytes: (question: Int, answer: Int)
  /// Packets that arrived, by way.
  public var arrived: (question: Int, answer: Int)
  /// Packets that would not exist because what they answer did not arrive.
  public var notHappening: Int
}

extension ModeReplay {
  /// Reports the flows in some slots of the table.
  func report(_ slots: [Int], of flows: FlowTable) -> [FlowReport] {
    var rules = RuleDescriptions(host)
    return slots.map { report(flows.record($0).pointee, slot: $0, &rules) }
  }

  private func report(
    _ record: FlowRecord, slot: Int, _ rules: inout RuleDescriptions
  ) -> FlowReport {
    let state = account(of: slot)
    let resolution = Resolution(record, slot, self)
    let family = record.key.family
    let translated = resolution.translated
    return FlowReport(
      proto: record.key.proto,
      source: IPAddress(family: family, bits: record.source.address),
      sourcePort: record.source.port,
      destination: IPAddress(family: family, bits: record.destination.address),
      destinationPort: record.key.proto == .icmp || record.key.proto == .icmpv6
        ? 0 : record.destination.port,
      outcome: resolution.outcome, reason: resolution.reason, cause: resolution.cause,
      translatedSource: translated.map { IPAddress(family: family, bits: $0.address) },
      translatedSourcePort: translated?.port,
      rule: rules[resolution.rule],
      isByDefaultRule: resolution.rule == .defaultRule,
      states: state.hooks.reduce(0) { $0 + Int($1.statesCreated) },
      hooks: state.hooks.map { report($0, &rules) },
      firstPacket: record.firstPacket,
      packets: record.packets, bytes: record.bytes,
      arrived: (state.count(.question, .arrived), state.count(.answer, .arrived)),
      notHappening: state.count(.notHappening))
  }

  private func report(
    _ hook: FlowDetails.Hook, _ rules: inout RuleDescriptions
  ) -> FlowReport.Hook {
    FlowReport.Hook(
      interface: name(of: hook.interface), direction: hook.direction,
      passed: Int(hook.passed), blocked: Int(hook.blocked), byDefaultRule: Int(hook.byDefault),
      statesCreated: Int(hook.statesCreated), statesMatched: Int(hook.statesMatched),
      rule: rules[hook.rule], translationRule: rules[hook.translationRule])
  }
}

/// The texts of a host's rules, each made once: many flows name the same few rules.
private struct RuleDescriptions {
  private let host: Host
  private var known: [RuleReference: RuleDescription?] = [:]

  init(_ host: Host) { self.host = host }

  subscript(reference: RuleReference) -> RuleDescription? {
    mutating get {
      if let description = known[reference] { return description }
      let description = host.describe(reference)
      known[reference] = .some(description)
      return description
    }
  }
}
