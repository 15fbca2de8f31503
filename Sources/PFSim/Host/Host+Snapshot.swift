extension Host {
  /// Makes the host, which has not booted, like the Mac of a snapshot.
  ///
  /// States and counters are not taken over.
  /// - Throws: ``SnapshotError`` with the line of a rule that cannot be read.
  func restore(_ snapshot: HostSnapshot) throws(SnapshotError) {
    var report = EventReport(title: "the Mac is as in \(snapshot.file)")
    isPresent = interfaces.map { _ in true }
    for (index, interface) in interfaces.enumerated() {
      if let declared = snapshot.interfaces.first(where: { $0.name == interface.name }) {
        interfaces[index] = declared
      }
    }
    rebuildTopology()
    for anchor in snapshot.anchors { try load(anchor, of: snapshot) }
    for (kind, value) in snapshot.timeouts { filter.timeouts[Int(kind.rawValue)] = value }
    for (kind, value) in snapshot.limits { filter.limits[Int(kind.rawValue)] = value }
    skippedInterfaces = snapshot.skipped
    for name in snapshot.skipped { filter.setSkip(true, on: name) }
    mainFile = snapshot.file
    let rules = snapshot.anchors.reduce(0) { sum, anchor in
      sum + RuleKind.allCases.reduce(0) { $0 + self.rules(of: $1, in: anchor.path).count }
    }
    report.effects.append("\(rules) rules in \(snapshot.anchors.count) rulesets")
    restoreReferences(snapshot, &report)
    for bridge in snapshot.vmBridges { restoreNetwork(bridge, snapshot, &report) }
    restoreSharing(snapshot)
    rebuildTopology()
    report.effects.append("\(snapshot.states) states are not taken over")
    assume(
      Assumption(
        code: "snapshot",
        text: "the Mac is as in \(snapshot.file), without its \(snapshot.states) states"))
    timeline.append(report)
  }

  private func restoreReferences(_ snapshot: HostSnapshot, _ report: inout EventReport) {
    // The newest is listed first.
    let tokens = snapshot.tokens.reversed().map {
      EnableReferences.Token(
        value: $0.value, process: $0.process, holder: $0.holder, time: -$0.age)
    }
    references = EnableReferences(tokens: Array(tokens), isOn: snapshot.isEnabled)
    filter.setEnabled(snapshot.isEnabled)
    statusChanged = snapshot.statusAge.map { -$0 }
    enabledBy = snapshot.isEnabled ? tokens.first?.holder ?? "pfctl -e" : nil
    let holders = tokens.map(\.holder).joined(separator: ", ")
    report.effects.append(
      snapshot.isEnabled
        ? "pf is on\(holders.isEmpty ? "" : ", held by \(holders)")" : "pf is off")
  }

  private func restoreNetwork(
    _ name: String, _ snapshot: HostSnapshot, _ report: inout EventReport
  ) {
    guard let bridge = index(ofInterface: name) else { return }
    let members = snapshot.members.filter { $0.bridge == name }
    let uplink = members.first { !$0.name.hasPrefix("vmenet") }
    let own = interfaces[bridge].addresses.first { $0.address.family == .inet }
    let mode: NetworkMode =
      uplink != nil && own == nil ? .bridged : snapshot.isShared(name) ? .nat : .host
    var network = VirtualNetwork(mode: mode, program: "tart", bridge: bridge)
    network.uplink = uplink.flatMap { index(ofInterface: $0.name) } ?? -1
    network.gateway = own?.address
    network.prefixLength = own?.prefixLength ?? 24
    let ports = members.filter { $0.name.hasPrefix("vmenet") }
    network.isIsolated = !ports.isEmpty && ports.allSatisfy(\.isIsolated)
    network.observedPorts = ports.map(\.name)
    networks.append(network)
    report.effects.append("\(name) is a network of VMs (\(mode.rawValue))")
  }

  private func restoreSharing(_ snapshot: HostSnapshot) {
    let pfd = references.tokens.last { $0.holder == "pfd" }
    let prefix = SharingService.anchor + "/"
    sharing.token = pfd?.value
    sharing.isRunning = networks.contains { $0.mode.isShared }
    sharing.parts = snapshot.anchors.compactMap { anchor in
      let isUsed = !anchor.rules.text.isEmpty || !anchor.nat.text.isEmpty
      return anchor.path.hasPrefix(prefix) && isUsed
        ? String(anchor.path.dropFirst(prefix.count))
        : nil
    }
    for rule in rules(of: .nat, in: prefix + "shared_v4") where rule.action == .nat {
      guard let interface = rule.interface, !rule.interfaceNegated,
        !sharing.egress.contains(interface)
      else { continue }
      sharing.egress.append(interface)
    }
    sharing.inserted = sharingCalls().map { "\($0) \"\(SharingService.anchor)\" all" }
  }

  // MARK: Rules

  private func load(
    _ anchor: HostSnapshot.Anchor, of snapshot: HostSnapshot
  ) throws(SnapshotError) {
    var ruleset = Ruleset(path: anchor.path)
    ruleset.anchors[0].tables = anchor.tables
    for view in [anchor.rules, anchor.nat, anchor.dummynet] {
      let parsed = try parse(view, anchor.path, anchor.tables, snapshot)
      for part in parsed.anchors {
        let place = ruleset.anchors.firstIndex { $0.path == part.path }
        if place == nil { ruleset.anchors.append(Ruleset.Anchor(path: part.path)) }
        let index = place ?? ruleset.anchors.count - 1
        for kind in RuleKind.allCases { ruleset.anchors[index][kind] += part[kind] }
      }
    }
    // The rules of anchors without a name came with their callers'.
    let isNameless = anchor.path.split(separator: "/").last?.hasPrefix("_") ?? false
    do {
      try filter.load(ruleset, parts: isNameless ? [.tables] : [.filter, .translation, .tables])
    } catch {
      throw SnapshotError(file: snapshot.file, line: anchor.rules.line, reason: error.message)
    }
  }

  /// Reads a printed view with the parser of files; the rules' places are lines of the snapshot.
  ///
  /// A line that cannot be read is left out, which every answer says among its assumptions.
  private func parse(
    _ view: HostSnapshot.RulesView, _ path: String, _ tables: [TableDefinition],
    _ snapshot: HostSnapshot
  ) throws(SnapshotError) -> Ruleset {
    var options = ParseOptions(interfaces: presentInterfaces)
    options.anchorPath = path
    options.optimization = OptimizationLevel.none
    var lines = view.text.split(separator: "\n", omittingEmptySubsequences: false)
    var parsed = parseRuleset([], options: options)
    for _ in 0...20 {
      let text =
        String(repeating: "\n", count: max(0, view.line - 1)) + lines.joined(separator: "\n")
      parsed = parseRuleset(Array(text.utf8), file: snapshot.file, options: options)
      guard parsed.hasErrors else { break }
      guard let error = parsed.diagnostics.first(where: { $0.severity == .error }),
        let line = error.location?.line, lines.indices.contains(line - view.line),
        !lines[line - view.line].isEmpty
      else { break }
      assume(
        Assumption(
          code: "snapshot-rule",
          text: "\(snapshot.file):\(line) is left out: \(lines[line - view.line]) "
            + "(\(error.message))"))
      lines[line - view.line] = ""
    }
    guard !parsed.hasErrors else {
      let said = parsed.standardError.split(separator: "\n").first.map(String.init)
      throw SnapshotError(
        file: snapshot.file, line: view.line, reason: said ?? "the rules cannot be read")
    }
    var ruleset = parsed.ruleset
    var details = view.details[...]
    for kind in [RuleKind.scrub, .nat, .rdr, .binat, .filter, .dummynet] {
      for index in ruleset.anchors[0][kind].indices {
        guard let detail = details.popFirst() else { break }
        ruleset.anchors[0][kind][index].owner = detail.owner
        ruleset.anchors[0][kind][index].priority = detail.priority
      }
    }
    return ruleset
  }
}

extension HostSnapshot {
  /// The bridges that VMs are attached to.
  var vmBridges: [String] {
    var names: [String] = []
    for member in members where member.name.hasPrefix("vmenet") && !names.contains(member.bridge) {
      names.append(member.bridge)
    }
    return names
  }
}
