/// Where packets enter the simulated host, and what their way through it teaches.
extension ModeReplay {
  /// Hands the packet in ``packet`` to the host where it enters it.
  func transmit(_ turn: PacketTurn) -> Disposition {
    if let vm = machine(turn.sender) {
      taps?.sent(packet, fromVM: vm, host)
      var link = turn.packet.pointee.link
      if turn.packet.pointee.isTagged, setup.mode.usesSoftnet { link.etherType = EtherType.vlan }
      return host.packetFromVM(packet, link: link, vm: vm)
    }
    if turn.sender == .host, setup.mode != .bridged || vantage == .uplink {
      return host.packetFromHost(packet, out: wayToVM(turn.receiver))
    }
    let known = turn.progress.pointee.uplink
    let way = known >= 0 ? Int(known) : uplink
    let bridged = setup.mode == .bridged && turn.receiver != .host
    taps?.arriving(packet, on: way, bridged: bridged)
    return host.packetArriving(packet, link: arrivingLink(turn), on: way)
  }

  /// The index on the host of a party that is one of its VMs; nil for others.
  @inline(__always)
  func machine(_ party: Party) -> Int? {
    guard case .vm(let number) = party, number >= 0, Int(number) < machines.count else {
      return nil
    }
    return machines[Int(number)]
  }

  /// The link header of a packet that arrives on the uplink: only the bridge asks for addresses.
  private func arrivingLink(_ turn: PacketTurn) -> LinkHeader {
    guard setup.mode == .bridged, let vm = machine(turn.receiver) else {
      return LinkHeader(etherType: turn.packet.pointee.link.etherType)
    }
    var link = turn.packet.pointee.link
    link.destination = host.machines[vm].mac
    return link
  }

  /// The bridge for packets to a VM: the recording shows that they went there.
  private func wayToVM(_ receiver: Party) -> Int? {
    machine(receiver).map { host.networks[host.machines[$0].network].bridge }
  }

  /// Remembers how the simulated pf translated the flow, for the packets of the other side.
  func learnTranslation(
    _ turn: PacketTurn, _ disposition: Disposition, _ fate: PacketFate, _ after: PacketEnds?
  ) {
    guard fate == .arrived, !turn.fields.isError, setup.mode != .bridged, let after else { return }
    let progress = turn.progress
    switch (turn.sender, disposition.fate) {
    case (.vm, .left), (.host, .left):
      if progress.pointee.uplink == disposition.outInterface,
        let outer = progress.pointee.outer, after.isSource(outer.address, outer.port)
      {
        return
      }
      guard let fields = fieldsNow else { return }
      progress.pointee.outer = FlowEnd(address: fields.source, port: fields.sourcePort)
      progress.pointee.uplink = disposition.outInterface
    case (.outside, .deliveredToVM) where turn.way == .question:
      guard let fields = fieldsNow else { return }
      progress.pointee.inner = FlowEnd(
        address: fields.destination, port: fields.destinationPort)
      progress.pointee.uplink = disposition.inInterface
    default: break
    }
  }

  /// The fields of the packet in ``packet``; nil where they do not show both ends.
  private var fieldsNow: PacketFields? {
    let fields = PacketFields(packet.base, count: packet.count)
    return fields.completeness == .malformed || fields.isFragment ? nil : fields
  }
}
