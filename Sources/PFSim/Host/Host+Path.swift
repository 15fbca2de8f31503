extension Host {
  /// Notes a station of the path.
  @inline(__always)
  func note(
    _ stage: Disposition.Stage, _ verdict: @autoclosure () -> String,
    _ reason: @autoclosure () -> String = "", interface: Int? = nil
  ) {
    guard live.recordsPath else { return }
    addHop(stage, verdict(), reason(), interface)
  }

  private func addHop(
    _ stage: Disposition.Stage, _ verdict: String, _ reason: String, _ interface: Int?
  ) {
    let name = interface.map { interfaces[$0].name } ?? ""
    path.append(Hop(interface: name, stage: stage, verdict: verdict, reason: reason))
  }

  /// Notes Softnet's decision.
  func noteSoftnet(_ decision: Softnet.Decision, vm: Int) {
    let verdict = decision.passes ? "pass" : "drop"
    path.append(
      Hop(
        stage: .softnet, verdict: verdict,
        reason: "row \(decision.row.name): \(decision.row.sentence)"))
  }

  /// Notes what pf did at a hook.
  func noteHook(
    _ result: HookResult, _ direction: Direction, _ interface: Int, _ before: PacketEnds?,
    _ packet: PacketBuffer
  ) {
    var hop = Hop(
      interface: interfaces[interface].name, direction: direction, stage: .pf,
      verdict: result.word)
    hop.result = result
    hop.rule = describe(result.rule)
    hop.translationRule = describe(result.translationRule)
    hop.reason = explanation(of: result)
    if result.state == .created {
      let room = filter.stateRoom(of: result.rule)
      hop.stateRoom = room.isSpecial ? room : nil
    }
    if let before, let after = PacketEnds(packet.bytes), after.differs(from: before) {
      hop.translation = "\(before) → \(after)"
    }
    path.append(hop)
  }

  /// Adds to the last hop why each rule did or did not decide.
  func noteRules(_ trace: EvaluationTrace) {
    guard let last = path.indices.last else { return }
    path[last].ruleNotes = RuleWalkNotes(trace, filter: filter).notes(describe: describe)
  }

  /// A rule with its text and place; nil for none and the default rule.
  public func describe(_ reference: RuleReference) -> RuleDescription? {
    guard let rule = filter.rule(reference) else { return nil }
    return RuleDescription(
      text: rule.text(), location: rule.provenance.location,
      anchor: filter.anchorPath(of: reference), number: reference.number)
  }

  private func explanation(of result: HookResult) -> String {
    if !result.isSeen {
      return filter.isEnabled ? "pf skips this packet" : "pf is off"
    }
    if result.verdict == .block, result.reason != .match { return result.reason.name }
    if result.rule == .defaultRule { return "no rule matches: the default rule passes" }
    return ""
  }
}

extension HookResult {
  /// The verdict in a word or two.
  var word: String {
    switch verdict {
    case .pass: isSeen ? "pass" : "not seen"
    case .block: isHeld ? "held" : "block"
    case .synproxyDrop: "synproxy"
    case .consumed: "routed"
    case .nat64: "nat64"
    case .undetermined: "undetermined"
    }
  }
}

extension RoutedHeader {
  /// The destination as text.
  var destinationText: String { IPAddress(family: family, bits: destination).description }
}

extension Disposition.Cause {
  /// The cause in a sentence without a full stop.
  public var sentence: String {
    switch self {
    case .none: ""
    case .pf: "pf blocked it"
    case .softnet: "Softnet dropped it"
    case .isolation: "both ports of the bridge are isolated (PRIVATE)"
    case .noSuchStation: "nobody on the bridge has this address"
    case .noRoute: "the host has no route to the destination"
    case .notForwarding: "net.inet.ip.forwarding is 0"
    case .notForwardable: "broadcast, multicast and link-local packets are not forwarded"
    case .timeExceeded: "the TTL ran out; the host answers with ICMP time exceeded"
    case .tooBig: "larger than the MTU and not to be fragmented; the host answers with ICMP"
    case .malformed: "the header is malformed"
    case .notIP: "neither IP nor ARP"
    case .absent: "the interface or VM is not there"
    }
  }
}

extension SoftnetRow {
  /// What the row says, without a full stop.
  public var sentence: String {
    switch self {
    case .none: ""
    case .v1, .h1: "shorter than an Ethernet header"
    case .v2: "the source address is not the VM's"
    case .v3: "the ARP packet is too short"
    case .v4: "ARP from another hardware address"
    case .v5: "ARP with odd address lengths ends the Softnet process"
    case .v6: "ARP from the leased address"
    case .v7: "ARP from another address than the leased one, or the lease ran out"
    case .v8: "ARP without a lease: only probes pass"
    case .v9: "neither ARP nor IPv4"
    case .v10: "malformed IPv4"
    case .v11: "the source is the leased address"
    case .v12: "an --allow prefix holds the destination"
    case .v13: "a --block prefix holds the destination"
    case .v14: "the destination is global"
    case .v15: "the destination is the gateway"
    case .v16: "a DNS server of the lease, or a malformed UDP header"
    case .v17: "malformed UDP header"
    case .v18: "a DHCP broadcast"
    case .v19: "neither global nor allowed, or not from the leased address"
    case .h2: "ARP and IPv4 pass to the VM"
    case .h3: "neither ARP nor IPv4"
    case .h4: "a DHCP answer, which Softnet learns from"
    }
  }
}
