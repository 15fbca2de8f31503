/// An inside host and port that a translation rule maps.
struct Mapping {
  /// The translation rule.
  let rule: Int32
  /// The inside port, ICMP id or SPI.
  let port: UInt32
  /// The inside address.
  let address: AddressBits
  /// The protocol.
  let proto: IPProtocol
  /// Whether the inside is IPv6.
  let isIPv6: Bool

  /// The mapping of a state's key.
  @inline(__always)
  init(_ rule: Int32, _ key: StateKey) {
    self.rule = rule
    port = key.lanPort
    address = key.lan
    proto = key.proto
    isIPv6 = key.lanIsIPv6
  }

  /// The mapping that a packet's source would have.
  @inline(__always)
  init(_ rule: Int32, _ packet: borrowing PacketDescription) {
    self.rule = rule
    port = UInt32(packet.sourcePort)
    address = packet.source
    proto = packet.proto
    isIPv6 = packet.isIPv6
  }

  /// The hash of everything.
  @inline(__always) var hash: UInt32 {
    let kind = UInt64(port) << 32 | UInt64(UInt32(bitPattern: rule)) << 8 | UInt64(proto.rawValue)
    var hash = HashIndex.mix(address.high ^ (isIPv6 ? 1 : 0), kind ^ 0x9e37_79b9_7f4a_7c15)
    if isIPv6 { hash = HashIndex.mix(hash ^ address.low, 0xbf58_476d_1ce4_e5b9) }
    return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
  }

  /// Whether a state of a translation rule has this mapping.
  @inline(__always)
  func holds(_ rule: Int32, _ key: StateKey) -> Bool {
    rule == self.rule && key.proto == proto && key.lan == address && key.lanPort == port
      && key.lanIsIPv6 == isIPv6
  }
}
