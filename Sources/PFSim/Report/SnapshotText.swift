/// A simulated Mac as `pfsim snapshot --script` would collect it, so that it can be looked at, kept
/// and started from again.
public struct SnapshotText {
  private let host: Host

  /// Takes a snapshot of a host.
  public init(host: Host) { self.host = host }

  /// The snapshot.
  public var text: String {
    var text = section("pfsim-snapshot 1")
    let date = host.configuration.epoch + Int64(max(0, host.filter.now))
    text += section("date", "\(date)\n")
    text += section("version", host.configuration.profile.version + "\n")
    text += filterText + anchorsText
    text += section("states", views(verbosity: 2).states())
    text += networkText
    text += section("file \(StockRules.main.name)", host.configuration.bootRules.text)
    return text + section("end")
  }

  private func section(_ title: String, _ body: String = "") -> String {
    "=== \(title)\n\(body)"
  }

  private func views(verbosity: Int = 0, anchor: String = "") -> PfctlViews {
    PfctlViews(host: host, verbosity: verbosity, anchor: anchor)
  }

  private var filterText: String {
    section("info", views(verbosity: 1).info())
      + section("timeouts", views().timeouts()) + section("memory", views().memory())
      + section("references", views().references())
      + section("pf-interfaces", views(verbosity: 1).interfaces())
      + section("anchors", views(verbosity: 1).anchors())
  }

  private var anchorsText: String {
    host.filter.anchorPaths.map { path in
      let (plain, verbose) = (views(anchor: path), views(verbosity: 2, anchor: path))
      let tables = views(verbosity: 1, anchor: path)
      let names = plain.tables().split(separator: "\n")
      return section("rules /\(path)", plain.rules())
        + section("rules-vv /\(path)", verbose.rules())
        + section("nat /\(path)", plain.translation())
        + section("nat-vv /\(path)", verbose.translation())
        + section("dummynet /\(path)", plain.dummynet())
        + section("dummynet-vv /\(path)", verbose.dummynet())
        + section("tables /\(path)", tables.tables())
        + names.map { name in
          // The table was listed, so that it can be shown.
          section(
            "table \(name) /\(path)", (try? plain.addresses(ofTable: String(name))) ?? "")
        }.joined()
    }.joined()
  }

  private var networkText: String {
    var interfaces = ""
    for (number, index) in host.interfaces.indices.filter({ host.isPresent[$0] }).enumerated() {
      interfaces += IfconfigText.text(
        host.interfaces[index], number: number + 1, members: members(of: index))
    }
    var routes = "Routing tables\n\nInternet:\n"
    routes += host.routes.filter { $0.family == .inet }.map(NetstatText.text).joined()
    routes += "\nInternet6:\n"
    routes += host.routes.filter { $0.family == .inet6 }.map(NetstatText.text).joined()
    return section("ifconfig", interfaces) + section("routes", routes)
      + section("sysctl", "net.inet.ip.forwarding: \(host.isForwarding ? 1 : 0)\n")
      + section("leases", leases)
  }

  private func members(of bridge: Int) -> [HostSnapshot.Member] {
    let name = host.interfaces[bridge].name
    var members: [HostSnapshot.Member] = []
    for (index, network) in host.networks.enumerated()
    where network.bridge == bridge && host.isPresent[bridge] {
      if network.uplink >= 0 {
        members.append(
          .init(bridge: name, name: host.interfaces[network.uplink].name, isIsolated: false))
      }
      let running = host.machines.filter { $0.isRunning && $0.network == index }
      let ports = network.observedPorts + running.map { host.interfaces[$0.port].name }
      members += ports.map { .init(bridge: name, name: $0, isIsolated: network.isIsolated) }
    }
    return members
  }

  private var leases: String {
    host.machines.filter(\.isRunning).compactMap { machine in
      guard let address = machine.address, let mac = machine.mac else { return nil }
      return "{\n\tname=\(machine.description.name)\n\tip_address=\(address)\n"
        + "\thw_address=1,\(mac)\n\tidentifier=1,\(mac)\n}\n"
    }.joined()
  }
}
