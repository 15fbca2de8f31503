/// A packet's path through a host, as `pfsim explain` tells it.
public struct PathReport: Sendable, Hashable {
  /// The mode, nil for packets that come from no VM.
  public var mode: NetworkMode?
  /// The packet at the start.
  public var packet: String
  /// The stations.
  public var hops: [Hop]
  /// What became of it.
  public var disposition: Disposition
  /// What pf itself sent.
  public var emissions: [Emission]

  /// Makes a report.
  public init(
    mode: NetworkMode?, packet: String, hops: [Hop], disposition: Disposition,
    emissions: [Emission]
  ) {
    self.mode = mode
    self.packet = packet
    self.hops = hops
    self.disposition = disposition
    self.emissions = emissions
  }

  /// The whole path's verdict in a word: `pass`, `block`, `lost`, `not-seen-by-pf`, ….
  public var verdict: String {
    switch disposition.fate {
    case .deliveredToHost, .deliveredToVM, .left, .switched:
      if disposition.leftWithPrivateSource { return "lost" }
      if disposition.fate == .switched, !disposition.isSeenByPF { return "not-seen-by-pf" }
      return disposition.isSeenByPF ? "pass" : "not-seen-by-pf"
    case .dropped: return dropWord
    case .held: return "held"
    case .consumed: return "consumed"
    case .undetermined: return "undetermined"
    }
  }

  private var dropWord: String {
    switch disposition.cause {
    case .pf: "block"
    case .softnet: "dropped-by-softnet"
    case .isolation: "dropped-by-isolation"
    case .noRoute, .noSuchStation: "lost"
    default: "dropped"
    }
  }

  /// The report for people: a line for each station and what decided there.
  public var text: String {
    var text = packet + (mode.map { "  (mode \($0.rawValue))" } ?? "") + "\n"
    for (index, hop) in hops.enumerated() {
      text += "  \(index + 1). \(Self.line(hop))\n"
      if let rule = hop.rule { text += "       rule: \(rule.text)  [\(rule.place)]\n" }
      if let rule = hop.translationRule {
        text += "       translation rule: \(rule.text)  [\(rule.place)]\n"
      }
      if !hop.translation.isEmpty { text += "       translated: \(hop.translation)\n" }
      if let state = hop.stateWord { text += "       state: \(state)\n" }
      if let room = hop.stateRoom { text += "       states at most: \(room.text)\n" }
      for note in hop.ruleNotes {
        text += "       @\(note.rule.number) \(note.rule.text)  [\(note.rule.place)]: "
        text += note.outcome + "\n"
      }
    }
    for emission in emissions {
      let ends = emission.bytes.withUnsafeBytes { PacketEnds($0) }
      text += "  pf sends: \(ends?.description ?? "a packet")\n"
    }
    return text + "verdict: \(verdict)\n"
  }

  static func line(_ hop: Hop) -> String {
    var parts: [String] = []
    switch hop.stage {
    case .pf: parts.append("pf \(hop.directionName) on \(hop.interface)")
    default: parts.append(hop.stage.word + (hop.interface.isEmpty ? "" : " \(hop.interface)"))
    }
    parts.append(hop.verdict)
    return parts.joined(separator: ": ") + (hop.reason.isEmpty ? "" : " (\(hop.reason))")
  }

  /// The report with the contract's keys.
  public var json: [JSONValue.Member] {
    [
      .init("mode", .optional(mode?.rawValue)), .init("packet", .string(packet)),
      .init("hops", .array(hops.map(\.json))), .init("verdict", .string(verdict)),
      .init(
        "emitted",
        .array(
          emissions.map { emission in
            let ends = emission.bytes.withUnsafeBytes { PacketEnds($0) }
            return .optional(ends?.description)
          })),
    ]
  }
}
