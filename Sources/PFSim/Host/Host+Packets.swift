extension Host {
  /// Takes a frame that a VM sends.
  ///
  /// `packet` holds what the frame carries (IP, ARP, …) and afterwards the packet as it left.
  /// - Parameters:
  ///   - link: The Ethernet header; unknown addresses are assumed.
  ///   - vm: The VM's index in ``machines``.
  /// - Complexity: No allocation while ``recordsPath`` is off.
  public func packetFromVM(
    _ packet: PacketBuffer, link: LinkHeader, vm: Int = 0
  ) -> Disposition {
    beginPath()
    let ports = wiring.ports
    guard vm >= 0, vm < ports.count, ports.base[vm].isRunning,
      !live.isDetached || ports.base[vm].isBridged
    else { return .dropped(.bridge, .absent) }
    if !ports.base[vm].isLearnt { learn(link, packet, vm: vm) }
    var disposition = Disposition()
    if wiring.ports.base[vm].hasSoftnet {
      let decision = softnetFromVM(packet, link, vm: vm)
      disposition.softnetRow = decision.row
      if !decision.passes {
        disposition.end(.dropped, .softnet, .softnet)
        return disposition
      }
    }
    if wiring.ports.base[vm].isBridged {
      bridgedFromVM(packet, link, vm: vm, &disposition)
    } else {
      sharedFromVM(packet, link, vm: vm, &disposition)
    }
    return disposition
  }

  /// Takes a packet that arrives on an interface from outside: an uplink or a tunnel.
  /// - Parameter link: The Ethernet header where there is one.
  public func packetArriving(
    _ packet: PacketBuffer, link: LinkHeader = LinkHeader(), on interface: Int
  ) -> Disposition {
    beginPath()
    var disposition = Disposition()
    guard live.interfaces.indices.contains(interface), live.isPresent[interface] else {
      disposition.end(.dropped, .deliver, .absent)
      return disposition
    }
    if let vm = bridgedTarget(of: packet, link, on: interface) {
      switchToVM(packet, link, vm: vm, from: interface, &disposition)
      return disposition
    }
    input(packet, on: interface, &disposition)
    return disposition
  }

  /// Takes a packet that the host itself sends.
  /// - Parameter interface: The way out where the sender's socket fixes it; nil asks the routes.
  public func packetFromHost(_ packet: PacketBuffer, out interface: Int? = nil) -> Disposition {
    beginPath()
    var disposition = Disposition()
    guard let header = RoutedHeader(packet.bytes) else {
      disposition.end(.dropped, .route, .malformed)
      return disposition
    }
    packet.receivedOn = -1
    let isOwn = live.routing.owner(of: header.destination, header.family) >= 0
    let found =
      isOwn ? 0 : interface ?? Int(live.routing.interface(for: header.destination, header.family))
    guard found >= 0 else {
      note(.route, "drop", "no route to \(header.destinationText)")
      disposition.end(.dropped, .route, .noRoute)
      return disposition
    }
    output(packet, on: found, &disposition)
    if live.interfaces[found].isLoopback, disposition.fate == .left {
      // KERNEL: packets looped back locally come in on lo0 whatever address they carry.
      input(packet, on: found, &disposition)
    }
    return disposition
  }

  /// Shows a packet to one hook only, as `in on IF` and `out on IF` of the packet notation ask.
  /// - Parameter receivedOn: For out: the interface that a forwarded packet came in on, nil for
  ///   the host's own packets.
  public func hook(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int, receivedOn: Int? = nil
  ) -> Disposition {
    beginPath()
    var disposition = Disposition()
    packet.receivedOn = Int32(receivedOn ?? -1)
    let passes = pf(packet, direction, on: interface, &disposition)
    if passes {
      disposition.end(
        direction == .in ? .deliveredToHost : .left, .pf, .none)
    }
    return disposition
  }

  private func beginPath() {
    if live.recordsPath { live.path.removeAll(keepingCapacity: true) }
    if !live.emissions.isEmpty { live.emissions.removeAll(keepingCapacity: true) }
  }

  /// Learns the VM's addresses and the bridge's Ethernet address from a frame.
  @inline(never)
  private func learn(_ link: LinkHeader, _ packet: PacketBuffer, vm: Int) {
    if wiring.ports.base[vm].mac == nil, link.source != nil { machines[vm].mac = link.source }
    let index = wiring.ports.base[vm].network
    guard link.etherType == EtherType.ipv4,
      wiring.ports.base[vm].address == nil || live.networks[index].hostMAC == nil,
      let header = RoutedHeader(packet.bytes)
    else { return }
    if wiring.ports.base[vm].address == nil, live.networks[index].contains(header.source, .inet) {
      machines[vm].address = IPAddress(family: .inet, bits: header.source)
    }
    if live.networks[index].hostMAC == nil, let destination = link.destination,
      !destination.isGroup,
      live.networks[index].gateway != nil, !header.isNotForwardable,
      live.networks[index].gateway?.bits == header.destination
        || !live.networks[index].contains(header.destination, .inet)
    {
      networks[index].hostMAC = destination
    }
  }

  private func softnetFromVM(
    _ packet: PacketBuffer, _ link: LinkHeader, vm: Int
  ) -> Softnet.Decision {
    let decision =
      live.machines[vm].softnet?.fromVM(link, payload: packet.bytes, at: filter.now)
      ?? Softnet.Decision(passes: true, row: .none)
    if live.recordsPath { noteSoftnet(decision, vm: vm) }
    return decision
  }
}

extension Disposition {
  /// Ends the path.
  mutating func end(_ fate: Fate, _ stage: Stage, _ cause: Cause = .none) {
    self.fate = fate
    self.stage = stage
    self.cause = cause
  }

  /// A packet dropped before anything was known of it.
  static func dropped(_ stage: Stage, _ cause: Cause) -> Disposition {
    var disposition = Disposition()
    disposition.end(.dropped, stage, cause)
    return disposition
  }
}
