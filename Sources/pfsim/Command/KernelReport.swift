import Foundation
import PFSim

/// What a filter did, in the words of the kernel's vectors.
struct KernelReport {
  let filter: PacketFilter

  init(_ filter: PacketFilter) { self.filter = filter }

  /// The action's name.
  static func name(_ action: RuleAction) -> String {
    switch action {
    case .pass: "pass"
    case .block: "block"
    case .scrub: "scrub"
    case .noScrub: "no-scrub"
    case .nat: "nat"
    case .noNat: "no-nat"
    case .binat: "binat"
    case .noBinat: "no-binat"
    case .rdr: "rdr"
    case .noRdr: "no-rdr"
    case .synproxyDrop: "synproxy-drop"
    case .dummynet: "dummynet"
    case .noDummynet: "no-dummynet"
    case .nat64: "nat64"
    case .noNat64: "no-nat64"
    }
  }

  // MARK: Packets

  /// The fields of one hook.
  func verdict(_ result: HookResult) -> [String: Any] {
    var got: [String: Any] = [
      "verdict": Self.name(result.verdict), "reason": result.reason.name,
      "counters": Reason.allCases.filter { result.counters >> UInt32($0.rawValue) & 1 != 0 }
        .map(\.name),
      "rule": number(result.rule), "ruleaction": NSNull(), "anchor": "",
      "anchorrule": number(result.anchorRule), "natrule": number(result.translationRule),
      "state": ["none", "created", "matched"][Int(result.state.rawValue)],
      "log": result.logFlags, "tag": Int(result.tag),
    ]
    if result.rule != .none {
      got["ruleaction"] = Self.name(filter.rule(result.rule)?.action ?? .pass)
      got["anchor"] = path(result.rule)
    }
    if result.translationRule != .none {
      got["nataction"] = Self.name(filter.rule(result.translationRule)?.action ?? .pass)
      got["natanchor"] = path(result.translationRule)
    }
    if result.stateID >= 0 { got["stateid"] = Int(result.stateID) }
    if result.isHeld { got["held"] = true }
    return got
  }

  private static func name(_ verdict: Verdict) -> String {
    switch verdict {
    case .pass: "pass"
    case .block: "block"
    case .synproxyDrop: "synproxy-drop"
    case .consumed: "consumed"
    case .nat64: "nat64"
    case .undetermined: "undetermined"
    }
  }

  private func path(_ rule: RuleReference) -> String {
    rule.number == -2 ? "(removed)" : filter.anchorPath(of: rule)
  }

  private func number(_ reference: RuleReference) -> Any {
    reference == .none ? NSNull() : Int(reference.number)
  }

  /// The packets that pf made.
  var generated: [[String: Any]] {
    var entries: [[String: Any]] = []
    var pieces: [EmittedPacket] = []
    for packet in filter.emitted {
      if let following = packet.followingPieces {
        pieces.append(packet)
        guard following == 0 else { continue }
        entries += cut(pieces)
        pieces = []
      } else {
        entries.append(entry(packet, packet.bytes))
      }
    }
    return entries
  }

  private func entry(_ packet: EmittedPacket, _ bytes: [UInt8]) -> [String: Any] {
    let isIPv6 = bytes.first.map { $0 >> 4 == 6 } ?? false
    let name = packet.interface.map { filter.interfaces[$0].name }
    return [
      "via": name != nil ? "route" : isIPv6 ? "ip6_output" : "ip_output", "if": name ?? "",
      "pf_skip": packet.skipsFilter, "hex": bytes.hexadecimal,
    ]
  }

  /// The entries of a packet that was cut.
  ///
  /// Where the vectors were made `ip_fragment` was a stub that recorded the whole packet, its
  /// length in host order, and handed it on.
  private func cut(_ pieces: [EmittedPacket]) -> [[String: Any]] {
    var whole = pieces[0].bytes
    let header = Int(whole[0] & 15) * 4
    for piece in pieces.dropFirst() { whole += piece.bytes[header...] }
    // What the packet was a fragment of itself, its first and last piece still tell.
    whole[6] = whole[6] & 0x1f | (pieces.last?.bytes[6] ?? 0) & 0x20
    for place in [10, 11] { whole[place] = 0 }
    whole[2] = UInt8(truncatingIfNeeded: whole.count >> 8)
    whole[3] = UInt8(truncatingIfNeeded: whole.count)
    var sum = stride(from: 0, to: header, by: 2).reduce(0) {
      $0 + Int(whole[$1]) << 8 + Int(whole[$1 + 1])
    }
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    whole[10] = UInt8(truncatingIfNeeded: ~sum >> 8)
    whole[11] = UInt8(truncatingIfNeeded: ~sum)
    whole.swapAt(2, 3)
    var first = entry(pieces[0], whole)
    first["via"] = "ip_fragment"
    return [first, entry(pieces[0], whole)]
  }

  /// A pass through pf on another interface.
  func nested(_ hook: NestedHook) -> [String: Any] {
    [
      "if": filter.interfaces[hook.interface].name, "dir": "out",
      "action": Self.name(hook.result.verdict == .consumed ? .pass : hook.result.verdict),
      "reason": hook.result.reason.name,
      "rule": Int(hook.result.rule.number),
    ]
  }

  // MARK: The end

  /// Everything that is compared at the end.
  var final: [String: Any] {
    [
      "rules": rules, "states": filter.stateSnapshots.map(state),
      "src_nodes": Self.sorted(filter.sourceNodeSnapshots.map(sourceNode)), "tables": tables,
      "info": info,
      "ifs": interfaces,
    ]
  }

  /// Source nodes by address; the kernel's order is that of its rules' places in memory.
  static func sorted(_ nodes: [[String: Any]]) -> [[String: Any]] {
    func key(_ node: [String: Any]) -> String {
      "\(node["addr"] ?? "") \(node["rule"] ?? "")"
    }
    return nodes.sorted { key($0) < key($1) }
  }

  private var rules: [[String: Any]] {
    let kinds: [(RuleKind, String)] = [
      (.scrub, "scrub"), (.filter, "filter"), (.nat, "nat"), (.binat, "binat"), (.rdr, "rdr"),
      (.dummynet, "dummynet"),
    ]
    let paths = filter.anchorPaths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return paths.flatMap { anchor in
      kinds.flatMap { kind, name in
        filter.rules(kind, anchor: anchor).map { rule($0, name, anchor) }
      }
    }
  }

  private func rule(_ snapshot: RuleSnapshot, _ kind: String, _ anchor: String) -> [String: Any] {
    let traffic = snapshot.counters.traffic
    var got: [String: Any] = [
      "type": kind, "anchor": anchor, "nr": Int(snapshot.reference.number),
      "action": Self.name(snapshot.rule.action), "text": snapshot.rule.text(),
      "evaluations": snapshot.counters.evaluations, "packets_in": traffic.packetsIn,
      "packets_out": traffic.packetsOut, "bytes_in": traffic.bytesIn,
      "bytes_out": traffic.bytesOut, "packets": traffic.packetsIn + traffic.packetsOut,
      "bytes": traffic.bytesIn + traffic.bytesOut, "states": snapshot.counters.states,
      "src_nodes": snapshot.counters.sourceNodes,
    ]
    if kind == "dummynet" { got["text"] = nil }
    if !snapshot.rule.label.isEmpty { got["label"] = snapshot.rule.label }
    if let call = snapshot.rule.anchorCall {
      got["calls"] = call.path
      got["wildcard"] = call.wildcard
    }
    return got
  }

  private func state(_ state: StateSnapshot) -> [String: Any] {
    guard !state.isUnlinked else {
      return ["id": Int(state.id), "unlinked": true]
    }
    var got: [String: Any] = [
      "id": Int(state.id), "if": state.interface, "proto": Int(state.proto.rawValue),
      "direction": state.direction == .out ? "out" : "in",
      "af": state.family == .inet6 ? 6 : 4, "lan": state.lan.address.description,
      "lan_port": Int(state.lan.port), "gwy": state.gateway.address.description,
      "gwy_port": Int(state.gateway.port), "ext_lan": state.remote.address.description,
      "ext_lan_port": Int(state.remote.port), "ext_gwy": state.remoteGateway.address.description,
      "ext_gwy_port": Int(state.remoteGateway.port), "src_state": Int(state.source.state),
      "dst_state": Int(state.destination.state),
      "packets": [state.packetsForward, state.packetsBackward],
      "bytes": [state.bytesForward, state.bytesBackward], "creation": Int(state.creation),
      "expire": Int(state.lastPacket), "expires": Int(state.expires),
      "rule": Int(state.rule.number), "anchor": path(state.rule),
      "anchorrule": number(state.anchorRule), "natrule": number(state.translationRule),
      "src_node": state.hasSourceNode, "tag": Int(state.tag),
      "timeout": Int(state.timeout?.rawValue ?? 27),
    ]
    if state.timeout == nil { got["expires"] = -1 }
    if state.proto == .esp {
      // An SPI shows its upper half, where others have their port.
      for (key, host) in [
        ("lan_port", state.lan), ("gwy_port", state.gateway), ("ext_lan_port", state.remote),
        ("ext_gwy_port", state.remoteGateway),
      ] { got[key] = Int(host.port >> 16) }
    }
    if state.proto == .tcp {
      got["src"] = peer(state.source)
      got["dst"] = peer(state.destination)
    }
    return got
  }

  private func peer(_ peer: StateSnapshot.Peer) -> [String: Any] {
    [
      "seqlo": Int(peer.sequenceLow), "seqhi": Int(peer.sequenceHigh),
      "max_win": Int(peer.maxWindow), "seqdiff": Int(peer.sequenceOffset),
      "wscale": Int(peer.windowScale),
    ]
  }

  private func sourceNode(_ node: SourceNodeSnapshot) -> [String: Any] {
    let traffic = node.traffic
    let none = node.address.family == .inet6 ? "::" : "0.0.0.0"
    return [
      "af": node.address.family == .inet6 ? 6 : 4, "addr": node.address.description,
      "raddr": node.translated?.description ?? none, "rule": number(node.rule),
      "states": node.states, "conn": node.connections,
      "packets": [traffic.packetsIn, traffic.packetsOut],
      "bytes": [traffic.bytesIn, traffic.bytesOut], "conn_rate": Int(node.rateCount),
      "expire": Int(node.expire),
    ]
  }
}
