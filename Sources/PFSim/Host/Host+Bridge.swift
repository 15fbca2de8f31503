extension Host {
  /// A frame on the bridge of a shared or host network.
  func sharedFromVM(
    _ packet: PacketBuffer, _ link: LinkHeader, vm: Int, _ disposition: inout Disposition
  ) {
    let network = live.machines[vm].network
    guard link.etherType == EtherType.ipv4 || link.etherType == EtherType.ipv6 else {
      let isARP = link.etherType == EtherType.arp
      note(.bridge, isARP ? "host" : "drop", isARP ? "ARP never meets pf" : "not IP")
      disposition.end(
        isARP ? .deliveredToHost : .dropped, .bridge, isARP ? .none : .notIP)
      return
    }
    guard let header = RoutedHeader(packet.bytes) else {
      disposition.end(.dropped, .bridge, .malformed)
      return
    }
    switch station(for: header, link, network, from: vm) {
    case .host:
      input(packet, on: live.networks[network].bridge, &disposition)
    case .sibling(let sibling):
      switchToSibling(packet, link, sibling, from: vm, &disposition)
    }
  }

  private enum Station {
    case host
    /// Another port; -1 for one that is not known.
    case sibling(Int)
  }

  /// Whom the bridge hands the frame to.
  private func station(
    for header: RoutedHeader, _ link: LinkHeader, _ network: Int, from vm: Int
  ) -> Station {
    if link.destination?.isGroup == true || header.isToMulticast || header.isToLimitedBroadcast {
      return .host
    }
    if let destination = link.destination {
      if destination == live.networks[network].hostMAC { return .host }
      if let other = sibling(of: vm, where: { $0.mac == destination }) { return .sibling(other) }
    }
    if let other = sibling(of: vm, where: { $0.address == header.destination }) {
      return .sibling(other)
    }
    let owner = live.routing.owner(of: header.destination, header.family)
    let isOnLink = live.networks[network].contains(header.destination, header.family)
    let isBroadcast = live.routing.isBroadcast(
      header.destination, on: Int32(live.networks[network].bridge))
    return isOnLink && owner < 0 && !isBroadcast ? .sibling(-1) : .host
  }

  private func sibling(of vm: Int, where matches: (Wiring.Port) -> Bool) -> Int? {
    let ports = wiring.ports
    return (0..<ports.count).first {
      $0 != vm && ports.base[$0].isRunning && ports.base[$0].network == ports.base[vm].network
        && matches(ports.base[$0])
    }
  }

  private func switchToSibling(
    _ packet: PacketBuffer, _ link: LinkHeader, _ sibling: Int, from vm: Int,
    _ disposition: inout Disposition
  ) {
    use(.isolation)
    if live.networks[live.machines[vm].network].isIsolated {
      note(.bridge, "drop", Disposition.Cause.isolation.sentence)
      disposition.end(.dropped, .bridge, .isolation)
      return
    }
    guard sibling >= 0 else {
      note(.bridge, "drop", Disposition.Cause.noSuchStation.sentence)
      disposition.end(.dropped, .bridge, .noSuchStation)
      return
    }
    note(.bridge, "switched", "the bridge switches between VMs; pf does not see it")
    hand(packet, link, to: sibling, .switched, &disposition)
  }

  /// A packet of the host's stack leaves on a bridge: to the VM that has its destination.
  func deliverToVM(
    _ packet: PacketBuffer, _ header: RoutedHeader, network: Int, _ disposition: inout Disposition
  ) {
    var link = LinkHeader(etherType: header.family == .inet ? EtherType.ipv4 : EtherType.ipv6)
    if header.isToMulticast || header.isToLimitedBroadcast { link.destination = .broadcast }
    guard let vm = receiver(of: header, network: network) else {
      note(
        .bridge, "drop", Disposition.Cause.noSuchStation.sentence,
        interface: live.networks[network].bridge)
      disposition.end(.dropped, .bridge, .noSuchStation)
      return
    }
    if link.destination == nil { link.destination = wiring.ports.base[vm].mac }
    hand(packet, link, to: vm, .deliveredToVM, &disposition)
  }

  /// The VM with the packet's destination; groups and VMs of unknown address take the first.
  private func receiver(of header: RoutedHeader, network: Int) -> Int? {
    if live.isDetached { return nil }
    let ports = wiring.ports
    var candidate: Int?
    for index in 0..<ports.count {
      let port = ports.base + index
      guard port.pointee.network == network, port.pointee.isRunning else { continue }
      if port.pointee.address == header.destination { return index }
      let isOpen =
        header.family == .inet6 || port.pointee.address == nil || header.isToMulticast
        || header.isToLimitedBroadcast
        || live.routing.isBroadcast(header.destination, on: Int32(live.networks[network].bridge))
      if isOpen, candidate == nil { candidate = index }
    }
    return candidate
  }

  /// Gives a frame to a VM, through Softnet where it has one.
  func hand(
    _ packet: PacketBuffer, _ link: LinkHeader, to vm: Int, _ fate: Disposition.Fate,
    _ disposition: inout Disposition
  ) {
    disposition.vm = Int32(vm)
    if wiring.ports.base[vm].hasSoftnet,
      let decision = live.machines[vm].softnet?.toVM(link, payload: packet.bytes, at: filter.now)
    {
      disposition.softnetRow = decision.row
      if live.recordsPath { noteSoftnet(decision, vm: vm) }
      if decision.row == .h4 { updateExposedPorts(of: vm) }
      guard decision.passes else {
        disposition.end(.dropped, .softnet, .softnet)
        return
      }
    }
    note(.deliver, "vm", live.machines[vm].description.name)
    disposition.end(fate, .deliver)
  }
}
