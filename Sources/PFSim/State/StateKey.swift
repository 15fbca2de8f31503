/// The four hosts of a connection and what makes connections equal (kernel: `pf_state_key`).
///
/// `lan` is the inside host as the inside sees it, `gateway` what the outside sees of it, `remote`
/// the other end as the inside sees it and `remoteGateway` as the outside does.
struct StateKey {
  var lan = AddressBits.zero
  var gateway = AddressBits.zero
  var remote = AddressBits.zero
  var remoteGateway = AddressBits.zero
  /// Ports, ICMP ids, call ids or SPIs.
  var lanPort: UInt32 = 0
  var gatewayPort: UInt32 = 0
  var remotePort: UInt32 = 0
  var remoteGatewayPort: UInt32 = 0
  /// The initiator's cookie of IKE, 0 for none.
  var cookie: UInt64 = 0
  /// The protocol; ICMPv6 is stored as ICMP.
  var proto = IPProtocol.any
  /// UDP: the endpoint dependence; GRE: 1 for PPTP.
  var variant: UInt8 = 0
  /// The direction of the packet that made the key.
  var isOut = false
  /// Whether the inside is IPv6.
  var lanIsIPv6 = false
  /// Whether the outside is IPv6.
  var gatewayIsIPv6 = false
  /// Records: whether the key is in use.
  var isUsed = false
  /// Records: the first state of the key, -1 for none; if-bound ones come before floating ones.
  var firstState: Int32 = -1

  /// Whether addresses or ports change on the way through (kernel: `STATE_TRANSLATE`).
  @inline(__always) var translates: Bool {
    lanIsIPv6 != gatewayIsIPv6 || lan != gateway || lanPort != gatewayPort
  }

  /// Whether remote addresses take part in comparisons: not for endpoint-independent UDP.
  @inline(__always) private var comparesRemote: Bool { proto != .udp || variant < 3 }

  /// The hash for the search by the inside (kernel: the `lan_ext` tree).
  @inline(__always) var lanHash: UInt32 {
    hash(lan, remote, lanIsIPv6, lanPorts)
  }

  /// The hash for the search by the outside (kernel: the `ext_gwy` tree).
  @inline(__always) var gatewayHash: UInt32 {
    hash(gateway, remoteGateway, gatewayIsIPv6, gatewayPorts)
  }

  @inline(__always)
  private func hash(
    _ own: AddressBits, _ other: AddressBits, _ isIPv6: Bool, _ ports: UInt64
  ) -> UInt32 {
    var hash = UInt64(proto.rawValue) | UInt64(isIPv6 ? 256 : 0)
    if proto == .udp { hash |= UInt64(variant) << 9 }
    hash = Self.mix(hash ^ own.high, ports ^ 0x9e37_79b9_7f4a_7c15)
    if isIPv6 { hash = Self.mix(hash ^ own.low, 0xbf58_476d_1ce4_e5b9) }
    guard comparesRemote else { return UInt32(truncatingIfNeeded: hash >> 32) }
    hash = Self.mix(hash ^ other.high, 0x94d0_49bb_1331_11eb)
    if isIPv6 { hash = Self.mix(hash ^ other.low, 0x2545_f491_4f6c_dd1d) }
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  @inline(__always)
  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = (a ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: b | 1)
    return product.high ^ product.low
  }

  /// The ids that the search by the inside compares, in one number.
  @inline(__always) private var lanPorts: UInt64 {
    switch proto {
    case .tcp: UInt64(lanPort) << 32 | UInt64(remotePort)
    case .udp: UInt64(lanPort) << 32 | (variant < 2 ? UInt64(remotePort) : 0)
    case .icmp, .icmpv6: UInt64(lanPort)
    case .esp: UInt64(remotePort)
    default: 0
    }
  }

  /// The ids that the search by the outside compares, in one number.
  @inline(__always) private var gatewayPorts: UInt64 {
    switch proto {
    case .tcp: UInt64(gatewayPort) << 32 | UInt64(remoteGatewayPort)
    case .udp: UInt64(gatewayPort) << 32 | (variant < 2 ? UInt64(remoteGatewayPort) : 0)
    case .icmp, .icmpv6, .esp: UInt64(gatewayPort)
    default: 0
    }
  }

  /// Whether a search for this key by the inside finds a stored one (kernel:
  /// `pf_state_compare_lan_ext()`).
  @inline(__always)
  func matchesLAN(_ stored: UnsafePointer<StateKey>) -> Bool {
    guard lan == stored.pointee.lan, proto == stored.pointee.proto,
      lanIsIPv6 == stored.pointee.lanIsIPv6, lanPorts == stored.pointee.lanPorts,
      proto != .udp || variant == stored.pointee.variant
    else { return false }
    if remote != stored.pointee.remote {
      // KERNEL: pf_state_compare_lan_ext() compares the remote address of endpoint-independent
      // UDP over IPv6 too once the stored one is not zero.
      if comparesRemote || (lanIsIPv6 && !stored.pointee.remote.isZero) { return false }
    }
    return matchesRare(stored, stored.pointee.remotePort == remotePort)
  }

  /// Whether a search for this key by the outside finds a stored one (kernel:
  /// `pf_state_compare_ext_gwy()`).
  @inline(__always)
  func matchesGateway(_ stored: UnsafePointer<StateKey>) -> Bool {
    guard gateway == stored.pointee.gateway, proto == stored.pointee.proto,
      gatewayIsIPv6 == stored.pointee.gatewayIsIPv6, gatewayPorts == stored.pointee.gatewayPorts,
      proto != .udp || variant == stored.pointee.variant, isNAT64 == stored.pointee.isNAT64
    else { return false }
    if remoteGateway != stored.pointee.remoteGateway {
      if comparesRemote || (gatewayIsIPv6 && !stored.pointee.remoteGateway.isZero) { return false }
    }
    return matchesRare(stored, stored.pointee.gatewayPort == gatewayPort)
  }

  /// Whether this is a connection to PPTP's control port.
  var isPPTPControl: Bool { proto == .tcp && (remotePort == 1723 || lanPort == 1723) }

  /// Whether the key translates from IPv6 to IPv4.
  @inline(__always) var isNAT64: Bool { lanIsIPv6 && !gatewayIsIPv6 }

  /// PPTP's call ids, which count only between two PPTP keys, and IKE's cookies, which count only
  /// where both keys have one.
  @inline(__always)
  private func matchesRare(_ stored: UnsafePointer<StateKey>, _ sameCall: Bool) -> Bool {
    if proto == .gre, variant == 1, stored.pointee.variant == 1, !sameCall { return false }
    return cookie == 0 || stored.pointee.cookie == 0 || cookie == stored.pointee.cookie
  }
}
