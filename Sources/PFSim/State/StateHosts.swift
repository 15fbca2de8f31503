/// The four hosts of a state as they are stored: what a search compares, in half a cache line.
///
/// IPv4 addresses lie here; those of IPv6 lie in ``WideHosts`` beside.
struct StateHosts {
  /// The address of ``StateKey/lan``; for IPv6 the place of the ``WideHosts``.
  var lan: UInt32 = 0
  var gateway: UInt32 = 0
  var remote: UInt32 = 0
  var remoteGateway: UInt32 = 0
  var lanPort: UInt32 = 0
  var gatewayPort: UInt32 = 0
  var remotePort: UInt32 = 0
  var remoteGatewayPort: UInt32 = 0

  /// No hosts.
  init() {}

  /// The hosts of a key without IPv6 addresses.
  @inline(__always)
  init(_ key: StateKey) {
    lan = key.lan.ipv4
    gateway = key.gateway.ipv4
    remote = key.remote.ipv4
    remoteGateway = key.remoteGateway.ipv4
    lanPort = key.lanPort
    gatewayPort = key.gatewayPort
    remotePort = key.remotePort
    remoteGatewayPort = key.remoteGatewayPort
  }
}

/// The addresses of a state's four hosts where any of them is IPv6.
struct WideHosts {
  var lan: AddressBits
  var gateway: AddressBits
  var remote: AddressBits
  var remoteGateway: AddressBits

  /// The addresses of a key.
  init(_ key: StateKey) {
    lan = key.lan
    gateway = key.gateway
    remote = key.remote
    remoteGateway = key.remoteGateway
  }
}

extension StateKey {
  /// Whether its addresses need ``WideHosts``.
  @inline(__always) var isWide: Bool {
    if lanIsIPv6 || gatewayIsIPv6 { return true }
    let rest = (lan.high | gateway.high | remote.high | remoteGateway.high) & 0xffff_ffff
    return rest | lan.low | gateway.low | remote.low | remoteGateway.low != 0
  }

  /// Reads a state's key, without addresses of IPv6 and without a cookie.
  @inline(__always)
  init(_ state: UnsafePointer<StateRecord>) {
    let hosts = state.pointee.hosts
    lan = AddressBits(ipv4: hosts.lan)
    gateway = AddressBits(ipv4: hosts.gateway)
    remote = AddressBits(ipv4: hosts.remote)
    remoteGateway = AddressBits(ipv4: hosts.remoteGateway)
    lanPort = hosts.lanPort
    gatewayPort = hosts.gatewayPort
    remotePort = hosts.remotePort
    remoteGatewayPort = hosts.remoteGatewayPort
    proto = state.pointee.proto
    variant = state.pointee.variant
    let flags = state.pointee.flags
    isOut = flags.contains(.isOut)
    lanIsIPv6 = flags.contains(.lanIsIPv6)
    gatewayIsIPv6 = flags.contains(.gatewayIsIPv6)
  }
}
