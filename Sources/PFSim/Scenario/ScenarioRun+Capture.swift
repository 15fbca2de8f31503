extension ScenarioRun {
  /// Replays a recording on a host of its own, made as the scenario's was before a step.
  func replay(
    _ capture: ScenarioCapture, before step: Int
  ) throws(StepError) -> ReplayResult.Mode? {
    let deployment = scenario.hostDeployment(before: step)
    let mode = capture.mode ?? deployment.machines.first?.mode ?? .nat
    var setup = ModeSetup(mode, deployment: deployment)
    if let softnet = deployment.machines.first?.softnet { setup.softnet = softnet }
    var options = Replay.Options(modes: [setup])
    options.vantage = capture.vantage
    options.map = capture.map
    var paths: [String] = []
    for file in capture.files { paths.append(try environment.path(of: file)) }
    do {
      return try Self.run(options, paths)
    } catch let error as CaptureError {
      throw StepError(error.description)
    } catch let error as DeploymentError {
      throw StepError(error.report.messages.joined(separator: "\n"))
    } catch {
      throw StepError("\(error)")
    }
  }

  private static func run(
    _ options: Replay.Options, _ paths: [String]
  ) throws -> ReplayResult.Mode? {
    let replay = try Replay(options)
    let recording = try Recording(paths: paths)
    while let (frame, capture) = try recording.next() {
      try replay.feed(frame, type: recording.readers[capture].linkType)
    }
    return try replay.finish().modes.first
  }

  /// The outcome of the flow that the argument names, for example
  /// `tcp 192.168.64.5:50000 > 1.1.1.1:443`; ports may be left out.
  func flowFact(_ argument: String, _ recording: ReplayResult.Mode) -> Fact {
    let found = recording.flows.filter { $0.isNamed(argument) }
    guard !found.isEmpty else {
      let known = recording.flows.prefix(20).map(\.name).joined(separator: ", ")
      return .missing("the recording has no flow \(argument), but \(known)")
    }
    var outcomes: [String] = []
    for flow in found where !outcomes.contains(flow.outcome.rawValue) {
      outcomes.append(flow.outcome.rawValue)
    }
    return .lines([outcomes.joined(separator: ", ")])
  }

  /// One of the recording's totals in packets.
  func totalsFact(_ argument: String, _ totals: ReplayTotals) -> Fact {
    let known: [String: Int] = [
      "packets": totals.all.packets, "passed": totals.passed.packets,
      "blocked": totals.blocked.packets, "translated": totals.translated.packets,
      "not-seen": totals.notSeen.packets, "undetermined": totals.undetermined.packets,
      "softnet": totals.droppedBySoftnet.packets, "isolation": totals.droppedByIsolation.packets,
      "not-happening": totals.notHappening.packets, "lost": totals.lost.packets,
    ]
    guard let value = known[argument] else {
      return .missing("totals are \(known.keys.sorted().joined(separator: ", "))")
    }
    return .lines([String(value)])
  }
}

extension FlowReport {
  /// The protocol and the two ends.
  var name: String {
    let isPortless = proto != .tcp && proto != .udp
    let ends = [(source, sourcePort), (destination, destinationPort)].map { address, port in
      isPortless
        ? "\(address)" : address.family == .inet6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
    let word = PacketTemplate.name(of: proto)
    return "\(word) \(ends[0]) > \(ends[1])"
  }

  /// Whether a name means this flow: the same words, where ports may be missing.
  fileprivate func isNamed(_ text: String) -> Bool {
    Expectation.hasSameEnds(text, name)
  }
}

extension PacketTemplate {
  /// A protocol's name in the notation, its number where it has none.
  static func name(of proto: IPProtocol) -> String {
    switch proto {
    case .tcp: "tcp"
    case .udp: "udp"
    case .icmp: "icmp"
    case .icmpv6: "icmp6"
    default: String(proto.rawValue)
    }
  }
}
