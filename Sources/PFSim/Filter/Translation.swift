/// The translation of a packet without a state, before it is applied.
struct Translation {
  /// The rule, -1 for none.
  var rule: Int32 = -1
  /// The action of the rule.
  var action = RuleAction.pass
  /// The new port or id: of the source for outgoing packets, of the destination for incoming
  /// ones, except that redirections use it for both (kernel: `nxport`).
  var port: UInt32
  /// The source's port, id or 0 before translation (kernel: `bxport`).
  var originalSourcePort: UInt32
  /// The destination's port, id, call id or SPI before translation (kernel: `bdxport`).
  var originalDestinationPort: UInt32
  /// The source node of a sticky pool, -1 for none.
  var sourceNode: Int32 = -1
  /// The transport header before translation, where it has ports.
  var header: TransportPrefix?

  init(_ packet: PacketDescription) {
    originalSourcePort = UInt32(packet.sourcePort)
    originalDestinationPort =
      packet.proto == .esp ? packet.spi : UInt32(packet.destinationPort)
    port = packet.isOut ? originalSourcePort : originalDestinationPort
  }
}
