extension Host {
  /// Prints what pfctl prints whatever it does.
  func announce(_ arguments: PfctlArguments, _ report: inout EventReport) {
    report.isQuiet = arguments.isQuiet
    report.messages += arguments.warnings
    let isLoad = arguments.rulesFile != nil && arguments.tableCommand == nil
    if isLoad, arguments.isQuiet { use(.loadNotice) }
    if isLoad, !arguments.isQuiet || settings.loadNotice == .always {
      report.messages += Self.loadNotice
    }
    guard !arguments.isQuiet else { return }
    if !arguments.isDryRun { report.messages += Self.queueNotice }
  }

  /// Carries out a part of a command line whose notices were printed before.
  func performQuietly(_ event: HostEvent, _ report: inout EventReport) {
    switch event {
    case .load(let file): load(file, &report)
    case .flush(let target, let anchor, let interface):
      flush(target, anchor: anchor, interface: interface, &report)
    default: perform(event, &report)
    }
  }

  /// `pfctl -x`.
  func setDebug(_ level: DebugLevel, _ report: inout EventReport) {
    filter.debugLevel = level
    report.say("debug level set to '\(level)'")
  }

  /// `pfctl -k` and `-K`.
  func kill(_ request: KillRequest, _ report: inout EventReport) {
    if request.kind == .states, request.hosts.first == "label" {
      guard request.hosts.count == 2, !request.hosts[1].isEmpty else {
        return report.fail("pfctl: no label specified")
      }
      let killed = filter.killStates(label: request.hosts[1])
      return report.say("killed \(killed) states")
    }
    var networks: [[TableDefinition.Entry]] = []
    for host in request.hosts {
      guard let found = entries(of: host, &report), !found.isEmpty else {
        return report.fail("pfctl: cannot resolve \(host)")
      }
      networks.append(found)
    }
    let sources = networks.first ?? []
    let targets: [TableDefinition.Entry?] = networks.count > 1 ? networks[1] : [nil]
    var killed = 0
    for source in sources {
      for target in targets {
        killed +=
          request.kind == .states
          ? filter.killStates(from: source, to: target)
          : filter.killSourceNodes(from: source, to: target)
      }
    }
    let what = request.kind == .states ? "states" : "src nodes"
    let count = networks.count > 1 ? targets.count : 0
    report.say(
      "killed \(killed) \(what) from \(sources.count) sources and \(count) destinations")
  }

  /// The addresses that a word of a command line stands for; nil where it cannot be one.
  func entries(of word: String, _ report: inout EventReport) -> [TableDefinition.Entry]? {
    var sentences: [String] = []
    let found = TableDefinition.Entry.entries(of: word, resolver) { sentences.append($0) }
    report.messages += sentences
    return found
  }

  /// A packet on its way, as an event.
  func send(_ notation: PacketNotation, _ report: inout EventReport) {
    guard case .bytes(let bytes) = notation.content else {
      return report.fail("a packet of a capture cannot be sent as an event")
    }
    let recorded = recordsPath
    defer { recordsPath = recorded }
    let buffer = PacketBuffer(capacity: bytes.count + 64)
    buffer.assign(bytes)
    let vm = machines.firstIndex(where: \.isRunning) ?? 0
    do {
      _ = try walk(buffer, from: notation.place, vm: vm)
      report.effects += path.map(\.eventText)
    } catch {
      report.fail(error.description)
    }
  }
}

extension Hop {
  /// The hop in a few words.
  fileprivate var eventText: String {
    let station = stage == .pf ? "pf \(directionName) on \(interface)" : stage.word
    let detail = reason.isEmpty ? "" : " (\(reason))"
    return "\(station): \(verdict)\(detail)" + (translation.isEmpty ? "" : ", \(translation)")
  }
}
