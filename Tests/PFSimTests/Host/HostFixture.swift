import Testing

@testable import PFSim

/// A host with VMs, and packets to send through it.
struct HostFixture {
  let host: Host
  let packet = PacketBuffer()

  /// Boots a host, loads rules and starts VMs in the order asked for.
  init(
    _ modes: [NetworkMode] = [.nat], rules: String? = nil,
    order: Deployment.LoadOrder = .beforeVM, anchors: [String: String] = [:],
    configure: (inout Deployment) -> Void = { _ in }
  ) throws {
    var deployment = Deployment(rules: rules.map { RulesFile(name: "pf.conf", text: $0) })
    deployment.loadOrder = order
    deployment.anchors = anchors.sorted { $0.key < $1.key }.map {
      RulesFile(name: $0.key + ".conf", text: $0.value, anchor: $0.key)
    }
    for (index, mode) in modes.enumerated() {
      let address = mode == .bridged ? "192.168.1.\(50 + index)" : "192.168.64.\(5 + index)"
      deployment.machines.append(
        VirtualMachine(
          name: "vm\(index + 1)", mode: mode,
          mac: MACAddress(bits: 0x5254_0000_0005 + UInt64(index)),
          address: IPAddress(address)))
    }
    configure(&deployment)
    host = try deployment.makeHost()
    host.recordsPath = true
  }

  /// Sends a packet in the notation and returns what became of it.
  @discardableResult
  func send(_ text: String, link: LinkHeader? = nil, vm: Int = 0) throws -> Disposition {
    let notation = try PacketNotation(text)
    guard case .bytes(let bytes) = notation.content else { throw PacketNotationError.test }
    packet.assign(bytes)
    return try host.walk(packet, from: notation.place, link: link, vm: vm)
  }

  /// The hooks that the last packet met, for example `in bridge100, out en0`.
  var walk: String {
    host.path.filter { $0.stage == .pf }
      .map { ($0.direction == .in ? "in " : "out ") + $0.interface }.joined(separator: ", ")
  }

  /// The ends of the packet as it is now.
  var ends: String { PacketEnds(packet.bytes)?.description ?? "" }

  /// The last path's hop at a hook.
  func hop(_ direction: Direction, _ interface: String) -> Hop? {
    host.path.first {
      $0.stage == .pf && $0.direction == direction && $0.interface == interface
    }
  }
}

extension Interface {
  /// A VPN's tunnel.
  static let tunnel = Interface(
    name: "utun5",
    addresses: [
      .init(
        address: IPAddress(ipv4: 0x0a01_0002), prefixLength: 32,
        peer: IPAddress(ipv4: 0x0a01_0001))
    ])
}

extension Route {
  /// The network behind ``Interface/tunnel``.
  static let throughTunnel = Route(
    to: IPAddress(ipv4: 0x0a00_0000), prefixLength: 8, on: Interface.tunnel.name)
}

extension PacketNotationError {
  /// For notations that a fixture does not take.
  static let test = PacketNotationError(column: 0, reason: "not a packet")
}
