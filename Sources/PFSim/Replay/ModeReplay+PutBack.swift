/// An inner end that inbound connections reach, as a key.
struct Entrance: Hashable {
  var end: FlowEnd
  var proto: IPProtocol
  var family: AddressFamily
}

extension ModeReplay {
  /// Brings a recorded packet into the form that it has where the simulation starts.
  ///
  /// A recorded answer carries the recording's addresses; under the simulated translation it
  /// carries those that the simulated pf gave to the question, also where an ICMP error quotes it.
  func putBack(_ turn: PacketTurn) {
    if turn.packet.pointee.ttlRise > 0, turn.fields.ttl < 255 {
      packet.setTTL(turn.fields.ttl &+ turn.packet.pointee.ttlRise)
    }
    guard setup.mode != .bridged else { return }
    switch turn.sender {
    case .outside:
      if packet.checksumIsPartial, turn.packet.pointee.missing == 0 { packet.completeChecksum() }
      if let outer = outerEnd(turn) { replace(turn, isSource: false, by: outer) }
    case .vm:
      if let inner = turn.progress.pointee.inner { replace(turn, isSource: true, by: inner) }
    case .host: break
    }
  }

  private func replace(_ turn: PacketTurn, isSource: Bool, by end: FlowEnd) {
    if turn.fields.isError {
      replaceQuoted(turn.fields, isSource: turn.way == .answer, by: end)
    }
    replace(turn.fields, isSource: isSource, by: end)
  }

  private func replace(_ fields: PacketFields, isSource: Bool, by end: FlowEnd) {
    let address = isSource ? fields.source : fields.destination
    let port = isSource ? fields.sourcePort : fields.destinationPort
    let hasPorts = fields.completeness == .complete && !fields.isError
    guard address != end.address || hasPorts && port != end.port else { return }
    packet.replaceEnd(
      isSource: isSource, fields, address: end.address,
      port: hasPorts && port != end.port ? end.port : nil)
  }

  private func replaceQuoted(_ fields: PacketFields, isSource: Bool, by end: FlowEnd) {
    guard let quotation = Quotation(packet, fields) else { return }
    let port = isSource ? quotation.fields.sourcePort : quotation.fields.destinationPort
    let hasPorts = quotation.fields.completeness == .complete
    let change = packet.replaceEnd(
      isSource: isSource, at: quotation.offset, quotation.fields, address: end.address,
      port: hasPorts && port != end.port ? end.port : nil)
    packet.adjustMessage(fields, for: change)
  }

  /// Where a packet from outside is addressed to on the uplink; nil leaves it as recorded.
  private func outerEnd(_ turn: PacketTurn) -> FlowEnd? {
    if let outer = turn.progress.pointee.outer { return outer }
    guard turn.way == .question, case .vm = turn.receiver else { return nil }
    let outer = entrance(turn.packet)
    turn.progress.pointee.outer = outer
    return outer
  }

  /// The end on the uplink by which an inbound flow reaches its VM.
  private func entrance(_ recorded: UnsafePointer<RecordedPacket>) -> FlowEnd? {
    let inner = recorded.pointee.answeringEnd
    // Seen on the uplink, the packet carries that end itself.
    if recorded.pointee.recordedDestination != inner.address {
      return FlowEnd(address: recorded.pointee.recordedDestination, port: inner.port)
    }
    let family = recorded.pointee.fields.family
    let key = Entrance(end: inner, proto: recorded.pointee.key.proto, family: family)
    if let known = entrances[key] { return known }
    let own = host.interfaces[uplink].addresses.first { $0.address.family == family }
    let port = forwardedPort(to: key) ?? inner.port
    let found = own.map { FlowEnd(address: $0.address.bits, port: port) }
    entrances[key] = .some(found)
    return found
  }

  /// The port that a forwarding to the flow's VM listens on; nil where none is known.
  private func forwardedPort(to inner: Entrance) -> UInt16? {
    guard inner.proto == .tcp else { return nil }
    for machine in host.machines where machine.address?.bits == inner.end.address {
      for pair in (machine.description.softnet.expose ?? "").split(separator: ",") {
        let ports = pair.split(separator: ":").compactMap { UInt16($0) }
        if ports.count == 2, ports[1] == inner.end.port { return ports[0] }
      }
    }
    return nil
  }
}
