import PFSim

extension HostDescription {
  func interfaces(_ value: YAMLValue) throws(CommandFailure) -> [Interface] {
    if value.isScalar {
      do throws(InterfaceListError) {
        return try [Interface](parsing: value.plain)
      } catch {
        throw value.failure("\(error.text): \(error.reason)")
      }
    }
    var list: [Interface] = []
    for item in try value.items() { list.append(try interface(item)) }
    return list
  }

  func interface(_ value: YAMLValue) throws(CommandFailure) -> Interface {
    var interface = Interface(name: "")
    try value.read(["name", "addresses", "mtu", "routes"]) { key, item throws(CommandFailure) in
      switch key {
      case "name": interface.name = try item.string()
      case "mtu": interface.mtu = try item.integer()
      case "addresses":
        for address in item.itemsOrSelf() { interface.addresses.append(try self.address(address)) }
      default: break
      }
    }
    guard !interface.name.isEmpty else { throw value.failure("the interface has no name") }
    return interface
  }

  private func address(_ value: YAMLValue) throws(CommandFailure) -> Interface.Address {
    do throws(InterfaceListError) {
      return try Interface.Address(parsing: value.plain)
    } catch {
      throw value.failure("\(error.text): \(error.reason)")
    }
  }

  /// A route as a mapping `{to: 10.0.0.0/8, via: 10.1.0.1, on: utun5}`; `to` may be `default`.
  func route(_ value: YAMLValue, on name: String? = nil) throws(CommandFailure) -> Route {
    var target: Interface.Address?
    var isDefault = false
    var gateway: IPAddress?
    var interface = name ?? ""
    var isScoped = false
    func take(_ key: String, _ item: YAMLValue) throws(CommandFailure) {
      switch key {
      case "to":
        isDefault = try item.string() == "default"
        if !isDefault { target = try address(item) }
      case "via": gateway = try item.address()
      case "on": interface = try item.string()
      default: isScoped = try item.bool()
      }
    }
    if value.isScalar {
      try take("to", value)
    } else {
      try value.read(["to", "via", "on", "scoped"], take)
    }
    guard !interface.isEmpty else { throw value.failure("the route names no interface (on)") }
    if isDefault {
      return .default(gateway?.family ?? .inet, via: gateway, on: interface, isScoped: isScoped)
    }
    guard let target else { throw value.failure("the route names no destination (to)") }
    return Route(
      to: target.address, prefixLength: target.prefixLength, via: gateway, on: interface,
      isScoped: isScoped)
  }

  mutating func hosts(_ value: YAMLValue) throws(CommandFailure) {
    for (name, list) in try value.members() {
      var addresses: [IPAddress] = []
      for item in list.itemsOrSelf() { addresses.append(try item.address()) }
      deployment.host.hostNames[try name.string()] = addresses
    }
  }
}
