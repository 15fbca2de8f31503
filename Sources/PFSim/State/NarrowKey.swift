/// What a search for the state of a TCP or UDP packet over IPv4 compares: a ``StateKey`` in two
/// numbers.
struct NarrowKey {
  /// The addresses of the own and the other end, as ``StateHosts`` keeps them.
  let addresses: UInt64
  /// The ports, in the same way.
  let ports: UInt64
  /// The protocol.
  let proto: IPProtocol
  /// UDP: the endpoint dependence; TCP: 0.
  let variant: UInt8

  /// The key for a packet's search: outgoing packets are searched by the inside, whose own end is
  /// their source; incoming ones by the outside, whose own end is their destination.
  @inline(__always)
  init(
    _ proto: IPProtocol, variant: UInt8, from source: UInt32, _ sourcePort: UInt16,
    to destination: UInt32, _ destinationPort: UInt16, isOut: Bool
  ) {
    self.proto = proto
    self.variant = variant
    let addresses =
      isOut ? StateHosts.pair(source, destination) : StateHosts.pair(destination, source)
    let (from, to) = (UInt32(sourcePort), UInt32(destinationPort))
    let ports = isOut ? StateHosts.pair(from, to) : StateHosts.pair(to, from)
    self.addresses = addresses & Self.addressMask(variant)
    self.ports = ports & Self.portMask(variant)
  }

  /// The key that a search by the outside has, of one for which ``StateKey/hasNarrowHash`` is true.
  @inline(__always)
  init(outside key: StateKey) {
    proto = key.proto
    variant = key.variant
    let hosts = StateHosts(key)
    addresses = hosts.outsideAddresses & Self.addressMask(key.variant)
    ports = hosts.outsidePorts & Self.portMask(key.variant)
  }

  private static let ownEnd: UInt64 = 0xffff_ffff_0000_0000

  /// The addresses that take part: not the other end's for endpoint-independent UDP.
  @inline(__always)
  private static func addressMask(_ variant: UInt8) -> UInt64 { variant < 3 ? .max : ownEnd }

  /// The ports that take part: not the other end's for UDP that depends on addresses at most.
  @inline(__always)
  private static func portMask(_ variant: UInt8) -> UInt64 { variant < 2 ? .max : ownEnd }

  /// Whether a state without IPv6 addresses and cookie has this key.
  @inline(__always)
  func matches(_ state: UnsafePointer<StateRecord>, isOut: Bool) -> Bool {
    let addresses =
      isOut ? state.pointee.hosts.insideAddresses : state.pointee.hosts.outsideAddresses
    let ports = isOut ? state.pointee.hosts.insidePorts : state.pointee.hosts.outsidePorts
    return addresses & Self.addressMask(variant) == self.addresses
      && ports & Self.portMask(variant) == self.ports && state.pointee.proto == proto
      && state.pointee.variant == variant
  }

  /// The hash of a state's ends as they are stored.
  @inline(__always)
  static func hash(
    ofStored addresses: UInt64, _ ports: UInt64, _ proto: IPProtocol, _ variant: UInt8
  ) -> UInt32 {
    hash(addresses & addressMask(variant), ports & portMask(variant), proto, variant)
  }

  /// The hash for the search by the inside or outside.
  @inline(__always) var hash: UInt32 { Self.hash(addresses, ports, proto, variant) }

  /// The hash of the addresses and ports that a search over IPv4 compares.
  /// - Parameter variant: Counts for UDP only.
  @inline(__always)
  static func hash(
    _ addresses: UInt64, _ ports: UInt64, _ proto: IPProtocol, _ variant: UInt8
  ) -> UInt32 {
    let kind = UInt64(proto.rawValue) | (proto == .udp ? UInt64(variant) << 8 : 0)
    let rest = ports ^ kind << 48
    let mixed = HashIndex.mix(addresses, (rest << 1 | rest >> 63) ^ 0x9e37_79b9_7f4a_7c15)
    return UInt32(truncatingIfNeeded: mixed ^ mixed >> 32)
  }
}

extension StateHosts {
  /// The hashes of the hosts of TCP or UDP in the two indices.
  /// - Parameter variant: UDP: the endpoint dependence; TCP: 0.
  @inline(__always)
  func hashes(_ proto: IPProtocol, _ variant: UInt8) -> (inside: UInt32, outside: UInt32) {
    (
      NarrowKey.hash(ofStored: insideAddresses, insidePorts, proto, variant),
      NarrowKey.hash(ofStored: outsideAddresses, outsidePorts, proto, variant)
    )
  }
}

extension StateKey {
  /// Whether TCP or UDP over IPv4 is to be searched, which two numbers tell apart.
  @inline(__always) var hasNarrowHash: Bool {
    (proto == .tcp || proto == .udp) && !lanIsIPv6 && !gatewayIsIPv6
  }

  /// The hashes for the searches by the inside and outside.
  @inline(__always) var hashes: (inside: UInt32, outside: UInt32) {
    hasNarrowHash ? StateHosts(self).hashes(proto, variant) : otherHashes
  }

  @inline(never)
  private var otherHashes: (inside: UInt32, outside: UInt32) { (lanHash, gatewayHash) }

  /// The whole key of a search, in both senses.
  init(_ flow: NarrowKey) {
    proto = flow.proto
    variant = flow.variant
    lan = AddressBits(ipv4: UInt32(truncatingIfNeeded: flow.addresses >> 32))
    remote = AddressBits(ipv4: UInt32(truncatingIfNeeded: flow.addresses))
    lanPort = UInt32(truncatingIfNeeded: flow.ports >> 32)
    remotePort = UInt32(truncatingIfNeeded: flow.ports)
    gateway = lan
    remoteGateway = remote
    gatewayPort = lanPort
    remoteGatewayPort = remotePort
  }
}
