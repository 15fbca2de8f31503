/// What one rule counted on a real Mac and what it counted here.
public struct RuleCounterComparison: Sendable, Hashable {
  /// The rule.
  public var rule: RuleDescription
  /// The list that holds it.
  public var kind: RuleKind
  /// What it had counted on the Mac.
  public var observed: HostSnapshot.RuleCount
  /// What it counted in the simulation.
  public var simulated: HostSnapshot.RuleCount

  /// Whether evaluations, packets and bytes agree; states come and go, and do not count.
  public var isEqual: Bool {
    observed.evaluations == simulated.evaluations && observed.packets == simulated.packets
      && observed.bytes == simulated.bytes
  }
}

extension Host {
  /// The counters of the snapshot's rules beside those of the simulation, rule by rule; rules that
  /// were replaced since are left out, and so are those whose counters the snapshot does not show.
  public var counterComparisons: [RuleCounterComparison] {
    guard let snapshot = configuration.snapshot else { return [] }
    return snapshot.anchors.flatMap { anchor in
      compare(anchor.rules, [.scrub, .filter], anchor.path, snapshot.file)
        + compare(anchor.nat, [.nat, .rdr, .binat], anchor.path, snapshot.file)
        + compare(anchor.dummynet, [.dummynet], anchor.path, snapshot.file)
    }
  }

  private func compare(
    _ view: HostSnapshot.RulesView, _ kinds: [RuleKind], _ path: String, _ file: String
  ) -> [RuleCounterComparison] {
    var details = view.details[...]
    var rows: [RuleCounterComparison] = []
    for kind in kinds {
      for listed in filter.rules(kind, anchor: path)
      where listed.rule.provenance.location?.file == file {
        guard let detail = details.popFirst() else { return rows }
        guard let observed = detail.count, let rule = describe(listed.reference) else { continue }
        let counters = listed.counters
        rows.append(
          RuleCounterComparison(
            rule: rule, kind: kind, observed: observed,
            simulated: HostSnapshot.RuleCount(
              evaluations: counters.evaluations,
              packets: counters.traffic.packetsIn &+ counters.traffic.packetsOut,
              bytes: counters.traffic.bytesIn &+ counters.traffic.bytesOut,
              states: UInt64(max(0, counters.states)))))
      }
    }
    return rows
  }
}
