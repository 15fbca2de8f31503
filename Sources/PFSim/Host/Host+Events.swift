extension Host {
  /// Lets something happen and reports what it did.
  @discardableResult
  public func apply(_ event: HostEvent) -> EventReport {
    var report = EventReport(title: event.title)
    report.time = filter.now
    perform(event, &report)
    timeline.append(report)
    return report
  }

  /// Carries out an event as a part of the one that is reported.
  func perform(_ event: HostEvent, _ report: inout EventReport) {
    defer { live.wiring.expire() }
    switch event {
    case .boot: boot(&report)
    case .startVM(let machine): startVM(machine, &report)
    case .stopVM(let name): stopVM(name, &report)
    case .load(let file):
      report.messages += Self.loadNotice + Self.queueNotice
      load(file, &report)
    case .append(let file): append(file, &report)
    case .enable: enable(&report)
    case .enableWithToken(let holder): enable(holder: holder, &report)
    case .disable: disable(&report)
    case .release(let token): release(token, &report)
    case .releaseTokens(let holder): releaseTokens(of: holder, &report)
    case .flush(let target, let anchor, let interface):
      report.messages += Self.queueNotice
      flush(target, anchor: anchor, interface: interface, &report)
    case .table(let command): change(command, &report)
    case .kill(let request): kill(request, &report)
    case .clearCounters(let anchor): filter.clearRuleCounters(anchor: anchor)
    case .setDebug(let level): setDebug(level, &report)
    case .packet(let notation): send(notation, &report)
    case .restartSharing: restartSharing(&report)
    case .killSharing: killSharing(&report)
    case .interfaceUp(let interface, let routes): interfaceUp(interface, routes: routes, &report)
    case .interfaceDown(let name): interfaceDown(name, &report)
    case .setDefaultRoute(let interface, let gateway):
      setDefaultRoute(interface: interface, gateway: gateway, &report)
    case .pfctl(let line):
      announce(line.arguments, &report)
      // pfctl stops at the first thing that fails.
      for event in line.events where report.exitCode == 0 { performQuietly(event, &report) }
    case .lease(let name, let address, let seconds):
      lease(name, address, seconds: seconds, &report)
    case .tart(let tart): run(tart, &report)
    case .tool(let preset): run(preset, &report)
    case .wait(let seconds): wait(seconds, &report)
    case .sleep(let seconds): sleep(seconds, &report)
    case .setSkip(let interface, let skip): setSkip(skip, on: interface, &report)
    }
  }
}

extension HostEvent {
  /// The event in a few words.
  public var title: String {
    switch self {
    case .boot: "the Mac boots"
    case .startVM(let machine): "VM \(machine.name) starts (\(machine.mode.rawValue))"
    case .stopVM(let name): "VM \(name) stops"
    case .load(let file):
      file.anchor.isEmpty ? "pfctl -f \(file.name)" : "pfctl -a \(file.anchor) -f \(file.name)"
    case .append(let file):
      "\(file.name) appends to \(file.anchor.isEmpty ? "the main ruleset" : file.anchor)"
    case .enable: "pfctl -e"
    case .enableWithToken(let holder): holder == "pfctl" ? "pfctl -E" : "\(holder) enables pf"
    case .disable: "pfctl -d"
    case .release(let token): "pfctl -X \(token)"
    case .releaseTokens(let holder): "\(holder) releases its token"
    case .flush(let target, let anchor, _):
      (anchor.isEmpty ? "pfctl" : "pfctl -a \(anchor)") + " -F \(target.rawValue)"
    case .table(let command): "pfctl -t \(command.table) -T \(command.verb.rawValue)"
    case .kill(let request):
      "pfctl "
        + request.hosts.map { (request.kind == .states ? "-k " : "-K ") + $0 }
        .joined(separator: " ")
    case .clearCounters: "pfctl -z"
    case .setDebug(let level): "pfctl -x \(level)"
    case .packet: "a packet is sent"
    case .restartSharing: "the sharing service restarts its network"
    case .killSharing: "the sharing service is killed"
    case .interfaceUp(let interface, _): "\(interface.name) comes up"
    case .interfaceDown(let name): "\(name) goes down"
    case .setDefaultRoute(let interface, _): "the default route moves to \(interface)"
    case .pfctl(let line): "pfctl \(line.words.joined(separator: " "))"
    case .tool(let preset): preset.description
    case .lease(let name, let address, let seconds):
      "DHCP leases \(address) to \(name) for \(seconds.secondsText)"
    case .tart(let tart): "tart \(tart.arguments.joined(separator: " "))"
    case .wait(let seconds): "\(seconds.secondsText) pass"
    case .sleep(let seconds): "the Mac sleeps for \(seconds.secondsText)"
    case .setSkip(let interface, let skip):
      skip ? "skip is set on \(interface)" : "skip is cleared on \(interface)"
    }
  }
}

extension Double {
  /// A duration as people read it, for example `600 s`.
  fileprivate var secondsText: String {
    let whole = Int64(exactly: self).map { String($0) }
    return "\(whole ?? String(self)) s"
  }
}
