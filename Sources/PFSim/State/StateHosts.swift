/// The four hosts of a state as they are stored: what a search compares, in half a cache line.
///
/// Each number holds the own end in its upper half and the other end in its lower one, so that a
/// search by the inside or by the outside compares two numbers (``NarrowKey``). IPv4 addresses lie
/// here; those of IPv6 lie in ``WideHosts`` beside.
struct StateHosts {
  /// The addresses of ``StateKey/lan`` and ``StateKey/remote``; for IPv6 the upper half is the
  /// place of the ``WideHosts``.
  private(set) var insideAddresses: UInt64
  /// The addresses of ``StateKey/gateway`` and ``StateKey/remoteGateway``.
  private(set) var outsideAddresses: UInt64
  /// The ports of ``StateKey/lan`` and ``StateKey/remote``.
  private(set) var insidePorts: UInt64
  /// The ports of ``StateKey/gateway`` and ``StateKey/remoteGateway``.
  private(set) var outsidePorts: UInt64

  /// No hosts.
  init() { (insideAddresses, outsideAddresses, insidePorts, outsidePorts) = (0, 0, 0, 0) }

  /// The hosts of a key without IPv6 addresses.
  @inline(__always)
  init(_ key: StateKey) {
    insideAddresses = Self.pair(key.lan.ipv4, key.remote.ipv4)
    outsideAddresses = Self.pair(key.gateway.ipv4, key.remoteGateway.ipv4)
    insidePorts = Self.pair(key.lanPort, key.remotePort)
    outsidePorts = Self.pair(key.gatewayPort, key.remoteGatewayPort)
  }

  /// Two numbers in one, the own end's in the upper half.
  @inline(__always)
  static func pair(_ own: UInt32, _ other: UInt32) -> UInt64 { UInt64(own) << 32 | UInt64(other) }

  @inline(__always) var lan: UInt32 { Self.own(insideAddresses) }
  @inline(__always) var remote: UInt32 { UInt32(truncatingIfNeeded: insideAddresses) }
  @inline(__always) var gateway: UInt32 { Self.own(outsideAddresses) }
  @inline(__always) var remoteGateway: UInt32 { UInt32(truncatingIfNeeded: outsideAddresses) }
  @inline(__always) var lanPort: UInt32 { Self.own(insidePorts) }
  @inline(__always) var remotePort: UInt32 { UInt32(truncatingIfNeeded: insidePorts) }
  @inline(__always) var gatewayPort: UInt32 { Self.own(outsidePorts) }
  @inline(__always) var remoteGatewayPort: UInt32 { UInt32(truncatingIfNeeded: outsidePorts) }

  @inline(__always)
  private static func own(_ pair: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: pair >> 32) }

  /// The place of the ``WideHosts``, where the addresses are there.
  @inline(__always) var widePlace: Int32 {
    get { Int32(bitPattern: lan) }
    set { insideAddresses = Self.pair(UInt32(bitPattern: newValue), 0) }
  }

  /// Whether addresses or ports change on the way through, for addresses that lie here.
  @inline(__always) var translates: Bool {
    ((insideAddresses ^ outsideAddresses) | (insidePorts ^ outsidePorts)) >> 32 != 0
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
