/// A network that VMs are attached to: a bridge of the host.
public struct VirtualNetwork: Sendable, Hashable {
  /// The mode of its VMs; Softnet's networks are ``NetworkMode/softnet``.
  public var mode: NetworkMode
  /// The program that made it.
  public var program: String
  /// The bridge's index among the host's interfaces.
  public var bridge: Int
  /// The physical member of a bridged network, an index among the host's interfaces; else -1.
  public var uplink = -1
  /// The bridge's own IPv4 address, the VMs' gateway; nil for bridged networks.
  public var gateway: IPAddress?
  /// The length of the network's prefix.
  public var prefixLength: UInt8 = 24
  /// Whether the ports are isolated from each other (`PRIVATE`).
  public var isIsolated = false
  /// The ports that a snapshot showed; their VMs are not simulated, but keep the network up.
  public var observedPorts: [String] = []
  /// The bridge's Ethernet address, learnt from frames; nil until one was seen.
  public var hostMAC: MACAddress?

  /// Whether an address belongs to the network.
  public func contains(_ address: AddressBits, _ family: AddressFamily) -> Bool {
    guard let gateway, gateway.family == family else { return false }
    let mask = AddressBits(prefixLength: Int(prefixLength))
    return address & mask == gateway.bits & mask
  }
}

/// A VM that was started on the host.
public struct Machine: Sendable, Hashable {
  /// How it was started.
  public var description: VirtualMachine
  /// The index of its network.
  public var network: Int
  /// Its interface on the host (`vmenetN`), an index among the host's interfaces.
  public var port: Int
  /// Whether it runs.
  public var isRunning = true
  /// Its Ethernet address, given or learnt.
  public var mac: MACAddress?
  /// Its IPv4 address, given or learnt.
  public var address: IPAddress?
  /// Softnet's state; nil for modes without Softnet.
  public var softnet: Softnet?
}
