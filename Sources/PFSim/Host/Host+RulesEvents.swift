extension Host {
  /// What every `pfctl -f` prints first on standard error.
  public static let loadNotice = [
    "pfctl: Use of -f option, could result in flushing of rules",
    "present in the main ruleset added by the system at startup.",
    "See /etc/pf.conf for further details.",
    "",
  ]
  /// What every pfctl that opens the device prints on standard error.
  public static let queueNotice = [
    "No ALTQ support in kernel", "ALTQ related functions disabled",
  ]

  /// What pfctl prints last where a file is not loaded.
  private static let refusal = "pfctl: Syntax error in config file: pf rules not loaded"

  /// The lines that pfctl prints whatever it does, apart from empty ones.
  public static let printedNotices = (loadNotice + queueNotice).filter { !$0.isEmpty }

  /// `pfctl [-a ANCHOR] -f FILE`: all or nothing.
  func load(_ file: RulesFile, _ report: inout EventReport) {
    guard let ruleset = parse(file, &report) else {
      report.messages.append(Self.refusal)
      report.exitCode = 1
      report.effects.append("\(file.name) is refused; the rules stay as they were")
      return
    }
    if let table = ruleset.tableDefinedTwice {
      let place = table.location.map { "\($0.file):\($0.line): " } ?? ""
      report.messages += [
        "\(place)cannot define table \(table.name): Resource busy",
        Self.refusal,
      ]
      report.exitCode = 1
      report.effects.append("\(file.name) is refused; the rules stay as they were")
      return
    }
    if ruleset.usesRoutingTables { use(.rtable) }
    if configuration.profile == .macOS14 { use(.releaseFaults) }
    let before = sharingCalls()
    do {
      try filter.load(ruleset, parts: file.parts, merges: file.options.merges)
    } catch {
      let place = error.location.map { "\($0.file):\($0.line): " } ?? ""
      report.messages.append(place + error.message)
      report.exitCode = 1
      report.effects.append("\(file.name) is refused; the rules stay as they were")
      return
    }
    if file.anchor.isEmpty { mainFile = file.name }
    let target = file.anchor.isEmpty ? "the main ruleset" : "anchor \(file.anchor)"
    report.effects.append("\(file.name) replaces \(target)")
    for anchor in ruleset.loadAnchors {
      report.effects.append("\(anchor.file) fills anchor \(anchor.path)")
    }
    if file.anchor.isEmpty { mainReplaced(before, ruleset, &report) }
  }

  /// Adds the rules of a text at the ends of their lists; a text with errors adds nothing.
  func append(_ file: RulesFile, _ report: inout EventReport) {
    guard let ruleset = parse(file, &report) else {
      report.exitCode = 1
      report.effects.append("\(file.name) is refused; the rules stay as they were")
      return
    }
    for anchor in ruleset.anchors {
      for kind in RuleKind.allCases {
        for rule in anchor[kind] {
          filter.appendRule(rule, kind: kind, anchor: anchor.path)
          let target = anchor.path.isEmpty ? "the main ruleset" : "anchor \(anchor.path)"
          report.effects.append("\(rule.text()) stands at the end of \(target)")
        }
      }
    }
  }

  /// What a load of the main ruleset takes away: the sharing service's calls and skip flags.
  private func mainReplaced(
    _ before: [String], _ ruleset: Ruleset, _ report: inout EventReport
  ) {
    let lost = before.filter { !sharingCalls().contains($0) }
    for call in lost {
      report.effects.append(
        "\(call) \"\(SharingService.anchor)\" is gone from the main ruleset")
    }
    if lost.contains("nat-anchor"), hasSharedNetwork {
      report.effects.append("the VMs lose NAT until the sharing service restarts its network")
    }
    for name in skippedInterfaces where !ruleset.options.skipInterfaces.contains(name) {
      filter.setSkip(false, on: name)
      report.effects.append("\(name) is no longer skipped")
    }
    skippedInterfaces = ruleset.options.skipInterfaces
  }

  /// The sharing anchor's calls in the main ruleset, by their words in pf.conf.
  func sharingCalls() -> [String] {
    let kinds: [(RuleKind, String)] = [
      (.scrub, "scrub-anchor"), (.nat, "nat-anchor"), (.rdr, "rdr-anchor"), (.filter, "anchor"),
    ]
    return kinds.compactMap { kind, word in
      let calls = rules(of: kind, in: "")
      return calls.contains { $0.anchorCall?.path == SharingService.anchor } ? word : nil
    }
  }

  /// `pfctl [-a ANCHOR] -F WHAT`.
  func flush(
    _ target: FlushTarget, anchor: String, interface: String? = nil, _ report: inout EventReport
  ) {
    let before = sharingCalls()
    if anchor.isEmpty, target == .all || target == .rules { mainFile = nil }
    let parts: [FlushTarget] =
      target == .all
      ? anchor.isEmpty
        ? [.rules, .nat, .dummynet, .tables, .states, .sources, .info, .osfp]
        : [.rules, .nat, .dummynet, .tables]
      : [target]
    for part in parts { flushOne(part, anchor: anchor, interface, &report) }
    if target == .all, anchor.isEmpty {
      for name in skippedInterfaces {
        filter.setSkip(false, on: name)
        report.effects.append("\(name) is no longer skipped")
      }
      skippedInterfaces = []
      report.say("pf: interface flags reset")
    }
    let lost = before.filter { !sharingCalls().contains($0) }
    if !lost.isEmpty {
      report.effects.append(
        "the main ruleset no longer calls \(SharingService.anchor) (\(lost.joined(separator: ", ")))"
      )
    }
  }

  private func flushOne(
    _ target: FlushTarget, anchor: String, _ interface: String?, _ report: inout EventReport
  ) {
    switch target {
    case .rules:
      filter.flushRules([.scrub, .filter], anchor: anchor)
      report.say("rules cleared")
    case .nat:
      filter.flushRules([.nat, .rdr, .binat], anchor: anchor)
      report.say("nat cleared")
    case .dummynet:
      filter.flushRules([.dummynet], anchor: anchor)
      report.say("dummynet cleared")
    case .tables:
      report.say("\(deleteTables(in: anchor)) tables deleted.")
    case .states:
      let killed = interface.map { filter.killStates(onInterface: $0) } ?? filter.killAllStates()
      report.say("\(killed) states cleared")
    case .sources:
      filter.flushSourceNodes()
      report.say("source tracking entries cleared")
    case .info:
      filter.clearStatus()
      report.say("pf: statistics cleared")
    case .osfp: filter.fingerprints = FingerprintList()
    case .all: break
    }
  }

  /// Deletes the tables of a ruleset; those that rules name stay, empty and inactive.
  private func deleteTables(in anchor: String) -> Int {
    let tables = filter.tables.filter { $0.anchor == anchor && $0.flags.contains(.active) }
    // The error case is a table that does not exist; these do.
    return tables.count { (try? filter.killTable($0.name, anchor: anchor)) != nil }
  }

  /// Sets or clears `skip` on an interface.
  func setSkip(_ skip: Bool, on name: String, _ report: inout EventReport) {
    filter.setSkip(skip, on: name)
    skippedInterfaces.removeAll { $0 == name }
    if skip { skippedInterfaces.append(name) }
    report.effects.append(skip ? "pf skips \(name)" : "pf no longer skips \(name)")
  }

  /// The Mac starts: nothing of before remains but the files.
  func boot(_ report: inout EventReport) {
    for machine in machines.indices {
      machines[machine].isRunning = false
      isPresent[machines[machine].port] = false
    }
    for network in networks {
      isPresent[network.bridge] = false
      interfaces[network.bridge].addresses = []
    }
    forgetFilter()
    references = EnableReferences()
    sharing = SharingService()
    isDetached = false
    load(configuration.bootRules, &report)
    report.messages = []
    report.output = ""
    report.effects.append("pf is off")
    rebuildTopology()
    use(.tokenAtBoot)
    if settings.pfdHoldsTokenAtBoot { sharing.token = takeToken(holder: "pfd", &report) }
  }

  /// What pf held is gone with the kernel that held it.
  private func forgetFilter() {
    filter.setEnabled(false)
    filter.flushAll()
    filter.flushSourceNodes()
    for table in filter.tables where table.flags.contains(.active) {
      // The error case is a table that does not exist; these do.
      try? filter.killTable(table.name, anchor: table.anchor)
    }
    enabledBy = nil
    statusChanged = nil
    skippedInterfaces = []
  }
}
