extension Host {
  /// Whether networks of a mode share the uplink.
  func isShared(_ mode: NetworkMode) -> Bool {
    mode.isShared || mode == .host && settings.hostPart == .shared
  }

  /// Whether a network that shares the uplink is up.
  var hasSharedNetwork: Bool {
    networks.contains { isShared($0.mode) && isPresent[$0.bridge] }
  }

  /// The sharing service brings NAT up for a shared network: pfd takes its token, inserts the
  /// anchor calls and fills the parts.
  func startSharing(_ report: inout EventReport) {
    if sharing.isRunning, !sharing.parts.isEmpty { return networksChanged(&report) }
    sharing.isRunning = true
    use(.networkStart)
    if settings.networkStart == .reloadsStock {
      load(StockRules.main, &report)
      report.messages = []
    }
    startPFD(&report)
    sharing.egress = currentEgress()
    use(.egressSet)
    insertCalls(&report)
    fillParts(&report)
  }

  /// pfd starts for a client: it skips lo0 and holds a token.
  private func startPFD(_ report: inout EventReport) {
    use(.skippedInterface)
    if !settings.skippedByPFD.isEmpty {
      filter.setSkip(true, on: settings.skippedByPFD)
      if !skippedInterfaces.contains(settings.skippedByPFD) {
        skippedInterfaces.append(settings.skippedByPFD)
      }
      report.effects.append("pfd marks \(settings.skippedByPFD) as skipped")
    }
    if settings.pfdResetsTimeouts { resetTimeouts(&report) }
    let isHeld = references.tokens.contains { $0.value == sharing.token }
    if !isHeld { sharing.token = takeToken(holder: "pfd", &report) }
  }

  /// pfd sets timeouts and limits anew when it starts, to values that differ from pfctl's.
  private func resetTimeouts(_ report: inout EventReport) {
    let isOwn = Timeout.allCases.contains { kind in
      ![kind.kernelDefault, kind.pfdDefault].contains(filter.timeouts[Int(kind.rawValue)])
    }
    let hasOwnLimits = Limit.allCases.contains {
      filter.limits[Int($0.rawValue)] != $0.pfctlDefault
    }
    for kind in Timeout.allCases { filter.timeouts[Int(kind.rawValue)] = kind.pfdDefault }
    for kind in Limit.allCases { filter.limits[Int(kind.rawValue)] = kind.pfctlDefault }
    guard isOwn || hasOwnLimits else { return }
    report.effects.append("pfd replaces the timeouts and limits of the main ruleset by its own")
    assume(
      Assumption(
        code: "pfd-timeouts", text: "pfd resets set timeout and set limit when it starts"))
  }

  /// The uplinks that get rules: up, with IPv4, neither loopback nor part of a VM network.
  func currentEgress() -> [String] {
    let excluded = ["lo", "bridge", "vmenet", "awdl", "llw"]
    return interfaces.indices.compactMap { index in
      let interface = interfaces[index]
      guard isPresent[index], interface.addresses.contains(where: { $0.address.family == .inet }),
        !excluded.contains(where: { interface.name.hasPrefix($0) })
      else { return nil }
      return interface.name
    }
  }

  /// Inserts the calls of the service's anchor into the main ruleset, behind what is there.
  private func insertCalls(_ report: inout EventReport) {
    use(.ownerAndPriority)
    sharing.inserted = []
    let calls: [(RuleKind, RuleAction, String)] = [
      (.scrub, .scrub, "scrub-anchor"), (.nat, .nat, "nat-anchor"), (.rdr, .rdr, "rdr-anchor"),
      (.filter, .pass, "anchor"),
    ]
    for (kind, action, word) in calls {
      var rule = Rule(action: action)
      rule.anchorCall = AnchorCall(
        name: SharingService.anchor, path: SharingService.anchor, wildcard: false)
      rule.owner = settings.sharingOwner
      rule.priority = settings.sharingPriority
      if insert(rule, kind) {
        sharing.inserted.append("\(word) \"\(SharingService.anchor)\" all")
      }
    }
    report.effects += sharing.inserted.map { "pfd inserts \($0)" }
    if sharing.inserted.isEmpty {
      report.effects.append("the calls of \(SharingService.anchor) are in the main ruleset already")
    }
  }

  /// Fills the parts from the networks, uplinks and forwarded ports there are.
  func fillParts(_ report: inout EventReport) {
    use(.sharingText)
    use(.sharingOrder)
    use(.natAddress)
    let rules = currentRules()
    let parts = rules.parts
    for stale in sharing.parts where !parts.contains(stale) { fill(stale, with: "", &report) }
    sharing.parts = parts
    loadService(path: SharingService.anchor, rules.parentText, &report)
    for part in parts { fill(part, with: rules.text(ofPart: part), &report) }
    report.effects.append(
      "shared_v4 translates for \(sharing.egress.joined(separator: ", "))")
  }

  private func fill(_ part: String, with text: String, _ report: inout EventReport) {
    loadService(path: SharingService.anchor + "/" + part, text, &report)
  }

  private func currentRules() -> SharingRules {
    let shared = networks.filter { isShared($0.mode) && isPresent[$0.bridge] }
    var rules = SharingRules(
      settings: settings, egress: sharing.egress,
      networks: shared.compactMap { network in
        network.gateway.map {
          .init(
            bridge: interfaces[network.bridge].name, gateway: $0,
            prefixLength: network.prefixLength,
            network6: interfaces[network.bridge].uniqueLocalNetwork)
        }
      })
    rules.exposed = exposedPorts()
    rules.usesNAT66 = usesNAT66
    if rules.networks.contains(where: { $0.network6 != nil }) { use(.nat66) }
    return rules
  }

  private var usesNAT66: Bool {
    switch settings.nat66 {
    case .on: return true
    case .off: return false
    case .automatic:
      let global = AddressBits(high: 0x2000 << 48, low: 1)
      return routing.interface(for: global, .inet6) >= 0
    }
  }

  private func exposedPorts() -> [SharingRules.Exposed] {
    machines.flatMap { machine -> [SharingRules.Exposed] in
      guard machine.isRunning, machine.softnet != nil,
        let text = machine.description.softnet.expose,
        let address = machine.softnet?.lease.map({ IPAddress(ipv4: $0.address) })
          ?? machine.address,
        let ports = try? ExposedPort.list(parsing: text)
      else { return [] }
      return ports.map { .init(port: $0, address: address) }
    }
  }

  /// Softnet has learnt a lease: vmnet moves the forwarded ports to its address.
  func updateExposedPorts(of vm: Int) {
    guard let lease = machines[vm].softnet?.lease else { return }
    machines[vm].address = IPAddress(ipv4: lease.address)
    guard machines[vm].description.softnet.expose != nil, sharing.isRunning else { return }
    var report = EventReport(title: "Softnet forwards ports to \(IPAddress(ipv4: lease.address))")
    report.time = filter.now
    use(.exposePlace)
    fillParts(&report)
    timeline.append(report)
  }

  /// A shared network came or went while the service runs.
  func networksChanged(_ report: inout EventReport) {
    guard sharing.isRunning else { return }
    if hasSharedNetwork {
      fillParts(&report)
      return
    }
    use(.afterLastVM)
    guard !settings.sharingIsSticky else {
      report.effects.append("pfd keeps its token and the rules of \(SharingService.anchor)")
      return
    }
    for part in sharing.parts { fill(part, with: "", &report) }
    sharing.parts = []
    sharing.isRunning = false
    report.effects.append(
      "the parts of \(SharingService.anchor) are emptied; its calls stay in the main ruleset")
    releasePFD(&report)
  }

  private func releasePFD(_ report: inout EventReport) {
    guard let token = sharing.token else { return }
    sharing.token = nil
    if references.tokens.contains(where: { $0.value == token }) {
      let messages = report.messages
      release(token, &report)
      report.messages = messages
    } else {
      report.effects.append("pfd's token was destroyed before; giving it back does nothing")
    }
  }

  /// The service makes its networks anew: VMs stay, calls and parts return.
  func restartSharing(_ report: inout EventReport) {
    guard hasSharedNetwork else {
      report.effects.append("no shared network is up; nothing to restart")
      return
    }
    sharing.parts = []
    sharing.isRunning = false
    isDetached = false
    startSharing(&report)
  }

  /// The service is killed: its bridge stays, the VMs lose the network.
  func killSharing(_ report: inout EventReport) {
    isDetached = true
    report.effects.append("the bridges keep their addresses; the VMs are cut off")
  }
}

extension Interface {
  /// The first unique local IPv6 network of the interface, nil for none.
  var uniqueLocalNetwork: IPAddress? {
    addresses.first { $0.address.family == .inet6 && $0.address.bits.high >> 57 == 0x7e }
      .map { IPAddress(family: .inet6, bits: $0.address.bits & AddressBits(prefixLength: 64)) }
  }
}

extension Timeout {
  /// The value that pfd sets, as seen on a Mac with a VM network.
  fileprivate var pfdDefault: UInt32 {
    switch self {
    case .tcpTimestampDifference: 60
    case .udpMultiple, .otherMultiple: 120
    default: kernelDefault
    }
  }
}
