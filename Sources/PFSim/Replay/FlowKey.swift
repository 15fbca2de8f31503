/// One end of a flow.
struct FlowEnd: Hashable, Sendable, Comparable {
  /// The address.
  var address: AddressBits
  /// The port, or the ICMP identifier.
  var port: UInt16

  static func < (left: FlowEnd, right: FlowEnd) -> Bool {
    left.address != right.address ? left.address < right.address : left.port < right.port
  }
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

  /// Makes the key of two ends in either order.
  init(
    _ one: FlowEnd, _ other: FlowEnd, family: AddressFamily, proto: IPProtocol,
    distinction: UInt64 = 0
  ) {
    (first, second) = one < other ? (one, other) : (other, one)
    self.family = family
    self.proto = proto
    self.distinction = distinction
  }

  /// Makes the key of a packet's flow.
  init(_ fields: PacketFields) {
    self.init(
      FlowEnd(address: fields.source, port: fields.sourcePort),
      FlowEnd(address: fields.destination, port: fields.destinationPort),
      family: fields.family, proto: fields.proto)
  }
}
