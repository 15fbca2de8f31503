extension Host {
  /// A VM starts: its network comes up when it is the first there.
  func startVM(_ description: VirtualMachine, _ report: inout EventReport) {
    if index(ofVM: description.name) != nil {
      report.fail("a VM named \(description.name) runs already")
      return
    }
    let network: Int
    let found = networkIndex(for: description)
    if let found {
      network = found
      report.effects.append(
        "joins \(bridgeName(found)); nothing changes in pf")
    } else {
      guard let created = createNetwork(for: description, &report) else { return }
      network = created
    }
    guard let softnet = softnetState(for: description, network: network, &report) else { return }
    attach(description, network: network, softnet: softnet, &report)
    if description.mode == .host { use(.hostMode) }
    // A further VM of a network that is up changes no rule.
    let changesNothing =
      found != nil && sharing.isRunning && description.softnet.expose == nil
    if isShared(networks[network].mode), !changesNothing { startSharing(&report) }
  }

  /// A VM stops; the last one takes its network along.
  func stopVM(_ name: String, _ report: inout EventReport) {
    guard let vm = index(ofVM: name) else {
      report.fail("no VM named \(name) runs")
      return
    }
    machines[vm].isRunning = false
    isPresent[machines[vm].port] = false
    report.effects.append("\(interfaces[machines[vm].port].name) goes away")
    let network = machines[vm].network
    let isEmpty =
      networks[network].observedPorts.isEmpty
      && !machines.contains { $0.isRunning && $0.network == network }
    if isEmpty { removeNetwork(network, &report) }
    rebuildTopology()
    let hadPorts = machines[vm].description.softnet.expose != nil
    if isShared(networks[network].mode), isEmpty || hadPorts { networksChanged(&report) }
  }

  private func bridgeName(_ network: Int) -> String { interfaces[networks[network].bridge].name }

  /// The running network that a VM of this kind joins.
  private func networkIndex(for description: VirtualMachine) -> Int? {
    let uplink = bridgedUplink(of: description)
    return networks.indices.first { index in
      let network = networks[index]
      guard isPresent[network.bridge], network.program == description.program else { return false }
      switch (network.mode, description.mode) {
      case (.nat, .softnet), (.softnet, .nat):
        // A snapshot does not tell which of the two its network is.
        if !network.observedPorts.isEmpty { return true }
        use(.softnetNetwork)
        return settings.softnetSharesNATNetwork
      case (.bridged, .bridged): return network.uplink == uplink
      case (let one, let other): return one == other
      }
    }
  }

  private func bridgedUplink(of description: VirtualMachine) -> Int? {
    guard description.mode == .bridged else { return nil }
    guard let name = description.bridgedTo else { return uplink }
    return index(ofInterface: name).flatMap { isPresent[$0] ? $0 : nil }
  }

  private func createNetwork(
    for description: VirtualMachine, _ report: inout EventReport
  ) -> Int? {
    var network = VirtualNetwork(mode: description.mode, program: description.program, bridge: -1)
    use(.bridgeNumber)
    if description.mode == .bridged {
      guard let uplink = bridgedUplink(of: description), Self.canBridge(interfaces[uplink].name)
      else {
        report.fail(noBridgeText(description.bridgedTo))
        return nil
      }
      network.uplink = uplink
      network.bridge = place(Interface(name: freeBridgeName()))
      report.effects.append(
        "\(interfaces[network.bridge].name) joins \(interfaces[uplink].name); it has no address, "
          + "so neither pf nor NAT take part")
    } else {
      let interface = declaredBridge() ?? freeBridge()
      network.bridge = place(interface)
      network.gateway = interface.addresses.first { $0.address.family == .inet }?.address
      network.prefixLength =
        interface.addresses.first { $0.address.family == .inet }?.prefixLength ?? 24
      network.isIsolated = isolates(description)
      let address = network.gateway?.description ?? "?"
      report.effects.append(
        "\(interface.name) comes up with \(address)/\(network.prefixLength)")
    }
    networks.append(network)
    return networks.count - 1
  }

  /// Physical interfaces only, as Virtualization's list has them.
  private static func canBridge(_ name: String) -> Bool { name.hasPrefix("en") }

  private func noBridgeText(_ name: String?) -> String {
    let known = interfaces.indices.filter { isPresent[$0] && Self.canBridge(interfaces[$0].name) }
      .map { interfaces[$0].name }.joined(separator: ", ")
    return "no bridge interfaces matched \"\(name ?? "")\", available interfaces: \(known)"
  }

  private func isolates(_ description: VirtualMachine) -> Bool {
    use(.isolation)
    if description.mode.usesSoftnet { return !softnetAllowsEverything(description) }
    switch settings.isolation {
    case .on: return true
    case .off: return false
    case .automatic: return configuration.profile.isolatesVMs
    }
  }

  private func softnetAllowsEverything(_ description: VirtualMachine) -> Bool {
    let elements = description.softnet.allow?.split(separator: ",") ?? []
    return elements.contains("0.0.0.0/0")
  }

  /// The first bridge of the configuration that has an address and is not in use.
  private func declaredBridge() -> Interface? {
    configuration.interfaces.first { declared in
      declared.name.hasPrefix("bridge") && declared.addresses.contains { $0.peer == nil }
        && index(ofInterface: declared.name).map { !isPresent[$0] } ?? true
    }
  }

  private func freeBridge() -> Interface {
    let used = Set(
      interfaces.indices.filter { isPresent[$0] }.flatMap { interfaces[$0].addresses }
        .map { $0.address.bits.ipv4 >> 8 })
    var octet = UInt32(settings.firstSubnet)
    while octet < 255, used.contains(0xc0a800 | octet) { octet += 1 }
    let address = IPAddress(ipv4: 0xc0a8_0001 | octet << 8)
    return Interface(
      name: freeBridgeName(), addresses: [.init(address: address, prefixLength: 24)])
  }

  private func freeBridgeName() -> String {
    var number = settings.firstBridge
    while let index = index(ofInterface: "bridge\(number)"), isPresent[index] { number += 1 }
    return "bridge\(number)"
  }

  private func freePortName() -> String {
    var number = 0
    while let index = index(ofInterface: "vmenet\(number)"), isPresent[index] { number += 1 }
    return "vmenet\(number)"
  }

  /// Puts an interface into its old place, or at the end of the list.
  func place(_ interface: Interface) -> Int {
    if let index = index(ofInterface: interface.name) {
      interfaces[index] = interface
      isPresent[index] = true
      return index
    }
    interfaces.append(interface)
    isPresent.append(true)
    return interfaces.count - 1
  }

  /// Softnet's state for a VM; `.some(nil)` for modes without Softnet, nil where it refuses.
  private func softnetState(
    for description: VirtualMachine, network: Int, _ report: inout EventReport
  ) -> Softnet?? {
    guard description.mode.usesSoftnet else { return .some(nil) }
    use(.softnetVersion)
    let gateway = networks[network].gateway?.bits.ipv4 ?? 0
    do {
      let policy = try SoftnetPolicy(
        allow: description.softnet.allow, block: description.softnet.block, gateway: gateway)
      if let expose = description.softnet.expose { _ = try ExposedPort.list(parsing: expose) }
      return Softnet(
        mac: description.mac, gateway: gateway, policy: policy,
        assumesLease: description.softnet.assumesLease)
    } catch {
      report.fail("softnet: \(error.option) \"\(error.text)\": \(error.reason)")
      removeNetworkIfUnused(network, &report)
      return nil
    }
  }

  private func attach(
    _ description: VirtualMachine, network: Int, softnet: Softnet?, _ report: inout EventReport
  ) {
    let port = place(Interface(name: freePortName()))
    var machine = Machine(description: description, network: network, port: port)
    machine.mac = description.mac
    machine.address = description.address
    machine.softnet = softnet
    machines.append(machine)
    report.effects.append(
      "\(interfaces[port].name) becomes a member of \(bridgeName(network))"
        + (networks[network].isIsolated ? ", isolated from other VMs" : ""))
    rebuildTopology()
  }

  private func removeNetworkIfUnused(_ network: Int, _ report: inout EventReport) {
    guard !machines.contains(where: { $0.isRunning && $0.network == network }) else { return }
    removeNetwork(network, &report)
    rebuildTopology()
  }

  private func removeNetwork(_ network: Int, _ report: inout EventReport) {
    let bridge = networks[network].bridge
    isPresent[bridge] = false
    interfaces[bridge].addresses = []
    report.effects.append("\(interfaces[bridge].name) goes away")
  }
}

extension EventReport {
  /// Notes that the event did not happen.
  mutating func fail(_ reason: String) {
    messages.append(reason)
    exitCode = 1
  }
}
