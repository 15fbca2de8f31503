extension Host {
  /// An interface comes up with its addresses and routes.
  func interfaceUp(
    _ interface: Interface, routes added: [Route], _ report: inout EventReport
  ) {
    _ = place(interface)
    routes = added + routes.filter { !added.contains($0) }
    rebuildTopology()
    let addresses = interface.addresses.map { "\($0.address)/\($0.prefixLength)" }
    report.effects.append(
      "\(interface.name) is up with \(addresses.isEmpty ? "no address" : addresses.joined(separator: ", "))"
    )
    for route in added { report.effects.append("route \(route)") }
    followNetwork(&report)
  }

  /// An interface goes down; its routes vanish.
  func interfaceDown(_ name: String, _ report: inout EventReport) {
    guard let index = index(ofInterface: name), isPresent[index] else {
      report.fail("there is no interface \(name)")
      return
    }
    isPresent[index] = false
    interfaces[index].addresses = []
    routes.removeAll { $0.interface == name }
    rebuildTopology()
    report.effects.append("\(name) is gone, and its routes with it")
    followNetwork(&report)
  }

  /// The default IPv4 route moves to another interface.
  func setDefaultRoute(
    interface name: String, gateway: IPAddress?, _ report: inout EventReport
  ) {
    guard let index = index(ofInterface: name), isPresent[index] else {
      report.fail("there is no interface \(name)")
      return
    }
    routes.removeAll { $0.prefixLength == 0 && $0.family == .inet && !$0.isScoped }
    routes.append(.default(.inet, via: gateway, on: name))
    rebuildTopology()
    report.effects.append("the default route is now \(routes[routes.count - 1])")
    followNetwork(&report)
  }

  /// What the sharing service does when the network changes: nothing, by default.
  private func followNetwork(_ report: inout EventReport) {
    guard sharing.isRunning else { return }
    use(.egressSet)
    let now = currentEgress()
    let missing = now.filter { !sharing.egress.contains($0) }
    if settings.sharingFollowsNetwork {
      sharing.egress = now
      fillParts(&report)
    } else if !missing.isEmpty {
      report.effects.append(
        "the sharing service has no rules for \(missing.joined(separator: ", ")): "
          + "VM packets leave there untranslated")
    }
  }
}

extension Route: CustomStringConvertible {
  /// The route in a few words, for example `10.0.0.0/8 via 10.1.0.1 on utun5`.
  public var description: String {
    let target =
      prefixLength == 0
      ? "default" : "\(IPAddress(family: family, bits: destination))/\(prefixLength)"
    return target + (gateway.map { " via \($0)" } ?? "") + " on \(interface)"
  }
}
