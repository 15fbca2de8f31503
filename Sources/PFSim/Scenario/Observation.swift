/// What was seen of one packet of a scenario.
struct Observation {
  /// The packet at the start and as it was in the end.
  var before: [UInt8]
  var after: [UInt8]
  var disposition: Disposition
  var hops: [Hop]
  var emissions: [Emission]
  /// The VM that sent it, -1 for others.
  var sender: Int32 = -1

  /// The ends at the start.
  var endsBefore: PacketEnds? { before.withUnsafeBytes { PacketEnds($0) } }
  /// The ends in the end.
  var endsAfter: PacketEnds? { after.withUnsafeBytes { PacketEnds($0) } }

  /// Whether the packet got to somebody.
  var arrived: Bool {
    switch disposition.fate {
    case .deliveredToHost, .deliveredToVM, .switched: true
    case .left: !disposition.leftWithPrivateSource
    case .dropped, .held, .consumed, .undetermined: false
    }
  }

  /// The hook that decided: the one that dropped the packet, else the last that saw it.
  var decidingHop: Hop? { hops.last { $0.stage == .pf && $0.result?.isSeen == true } }

  /// The path for people.
  var pathLines: [String] {
    let report = PathReport(
      mode: nil, packet: endsBefore?.description ?? "frame", hops: hops,
      disposition: disposition, emissions: emissions)
    return report.text.split(separator: "\n").map(String.init)
  }

  /// The verdict as `pfsim explain` gives it.
  var verdict: String {
    PathReport(
      mode: nil, packet: "", hops: hops, disposition: disposition, emissions: emissions
    ).verdict
  }
}

extension Hop {
  /// The station as scenarios write it, nil for those that decide nothing.
  var scenarioLine: String? {
    switch stage {
    case .pf: return pfLine
    case .softnet: return "softnet \(verdict) \(reason)"
    case .bridge: return "bridge \(verdict)" + (reason.isEmpty ? "" : " \(reason)")
    case .route, .forward: return verdict == "drop" ? "host drop \(reason)" : nil
    case .deliver: return nil
    }
  }

  private var pfLine: String {
    var line = "\(directionName) \(interface) \(verdict)"
    if let rule {
      line += " by \(rule.place)"
    } else if result?.rule == .defaultRule {
      line += " by default"
    }
    if !translation.isEmpty { line += ", \(translation)" }
    return line
  }
}
