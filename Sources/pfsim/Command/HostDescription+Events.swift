import PFSim

extension HostDescription {
  /// One event: a word, or a word with what it needs.
  func event(_ value: YAMLValue) throws(CommandFailure) -> HostEvent {
    if value.isScalar { return try plainEvent(value) }
    let members = try value.members()
    guard let (key, item) = members.first, members.count == 1 else {
      throw value.failure("expected one event")
    }
    return try event(key, item)
  }

  /// An event by its word and what it needs.
  func event(_ key: YAMLValue, _ item: YAMLValue) throws(CommandFailure) -> HostEvent {
    let word = try key.string()
    switch word {
    case "start": return .startVM(try machineNamed(item))
    case "stop": return .stopVM(name: try item.string())
    case "load": return .load(try rulesFile(item, anchor: ""))
    case "append": return .append(try rulesFile(item, anchor: ""))
    case "flush": return try flush(item)
    case "enable-token": return .enableWithToken(holder: try item.string())
    case "release": return .releaseTokens(holder: try item.string())
    case "interface-up": return try interfaceUp(item)
    case "interface-down": return .interfaceDown(name: try item.string())
    case "default-route":
      let route = try route(item)
      return .setDefaultRoute(interface: route.interface, gateway: route.gateway)
    case "skip": return .setSkip(interface: try item.string(), skip: true)
    case "no-skip": return .setSkip(interface: try item.string(), skip: false)
    case "wait": return .wait(seconds: try item.duration())
    default: return try commandEvent(word, key, item)
    }
  }

  private func plainEvent(_ value: YAMLValue) throws(CommandFailure) -> HostEvent {
    let word = try value.string()
    switch word {
    case "boot", "reboot": return .boot
    case "enable": return .enable
    case "disable": return .disable
    case "restart-sharing": return .restartSharing
    case "kill-sharing": return .killSharing
    default: return try plainCommand(word, value)
    }
  }

  func machineNamed(_ value: YAMLValue) throws(CommandFailure) -> VirtualMachine {
    guard value.isScalar else { return try machine(value) }
    let name = try value.string()
    guard let machine = machines.first(where: { $0.name == name }) else {
      throw value.failure("no VM named \(name) stands under vms")
    }
    return machine
  }

  private func flush(_ value: YAMLValue) throws(CommandFailure) -> HostEvent {
    if value.isScalar { return .flush(try value.word(FlushTarget.self), anchor: "") }
    var target = FlushTarget.all
    var anchor = ""
    try value.read(["what", "anchor"]) { key, item throws(CommandFailure) in
      if key == "what" {
        target = try item.word(FlushTarget.self)
      } else {
        anchor = try item.string()
      }
    }
    return .flush(target, anchor: anchor)
  }

  private func interfaceUp(_ value: YAMLValue) throws(CommandFailure) -> HostEvent {
    let interface = try interface(value)
    var routes: [Route] = []
    try value.read(["name", "addresses", "mtu", "routes"]) { key, item throws(CommandFailure) in
      guard key == "routes" else { return }
      for one in try item.items() { routes.append(try route(one, on: interface.name)) }
    }
    return .interfaceUp(interface, routes: routes)
  }
}
