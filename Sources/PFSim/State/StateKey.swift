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
  /// The initiator's cookie of IKE, where ``hasCookie`` says that there is one.
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
  /// Whether the cookie counts, be it 0 (kernel: `app_state` with `pf_ike_compare()`).
  var hasCookie = false

  /// Whether addresses or ports change on the way through (kernel: `STATE_TRANSLATE`).
  @inline(__always) var translates: Bool {
    lanIsIPv6 != gatewayIsIPv6 || lan != gateway || lanPort != gatewayPort
  }

  /// Whether remote addresses take part in comparisons: not for endpoint-independent UDP.
  @inline(__always) private var comparesRemote: Bool { proto != .udp || variant < 3 }

  /// The hash for the search by the inside (kernel: the `lan_ext` tree).
  @inline(__always) var lanHash: UInt32 {
    hash(lan, remote, lanIsIPv6, lanPorts(self))
  }

  /// The hash for the search by the outside (kernel: the `ext_gwy` tree).
  @inline(__always) var gatewayHash: UInt32 {
    hash(gateway, remoteGateway, gatewayIsIPv6, gatewayPorts(self))
  }

  @inline(__always)
  private func hash(
    _ own: AddressBits, _ other: AddressBits, _ isIPv6: Bool, _ ports: UInt64
  ) -> UInt32 {
    guard isIPv6 else {
      let other = comparesRemote ? other.ipv4 : 0
      return NarrowKey.hash(StateHosts.pair(own.ipv4, other), ports, proto, variant)
    }
    var hash = UInt64(proto.rawValue)
    if proto == .udp { hash |= UInt64(variant) << 9 }
    hash = HashIndex.mix(hash ^ own.high, ports ^ 0x9e37_79b9_7f4a_7c15)
    hash = HashIndex.mix(hash ^ own.low, 0xbf58_476d_1ce4_e5b9)
    guard comparesRemote else { return UInt32(truncatingIfNeeded: hash >> 32) }
    hash = HashIndex.mix(hash ^ other.high, 0x94d0_49bb_1331_11eb)
    hash = HashIndex.mix(hash ^ other.low, 0x2545_f491_4f6c_dd1d)
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  /// The ids of a key of the same protocol that the search by the inside compares, in one number.
  @inline(__always)
  private func lanPorts(_ key: StateKey) -> UInt64 {
    switch proto {
    case .tcp: UInt64(key.lanPort) << 32 | UInt64(key.remotePort)
    case .udp: UInt64(key.lanPort) << 32 | (variant < 2 ? UInt64(key.remotePort) : 0)
    case .icmp, .icmpv6: UInt64(key.lanPort)
    case .esp: UInt64(key.remotePort)
    default: 0
    }
  }

  /// The ids of a key of the same protocol that the search by the outside compares, in one number.
  @inline(__always)
  private func gatewayPorts(_ key: StateKey) -> UInt64 {
    switch proto {
    case .tcp: UInt64(key.gatewayPort) << 32 | UInt64(key.remoteGatewayPort)
    case .udp: UInt64(key.gatewayPort) << 32 | (variant < 2 ? UInt64(key.remoteGatewayPort) : 0)
    case .icmp, .icmpv6, .esp: UInt64(key.gatewayPort)
    default: 0
    }
  }

  /// Whether a search for this key by the inside finds a stored one (kernel:
  /// `pf_state_compare_lan_ext()`).
  @inline(__always)
  func matchesLAN(_ stored: StateKey) -> Bool {
    guard lan == stored.lan, proto == stored.proto, proto != .udp || variant == stored.variant,
      lanIsIPv6 == stored.lanIsIPv6, lanPorts(self) == lanPorts(stored)
    else { return false }
    if remote != stored.remote {
      // KERNEL: pf_state_compare_lan_ext() compares the remote address of endpoint-independent
      // UDP over IPv6 too once the stored one is not zero.
      if comparesRemote || (lanIsIPv6 && !stored.remote.isZero) { return false }
    }
    return matchesRare(stored, stored.remotePort == remotePort)
  }

  /// Whether a search for this key by the outside finds a stored one (kernel:
  /// `pf_state_compare_ext_gwy()`).
  @inline(__always)
  func matchesGateway(_ stored: StateKey) -> Bool {
    guard gateway == stored.gateway, proto == stored.proto,
      proto != .udp || variant == stored.variant, gatewayIsIPv6 == stored.gatewayIsIPv6,
      gatewayPorts(self) == gatewayPorts(stored), isNAT64 == stored.isNAT64
    else { return false }
    if remoteGateway != stored.remoteGateway {
      if comparesRemote || (gatewayIsIPv6 && !stored.remoteGateway.isZero) { return false }
    }
    return matchesRare(stored, stored.gatewayPort == gatewayPort)
  }

  /// Whether this is a connection to PPTP's control port.
  var isPPTPControl: Bool { proto == .tcp && (remotePort == 1723 || lanPort == 1723) }

  /// Whether the key translates from IPv6 to IPv4.
  @inline(__always) var isNAT64: Bool { lanIsIPv6 && !gatewayIsIPv6 }

  /// PPTP's call ids, which count only between two PPTP keys, and IKE's cookies, which count only
  /// where both keys have one.
  @inline(__always)
  private func matchesRare(_ stored: StateKey, _ sameCall: Bool) -> Bool {
    if proto == .gre, variant == 1, stored.variant == 1, !sameCall { return false }
    return !(hasCookie && stored.hasCookie) || cookie == stored.cookie
  }
}
