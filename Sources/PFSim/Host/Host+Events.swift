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

  private func perform(_ event: HostEvent, _ report: inout EventReport) {
    switch event {
    case .startVM(let machine): startVM(machine, &report)
    default: break
    }
  }

  /// What was taken for granted so far.
  public var assumptions: [Assumption] { otherAssumptions }
}

extension HostEvent {
  /// The event in a few words.
  public var title: String { "\(self)" }
}

extension Host {
  func startVM(_ machine: VirtualMachine, _ report: inout EventReport) {
    let bridge = interfaces.count
    interfaces.append(
      Interface(
        name: "bridge100",
        addresses: machine.mode == .bridged
          ? [] : [.init(address: IPAddress(ipv4: 0xc0a8_4001), prefixLength: 24)]))
    interfaces.append(Interface(name: "vmenet0"))
    isPresent += [true, true]
    var network = VirtualNetwork(mode: machine.mode, program: machine.program, bridge: bridge)
    if machine.mode == .bridged {
      network.uplink = uplink ?? 1
    } else {
      network.gateway = IPAddress(ipv4: 0xc0a8_4001)
      network.isIsolated = true
    }
    networks.append(network)
    var running = Machine(description: machine, network: networks.count - 1, port: bridge + 1)
    running.mac = machine.mac
    running.address = machine.address
    if machine.mode.usesSoftnet {
      running.softnet = Softnet(
        mac: machine.mac, gateway: 0xc0a8_4001, assumesLease: machine.softnet.assumesLease)
    }
    machines.append(running)
    rebuildTopology()
  }

  func updateExposedPorts(of vm: Int) {}
}
