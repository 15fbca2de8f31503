extension Host {
  /// A frame of a bridged VM: switched to the uplink; only the host's own addresses meet pf.
  func bridgedFromVM(
    _ packet: PacketBuffer, _ link: LinkHeader, vm: Int, _ disposition: inout Disposition
  ) {
    let uplink = networks[machines[vm].network].uplink
    guard link.etherType == EtherType.ipv4 || link.etherType == EtherType.ipv6,
      let header = RoutedHeader(packet.bytes)
    else {
      switched(out: uplink, &disposition)
      return
    }
    if routing.owner(of: header.destination, header.family) == Int32(uplink) {
      note(.bridge, "host", "the destination is the host's own address")
      input(packet, on: uplink, &disposition)
      return
    }
    let isGroup =
      link.destination?.isGroup == true || header.isToMulticast || header.isToLimitedBroadcast
      || routing.isBroadcast(header.destination, on: Int32(uplink))
    if isGroup {
      // The host's stack gets a copy beside the frame that goes out.
      let copy = PacketBuffer(capacity: packet.count + 64)
      copy.assign(packet.bytes)
      input(copy, on: uplink, &disposition)
    }
    if let other = machines.indices.first(where: {
      $0 != vm && machines[$0].isRunning && machines[$0].network == machines[vm].network
        && machines[$0].address?.bits == header.destination
    }) {
      disposition.vm = Int32(other)
      note(.bridge, "switched", "to \(machines[other].description.name)")
      disposition.end(.switched, .bridge)
      return
    }
    membersPF(packet, vm: vm, uplink: uplink, &disposition)
  }

  /// Up to macOS 10.14 the bridge shows members' frames to pf; later ones pass unseen.
  private func membersPF(
    _ packet: PacketBuffer, vm: Int, uplink: Int, _ disposition: inout Disposition
  ) {
    if configuration.profile.bridgeFiltersMembers {
      packet.receivedOn = Int32(machines[vm].port)
      guard pf(packet, .in, on: machines[vm].port, &disposition),
        pf(packet, .out, on: uplink, &disposition)
      else { return }
    }
    switched(out: uplink, &disposition)
  }

  private func switched(out uplink: Int, _ disposition: inout Disposition) {
    note(
      .bridge, "switched", "bridged frames never meet pf", interface: uplink)
    disposition.outInterface = Int32(uplink)
    disposition.end(.switched, .bridge)
  }

  /// The bridged VM that a frame arriving on an uplink is for, nil for the host's own.
  func bridgedTarget(of packet: PacketBuffer, _ link: LinkHeader, on interface: Int) -> Int? {
    guard wiring.hasBridgedNetwork,
      networks.contains(where: { $0.uplink == interface && isPresent[$0.bridge] })
    else { return nil }
    let header = RoutedHeader(packet.bytes)
    return machines.indices.first { index in
      let machine = machines[index]
      guard machine.isRunning, networks[machine.network].uplink == interface else { return false }
      if let mac = machine.mac, mac == link.destination { return true }
      return machine.address != nil && machine.address?.bits == header?.destination
    }
  }

  /// Switches a frame from the uplink to a bridged VM.
  func switchToVM(
    _ packet: PacketBuffer, _ link: LinkHeader, vm: Int, from uplink: Int,
    _ disposition: inout Disposition
  ) {
    if configuration.profile.bridgeFiltersMembers {
      packet.receivedOn = Int32(uplink)
      guard pf(packet, .in, on: uplink, &disposition),
        pf(packet, .out, on: machines[vm].port, &disposition)
      else { return }
    }
    note(.bridge, "switched", "bridged frames never meet pf", interface: uplink)
    disposition.vm = Int32(vm)
    disposition.end(.switched, .bridge)
  }
}
