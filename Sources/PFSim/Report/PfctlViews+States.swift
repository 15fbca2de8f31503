extension PfctlViews {
  /// `-s states`.
  public func states() -> String {
    host.filter.stateSnapshots.filter {
      !$0.isUnlinked && (interface == nil || $0.interface == interface)
    }.map { state in
      var text = line(state)
      if verbosity > 0 { text += details(state) }
      if verbosity > 1 { text += identity(state) }
      return text
    }.joined()
  }

  /// `-s Sources`.
  public func sources() -> String {
    host.filter.sourceNodeSnapshots.map { node in
      let any = node.address.family == .inet ? "0.0.0.0" : "::"
      let rate = Double(node.rateCount) / 1000
      return "\(node.address) -> \(node.translated?.description ?? any) ( states \(node.states), "
        + "connections \(node.connections), rate \(rate.oneDecimal)/\(node.rateSeconds)s )\n"
    }.joined()
  }

  private func line(_ state: StateSnapshot) -> String {
    let proto = ProtocolNames.name(of: state.proto.rawValue) ?? "\(state.proto.rawValue)"
    let isOut = state.direction == .out
    let arrow = isOut ? " -> " : " <- "
    var text = "\(state.interface) \(proto) "
    if state.lan != state.gateway { text += end(state.lan, state.proto) + arrow }
    text += end(state.gateway, state.proto) + arrow + end(state.remoteGateway, state.proto)
    // The left word belongs to the left address.
    let sides = isOut ? (state.source, state.destination) : (state.destination, state.source)
    return text + "       " + words(sides.0.state, sides.1.state, state.proto) + "\n"
  }

  private func end(_ host: StateSnapshot.Host, _ proto: IPProtocol) -> String {
    let isIPv6 = host.address.family == .inet6
    switch proto {
    case .tcp, .udp: return "\(host.address)" + (isIPv6 ? "[\(host.port)]" : ":\(host.port)")
    case .icmp, .icmpv6:
      if isIPv6 { return "\(host.address)[\(host.port)]" }
      return host.port == 0 ? "\(host.address)" : "\(host.address):\(host.port)"
    default: return "\(host.address)"
    }
  }

  private func words(_ left: UInt8, _ right: UInt8, _ proto: IPProtocol) -> String {
    let names: [String]
    switch proto {
    case .tcp: return tcpWords(left, right)
    case .icmp, .icmpv6: return "\(left):\(right)"
    case .gre, .esp: names = ["NO_TRAFFIC", "INITIATING", "ESTABLISHED"]
    default: names = ["NO_TRAFFIC", "SINGLE", "MULTIPLE"]
    }
    guard Int(left) < names.count, Int(right) < names.count else { return "\(left):\(right)" }
    return names[Int(left)] + ":" + names[Int(right)]
  }

  private func tcpWords(_ left: UInt8, _ right: UInt8) -> String {
    let names = [
      "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_1",
      "CLOSING", "LAST_ACK", "FIN_WAIT_2", "TIME_WAIT",
    ]
    if left == TCPState.proxySource || right == TCPState.proxySource { return "PROXY:SRC" }
    if left == TCPState.proxyDestination || right == TCPState.proxyDestination {
      return "PROXY:DST"
    }
    guard Int(left) < names.count, Int(right) < names.count else {
      return "<BAD STATE LEVELS \(left):\(right)>"
    }
    return names[Int(left)] + ":" + names[Int(right)]
  }

  private func details(_ state: StateSnapshot) -> String {
    var text = ""
    let isOut = state.direction == .out
    let sides = isOut ? (state.source, state.destination) : (state.destination, state.source)
    if state.proto == .tcp {
      let scales = sides.0.windowScale & 0x80 != 0 && sides.1.windowScale & 0x80 != 0
      text += "   " + window(sides.0, scales) + "  " + window(sides.1, scales) + "\n"
    }
    let age = now - min(now, UInt64(state.creation))
    let rest = state.expires > now ? state.expires - now : 0
    text += "   age \(ClockText.time(age)), expires in \(ClockText.time(rest)), "
    text += "\(state.packetsForward):\(state.packetsBackward) pkts, "
    text += "\(state.bytesForward):\(state.bytesBackward) bytes"
    if state.anchorRule.id >= 0 { text += ", anchor \(state.anchorRule.number)" }
    if state.rule.id > 0 { text += ", rule \(state.rule.number)" }
    if state.hasSourceNode { text += ", source-track" }
    if state.hasStickyAddress { text += ", sticky-address" }
    return text + "\n"
  }

  private func window(_ peer: StateSnapshot.Peer, _ scales: Bool) -> String {
    var text = "[\(peer.sequenceLow) + \(peer.sequenceHigh &- peer.sequenceLow)]"
    if peer.sequenceOffset != 0 { text += "(+\(peer.sequenceOffset))" }
    return scales ? text + " wscale \(peer.windowScale & 0x0f)" : text
  }

  private func identity(_ state: StateSnapshot) -> String {
    "   id: \(Self.hex(UInt64(bitPattern: state.id), 16)) creatorid: "
      + "\(Self.hex(UInt64(host.filter.statusInfo.hostID), 8))\n"
  }

  /// A number with leading zeros (`%0Nx`).
  static func hex(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
