/// One end of a flow.
struct FlowEnd: Hashable, Sendable, Comparable {
  /// The address.
  var address: AddressBits
  /// The port, or the ICMP identifier.
  var port: UInt16

  @inline(__always)
  static func < (left: FlowEnd, right: FlowEnd) -> Bool {
    left.address != right.address ? left.address < right.address : left.port < right.port
  }

  /// A DHCP client before it has an address.
  static let anyClient = FlowEnd(address: .zero, port: 68)
  /// Whoever answers DHCP.
  static let anyServer = FlowEnd(address: AddressBits(ipv4: .max), port: 67)
}

/// What the packets of a flow have in common, whichever way they go.
struct FlowKey: Hashable, Sendable {
  /// The smaller end.
  var first: FlowEnd
  /// The other one.
  var second: FlowEnd
  var family: AddressFamily
  var proto: IPProtocol
  /// Tells flows apart that share ends: the VM's Ethernet address for DHCP.
  var distinction: UInt64 = 0

  /// The key of no flow.
  init() {
    first = FlowEnd(address: .zero, port: 0)
    second = first
    family = .unspecified
    proto = .any
  }

  /// Makes the key of two ends in either order.
  @inline(__always)
  init(
    _ one: FlowEnd, _ other: FlowEnd, family: AddressFamily, proto: IPProtocol,
    distinction: UInt64 = 0
  ) {
    (first, second) = one < other ? (one, other) : (other, one)
    self.family = family
    self.proto = proto
    self.distinction = distinction
  }

  /// A hash for the flow table.
  @inline(__always) var hash: UInt32 {
    var hash = HashIndex.mix(
      first.address.high ^ UInt64(proto.rawValue),
      second.address.high ^ 0x9e37_79b9_7f4a_7c15 ^ distinction)
    if family == .inet6 {
      hash = HashIndex.mix(hash ^ first.address.low, second.address.low ^ 0xbf58_476d_1ce4_e5b9)
    }
    hash = HashIndex.mix(
      hash ^ UInt64(first.port) << 16, UInt64(second.port) ^ 0x94d0_49bb_1331_11eb)
    return UInt32(truncatingIfNeeded: hash >> 32)
  }

  /// Makes the key of a packet's flow.
  @inline(__always)
  init(_ fields: PacketFields) {
    self.init(
      FlowEnd(address: fields.source, port: fields.sourcePort),
      FlowEnd(address: fields.destination, port: fields.destinationPort),
      family: fields.family, proto: fields.proto)
  }
}
