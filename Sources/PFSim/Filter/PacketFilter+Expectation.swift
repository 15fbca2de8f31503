/// How the last new connection's port was chosen.
struct PortChoice {
  /// The translation rule, -1 while no port was ever chosen.
  var rule: Int32 = -1
  /// The ports to choose from.
  var low: UInt32 = 0
  var high: UInt32 = 0
  /// The address chosen before the port.
  var address: UInt32 = 0

  /// Draws the port at which the search for a free one begins.
  @inline(__always)
  func draw(_ random: inout RandomSource) -> UInt32 {
    low &+ (random.next() & 0x7fff_ffff).byteSwapped % (high &- low &+ 1)
  }
}

/// What a packet without a state begins before its rules are known.
extension PacketFilter {
  /// Begins to fetch the slots that a new state will take.
  ///
  /// Between the search that found no state and these slots lie the walks over all rules, which
  /// the waits for memory then overlap. The guess is that the connection is translated as the last
  /// one was; a wrong one costs nothing but the time to make it.
  @inline(__always)
  func expectState(_ packet: inout PacketDescription) {
    guard packet.proto == .tcp || packet.proto == .udp, !packet.isIPv6 else { return }
    let variant: UInt8 = packet.proto == .udp ? 1 : 0
    // Around a prefetch the compiler would keep a copy of all of the table.
    let (gateway, mappings) = (states.index(isOut: false), states.mappingIndex)
    guard packet.isOut, lastChoice.rule >= 0 else {
      // The key of a state that is not translated has one hash in both indices.
      let hash = NarrowKey(
        packet.proto, variant: variant, from: packet.source.ipv4, packet.sourcePort,
        to: packet.destination.ipv4, packet.destinationPort, isOut: packet.isOut
      ).hash
      return states.index(isOut: !packet.isOut).prefetch(hash)
    }
    mappings.prefetch(Mapping(lastChoice.rule, packet).hash)
    // The port is drawn again when it is chosen.
    var ahead = random
    let port = UInt16(truncatingIfNeeded: lastChoice.draw(&ahead))
    let outside = NarrowKey(
      packet.proto, variant: variant, from: packet.destination.ipv4, packet.destinationPort,
      to: lastChoice.address, port, isOut: false)
    gateway.prefetch(outside.hash)
  }
}
