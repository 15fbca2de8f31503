/// A TCP segment that the filter makes itself: a reset, or a step of the SYN proxy.
struct GeneratedSegment: Hashable, Sendable {
  /// The sender as the receiver is to see it.
  var source: IPAddress
  /// The receiver.
  var destination: IPAddress
  /// The sender's port.
  var sourcePort: UInt16
  /// The receiver's port.
  var destinationPort: UInt16
  /// The sequence number.
  var sequence: UInt32
  /// The acknowledgment number.
  var acknowledgment: UInt32
  /// The flags.
  var flags: TCPFlags
  /// The window.
  var window: UInt16 = 0
  /// The value of a maximum segment option; 0 for no option.
  var maximumSegment: UInt16 = 0
  /// The IPv4 TTL; 0 for the system's.
  var ttl: UInt8 = 0

  /// The whole IP packet.
  var bytes: [UInt8] {
    // KERNEL: pf_send_tcp(): low delay and "don't fragment" in IPv4 only; IPv6 always takes the
    // system's hop limit; the number of such a packet is 0 (RFC 6864).
    var builder = PacketBuilder(from: source, to: destination)
    if source.family == .inet {
      builder.tos = 0x10
      builder.fragmentField = IPv4Header.dontFragment
      if ttl != 0 { builder.ttl = ttl }
    }
    let value = maximumSegment
    let option: [UInt8] =
      value == 0
      ? []
      : [2, 4, UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    return builder.tcp(
      from: sourcePort, to: destinationPort, flags, sequence: sequence,
      acknowledgment: acknowledgment, window: window, options: option)
  }

  /// The reset that answers a segment which a rule blocks.
  ///
  /// - Parameters:
  ///   - header: The blocked segment with its original ports.
  ///   - source: The blocked segment's sender before translation.
  ///   - destination: The blocked segment's receiver before translation.
  ///   - payloadLength: The length of its data.
  ///   - ttl: The rule's `return-rst (ttl N)`, 0 for the system's.
  static func reset(
    answering header: TCPHeader, from source: IPAddress, to destination: IPAddress,
    payloadLength: Int, ttl: UInt8
  ) -> GeneratedSegment {
    // KERNEL: pf_test_rule() sets ACK always, and takes the acknowledgment number as the sequence
    // number even where it means nothing.
    var end = header.sequence &+ UInt32(truncatingIfNeeded: payloadLength)
    if header.flags.contains(.syn) { end &+= 1 }
    if header.flags.contains(.fin) { end &+= 1 }
    return GeneratedSegment(
      source: destination, destination: source, sourcePort: header.destinationPort,
      destinationPort: header.sourcePort, sequence: header.acknowledgment, acknowledgment: end,
      flags: [.rst, .ack], ttl: ttl)
  }
}
