/// A packet at its turn in a mode, with its flow: references, so that nothing is copied on its way.
///
/// Valid until the next packet's turn.
struct PacketTurn {
  /// What is known of the packet, whatever the mode.
  let packet: UnsafePointer<RecordedPacket>
  /// What became of its flow in the mode.
  let progress: UnsafeMutablePointer<FlowProgress>
  /// The same as far as few packets ask for it.
  let details: UnsafeMutablePointer<FlowDetails>

  @inline(__always) var sender: Party { packet.pointee.sender }
  @inline(__always) var receiver: Party { packet.pointee.receiver }
  @inline(__always) var way: Way { packet.pointee.way }
  /// The slot of its flow.
  @inline(__always) var flow: Int { packet.pointee.flow }
  @inline(__always) var fields: PacketFields { packet.pointee.fields }
}
