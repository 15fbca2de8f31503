/// Rules, VMs and an order of events: what a user wants to try on a Mac.
public struct Deployment: Sendable {
  /// When the user's main ruleset is loaded.
  public enum LoadOrder: String, Sendable, Hashable, CaseIterable {
    /// At boot, before the VM starts (the default).
    case beforeVM = "before-vm"
    /// While the VM runs.
    case afterVM = "after-vm"
  }
  /// The host before its boot.
  public var host: HostConfiguration
  /// The main ruleset; nil for macOS's stock file.
  public var rules: RulesFile?
  /// The files loaded into anchors behind the main ruleset.
  public var anchors: [RulesFile] = []
  /// When the rules are loaded.
  public var loadOrder = LoadOrder.beforeVM
  /// The VMs, started in order; may be empty.
  public var machines: [VirtualMachine] = []
  /// Whether the timeline starts the VMs itself, so that ``machines`` is empty on purpose.
  public var hasTimeline = false
  /// What happens afterwards.
  public var timeline: [HostEvent] = []
  /// Whether pf is switched on by the user (`pfctl -E`) when the rules are loaded.
  public var enablesFilter = false
  /// The seed of every random choice.
  public var seed: UInt64 = 1
  /// How filter rules are evaluated.
  public var evaluator = RuleEvaluator.automatic

  /// Describes a deployment.
  public init(host: HostConfiguration = HostConfiguration(), rules: RulesFile? = nil) {
    self.host = host
    self.rules = rules
  }

  /// What happened in which order, in a few words for reports.
  public var orderText: String {
    if let snapshot = host.snapshot { return "the Mac is as in \(snapshot.file)" }
    switch statedOrder {
    case .beforeVM: return "rules loaded at boot, then the VM started"
    case .afterVM: return "VM started, then the rules loaded"
    case nil: return "as the host description's timeline says"
    }
  }

  /// When the rules are loaded; nil where a snapshot or a timeline says what happened.
  public var statedOrder: LoadOrder? {
    host.snapshot == nil && !hasTimeline && timeline.isEmpty ? loadOrder : nil
  }

  /// Boots a host and brings it to the state described.
  /// - Throws: ``DeploymentError`` where a file of rules is refused; the messages are pfctl's.
  public func makeHost() throws(DeploymentError) -> Host {
    let host = Host(self.host, seed: seed)
    host.filter.evaluator = evaluator
    if let snapshot = self.host.snapshot {
      do throws(SnapshotError) {
        try host.restore(snapshot)
      } catch {
        throw DeploymentError(report: error.report)
      }
    } else {
      try run(.boot, on: host)
    }
    if loadOrder == .beforeVM { try loadRules(on: host) }
    for machine in machines { try run(.startVM(machine), on: host) }
    if loadOrder == .afterVM { try loadRules(on: host) }
    for event in timeline { try run(event, on: host) }
    return host
  }

  private func loadRules(on host: Host) throws(DeploymentError) {
    if let rules { try run(.load(rules), on: host) }
    for anchor in anchors { try run(.load(anchor), on: host) }
    if enablesFilter { try run(.enableWithToken(holder: "pfctl"), on: host) }
  }

  private func run(_ event: HostEvent, on host: Host) throws(DeploymentError) {
    let report = host.apply(event)
    if case .load = event, report.exitCode != 0 { throw DeploymentError(report: report) }
  }
}

/// A deployment that macOS would refuse.
public struct DeploymentError: Error, Sendable, Hashable {
  /// The event that failed, with pfctl's messages.
  public var report: EventReport

  /// What pfctl says about it, without the lines that it prints whatever it does.
  public var message: String {
    let notices = Set(Host.printedNotices + [""])
    return report.messages.filter { !notices.contains($0) }.joined(separator: "\n")
  }
}

extension SnapshotError {
  /// The error as the report of an event that failed.
  fileprivate var report: EventReport {
    var report = EventReport(title: "the Mac is as in \(file)")
    report.fail(description)
    return report
  }
}
