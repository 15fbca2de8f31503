/// What packets ask of VMs, networks and interfaces: plain values beside ``Host/machines``,
/// ``Host/networks`` and ``Host/isPresent``, whose texts and lists would be counted as references.
///
/// Whoever changes one of those or the routes lets it expire, as does every event; ``Host/wiring``
/// then gathers anew.
struct Wiring {
  /// A VM.
  struct Port {
    /// The index of its network.
    var network: Int
    var isRunning: Bool
    /// Whether it is attached to a network that bridges onto an interface of the host.
    var isBridged: Bool
    /// Whether Softnet filters its frames.
    var hasSoftnet: Bool
    var mac: MACAddress?
    var address: AddressBits?
    /// Whether its addresses and that of the host on its network are known.
    var isLearnt: Bool
  }
  /// The IPv4 addresses of a network that nobody outside knows.
  struct PrivateNetwork {
    var prefix: UInt32
    var mask: UInt32
  }
  /// Whether something changed since the values were gathered.
  fileprivate(set) var isStale = true
  /// A number that grows whenever something may have changed.
  private(set) var version: UInt32 = 0
  /// The VMs, with the indices of ``Host/machines``.
  fileprivate(set) var ports = FlatStorage<Port>(alignment: 16)
  /// The network of each interface that is a bridge, -1 for others.
  fileprivate(set) var networkOfInterface = FlatStorage<Int32>(alignment: 16)
  /// The networks that are not bridged.
  fileprivate(set) var privateNetworks = FlatStorage<PrivateNetwork>(alignment: 16)
  /// Whether the host forwards packets.
  fileprivate(set) var isForwarding = false
  /// Whether a network bridges onto an interface of the host.
  fileprivate(set) var hasBridgedNetwork = false
  /// The interface with the default IPv4 route, -1 without one.
  fileprivate(set) var uplink: Int32 = -1

  /// Notes that something may have changed.
  mutating func expire() {
    isStale = true
    version &+= 1
  }

  /// Gives the memory back.
  func deallocate() {
    ports.deallocate()
    networkOfInterface.deallocate()
    privateNetworks.deallocate()
  }
}

extension Host {
  /// What packets ask, up to date.
  var wiring: Wiring {
    @inline(__always) get {
      if live.wiring.isStale { gatherWiring() }
      return live.wiring
    }
  }

  private func gatherWiring() {
    live.wiring.ports.removeAll()
    for machine in machines { _ = live.wiring.ports.append(port(of: machine)) }
    gatherNetworks()
    live.wiring.hasBridgedNetwork = networks.contains { $0.uplink >= 0 && isPresent[$0.bridge] }
    live.wiring.isForwarding =
      switch configuration.settings.forwarding {
      case .on: true
      case .off: false
      case .automatic: hasSharedNetwork
      }
    live.wiring.uplink = routing.interface(for: AddressBits(ipv4: 0x0101_0101), .inet)
    live.wiring.isStale = false
  }

  private func port(of machine: Machine) -> Wiring.Port {
    let network = networks[machine.network]
    return Wiring.Port(
      network: machine.network, isRunning: machine.isRunning, isBridged: network.mode == .bridged,
      hasSoftnet: machine.softnet != nil, mac: machine.mac, address: machine.address?.bits,
      isLearnt: machine.mac != nil && machine.address != nil && network.hostMAC != nil)
  }

  private func gatherNetworks() {
    live.wiring.networkOfInterface.removeAll()
    for _ in interfaces { _ = live.wiring.networkOfInterface.append(-1) }
    live.wiring.privateNetworks.removeAll()
    for (index, network) in networks.enumerated() {
      if isPresent[network.bridge] {
        live.wiring.networkOfInterface.base[network.bridge] = Int32(index)
      }
      guard network.mode != .bridged, let gateway = network.gateway, gateway.family == .inet
      else { continue }
      let mask = AddressBits(prefixLength: Int(network.prefixLength)).ipv4
      _ = live.wiring.privateNetworks.append(
        Wiring.PrivateNetwork(prefix: gateway.bits.ipv4 & mask, mask: mask))
    }
  }
}
