extension Host {
  /// `ip_input`: the in hook, then the host's own stack or the way on.
  func input(_ packet: PacketBuffer, on interface: Int, _ disposition: inout Disposition) {
    packet.receivedOn = Int32(interface)
    guard pf(packet, .in, on: interface, &disposition) else { return }
    guard let header = RoutedHeader(packet.bytes) else {
      disposition.end(.dropped, .route, .malformed)
      return
    }
    let way = live.routing.way(of: header, from: Int32(truncatingIfNeeded: interface))
    if way == .host {
      note(.deliver, "host", "", interface: interface)
      disposition.end(.deliveredToHost, .deliver)
      return
    }
    forward(packet, header, to: Int(way.out), &disposition)
  }

  /// `ip_forward`: what lies between the two hooks.
  /// - Parameter out: The interface that the routes lead to, -1 for none.
  private func forward(
    _ packet: PacketBuffer, _ header: RoutedHeader, to out: Int, _ disposition: inout Disposition
  ) {
    use(.forwarding)
    if let cause = refusal(of: header) {
      note(.forward, "drop", cause.sentence)
      disposition.end(.dropped, .forward, cause)
      return
    }
    guard out >= 0 else {
      note(.route, "drop", "no route to \(header.destinationText)")
      disposition.end(.dropped, .route, .noRoute)
      return
    }
    if header.family == .inet6, packet.count > live.interfaces[out].mtu {
      tooBig(out, &disposition)
      return
    }
    RoutedHeader.decrementHopLimit(packet)
    note(
      .forward, "forward", "TTL \(header.hopLimit) → \(header.hopLimit &- 1)", interface: out)
    output(packet, on: out, &disposition)
  }

  private func refusal(of header: RoutedHeader) -> Disposition.Cause? {
    if !wiring.isForwarding { return .notForwarding }
    if header.isNotForwardable { return .notForwardable }
    return header.hopLimit <= 1 ? .timeExceeded : nil
  }

  /// `ip_output`: the out hook, then the interface.
  func output(_ packet: PacketBuffer, on interface: Int, _ disposition: inout Disposition) {
    disposition.outInterface = Int32(interface)
    guard pf(packet, .out, on: interface, &disposition) else { return }
    transmit(packet, on: interface, &disposition)
  }

  /// What happens behind the out hook: size, then the wire or the bridge's ports.
  func transmit(_ packet: PacketBuffer, on interface: Int, _ disposition: inout Disposition) {
    guard let header = RoutedHeader(packet.bytes) else {
      disposition.end(.dropped, .deliver, .malformed)
      return
    }
    if packet.count > live.interfaces[interface].mtu, header.mustNotFragment,
      packet.receivedOn >= 0,
      !packet.isSuperFrame
    {
      tooBig(interface, &disposition)
      return
    }
    let network = Int(wiring.networkOfInterface.base[interface])
    if network >= 0 {
      deliverToVM(packet, header, network: network, &disposition)
      return
    }
    if let vm = bridgedTarget(of: packet, LinkHeader(), on: interface) {
      // The bridge takes the host's own frames for its ports before they reach the wire.
      note(.deliver, "vm", live.machines[vm].description.name)
      disposition.vm = Int32(vm)
      disposition.end(.deliveredToVM, .deliver)
      return
    }
    disposition.leftWithPrivateSource = isPrivateVMSource(header)
    note(
      .deliver, disposition.leftWithPrivateSource ? "lost" : "left",
      disposition.leftWithPrivateSource
        ? "private source on egress: no answer can find its way back" : "",
      interface: interface)
    disposition.outInterface = Int32(interface)
    disposition.end(.left, .deliver)
  }

  private func tooBig(_ interface: Int, _ disposition: inout Disposition) {
    note(.forward, "drop", Disposition.Cause.tooBig.sentence, interface: interface)
    disposition.end(.dropped, .forward, .tooBig)
  }

  /// Whether the source belongs to a VM network, which nobody outside knows.
  private func isPrivateVMSource(_ header: RoutedHeader) -> Bool {
    guard header.family == .inet else { return header.source.high >> 57 == 0x7e }
    let networks = wiring.privateNetworks
    let source = header.source.ipv4
    for index in 0..<networks.count
    where source & networks.base[index].mask == networks.base[index].prefix {
      return true
    }
    return false
  }

  /// One hook: runs pf, keeps the result, routes what pf itself sends.
  /// - Returns: Whether the packet goes on.
  func pf(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int,
    _ disposition: inout Disposition
  ) -> Bool {
    if direction == .in {
      disposition.inInterface = Int32(truncatingIfNeeded: interface)
      pf(packet, direction, on: interface, into: &disposition.inbound)
    } else {
      disposition.outInterface = Int32(truncatingIfNeeded: interface)
      pf(packet, direction, on: interface, into: &disposition.outbound)
    }
    if !filter.emitted.isEmpty { routeEmitted() }
    let verdict =
      direction == .in ? disposition.inbound.verdict : disposition.outbound.verdict
    if verdict == .pass { return true }
    stop(direction == .in ? disposition.inbound : disposition.outbound, &disposition)
    return false
  }

  @inline(__always)
  private func pf(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int,
    into result: inout HookResult
  ) {
    if live.recordsPath || live.hasObserver {
      result = watchedHook(packet, direction, on: interface)
    } else {
      filter.process(packet, direction, on: interface, into: &result)
    }
  }

  /// Ends the path of a packet that pf did not pass.
  @inline(never)
  private func stop(_ result: HookResult, _ disposition: inout Disposition) {
    switch result.verdict {
    case .pass: break
    case .block: disposition.end(result.isHeld ? .held : .dropped, .pf, .pf)
    case .synproxyDrop, .consumed: disposition.end(.consumed, .pf, .pf)
    case .nat64, .undetermined: disposition.end(.undetermined, .pf, .pf)
    }
  }

  /// Runs pf for somebody who looks on: the observer, the path, the notes on rules.
  private func watchedHook(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int
  ) -> HookResult {
    let before = PacketEnds(packet.bytes)
    observer?.willMeet(packet, direction, on: interface)
    var trace: EvaluationTrace?
    let result: HookResult
    if live.recordsPath, recordsRules {
      let explained = filter.explain(packet, direction, on: interface)
      result = explained.result
      trace = explained.trace
    } else {
      result = filter.process(packet, direction, on: interface)
    }
    observer?.didMeet(packet, direction, on: interface, result: result)
    guard live.recordsPath else { return result }
    noteHook(result, direction, interface, before, packet)
    if let trace { noteRules(trace) }
    return result
  }

  /// Sends on what pf made: resets, ICMP errors, packets of routing options.
  private func routeEmitted() {
    let recorded = live.recordsPath
    let hops = live.path
    for packet in filter.emitted {
      live.recordsPath = false
      let buffer = PacketBuffer(capacity: packet.bytes.count + 64)
      buffer.assign(packet.bytes)
      buffer.generatedByFilter = packet.skipsFilter
      var disposition = Disposition()
      let header = RoutedHeader(buffer.bytes)
      let out =
        packet.interface
        ?? header.map { Int(live.routing.interface(for: $0.destination, $0.family)) } ?? -1
      if out < 0 {
        disposition.end(.dropped, .route, .noRoute)
      } else {
        disposition.outInterface = Int32(out)
        transmit(buffer, on: out, &disposition)
      }
      live.emissions.append(Emission(bytes: buffer.array, disposition: disposition))
    }
    live.recordsPath = recorded
    live.path = hops
  }
}

extension PacketBuffer {
  /// Whether the packet is longer than any Ethernet frame: offloading hardware cuts it later.
  var isSuperFrame: Bool {
    count > 1500 && bytes.count > 20
      && (bytes[0] >> 4 == 4 ? bytes[9] : bytes[6]) == IPProtocol.tcp.rawValue
  }
}
