/// What filter rules look at in a packet, in 48 bytes.
///
/// Numbers are in host order.
struct FilterHeader {
  var source: AddressBits
  var destination: AddressBits
  var interface: Int32
  /// Interface, direction, family and protocol as rules compare them at once
  /// (``CompactRule/head(_:isOut:isIPv6:_:)``).
  var head: UInt32
  var sourcePort: UInt16
  var destinationPort: UInt16
  var icmpType: UInt8
  var icmpCode: UInt8
  var flags: UInt8
  var tos: UInt8
}

extension FilterHeader {
  /// Whether the packet is IPv6.
  @inline(__always) var isIPv6: Bool { head & CompactRule.inet6 != 0 }
  /// Whether the packet leaves.
  @inline(__always) var isOut: Bool { head & CompactRule.out != 0 }
  /// The protocol.
  @inline(__always) var proto: IPProtocol {
    IPProtocol(rawValue: UInt8(truncatingIfNeeded: head >> 24))
  }

  /// What rules look at in a packet.
  @inline(__always)
  init(_ packet: borrowing PacketDescription) {
    self.init(
      source: packet.source, destination: packet.destination, interface: packet.interface,
      head: CompactRule.head(
        packet.interface, isOut: packet.isOut, isIPv6: packet.isIPv6, packet.proto.rawValue),
      sourcePort: packet.sourcePort, destinationPort: packet.destinationPort,
      icmpType: packet.icmpType, icmpCode: packet.icmpCode, flags: packet.flags, tos: packet.tos)
  }
}

extension PacketDescription {
  /// A packet of which only a header is known; it has no bytes.
  init(_ header: FilterHeader, _ program: Program) {
    self.init(
      base: UnsafeMutableRawPointer(program.stack), count: 0, interface: header.interface,
      isIPv6: header.isIPv6, isOut: header.isOut)
    proto = header.proto
    source = header.source
    destination = header.destination
    sourcePort = header.sourcePort
    destinationPort = header.destinationPort
    icmpType = header.icmpType
    icmpCode = header.icmpCode
    flags = header.flags
    tos = header.tos
  }
}
