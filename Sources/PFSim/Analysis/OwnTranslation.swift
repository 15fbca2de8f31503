/// What the file's own nat rules do for the VM network.
enum OwnTranslation {
  /// They translate nothing of it.
  case none
  /// They leave packets untranslated on these uplinks.
  case partial(uplinks: [String])
  /// They translate every packet on every uplink.
  case complete
  /// It depends on more than the file shows.
  case open

  /// What the lack of the sharing service's rules means then.
  var loss: String {
    switch self {
    case .none:
      "packets of VMs leave untranslated, with a private source, and no reply returns"
    case .partial(let uplinks):
      "the file's own nat rules leave packets of VMs untranslated on "
        + uplinks.joined(separator: ", ") + ": they have a private source, and no reply returns"
    case .complete:
      "only the file's own nat rules translate packets of VMs, and none on an uplink that "
        + "they do not name"
    case .open:
      "packets of VMs leave untranslated wherever no other nat rule translates them, which is "
        + "not decided by the file alone"
    }
  }
}

extension Linter {
  /// Whether the loaded nat rules stand in for the sharing service's, on all uplinks there are.
  func ownTranslation(_ budget: inout AnalysisBudget) -> OwnTranslation {
    let walk = RuleWalk(ruleset, .nat)
    // macOS keeps no nat rules below com.apple except the sharing service's own.
    let isOpen = walk.calls.contains { !$0.isKnown && $0.rule.anchorCall?.path != "com.apple" }
    guard isAnalysed(walk), !isOpen, !options.uplinks.isEmpty else { return .open }
    let queries = options.uplinks.map(leavingPackets)
    let sets = sets(of: walk, .translation, .out, tables, queries: queries)
    var untranslated: [String] = []
    var isUsed = false
    for (uplink, query) in zip(options.uplinks, queries) {
      let packets = PacketRegion([sets.classes.match(query).set])
      guard let decisions = decisions(for: packets, sets, &budget),
        !decisions.contains(where: \.isOpen)
      else { return .open }
      let kept = decisions.filter { !isTranslated($0, sets) }
      if kept.count < decisions.count { isUsed = true }
      if !kept.isEmpty { untranslated.append(uplink) }
    }
    if untranslated.isEmpty { return .complete }
    return isUsed ? .partial(uplinks: untranslated) : .none
  }

  private func isTranslated(_ decision: Decision, _ sets: RuleSets) -> Bool {
    guard let rule = decision.entry.map({ sets.entries[$0].step.rule }) else { return false }
    return rule.action == .nat && !rule.hasPoolWithoutFamily
  }

  /// Packets of the VM network on their way out by an uplink.
  private func leavingPackets(_ uplink: String) -> PacketCriteria {
    var query = PacketCriteria()
    query.interface = uplink
    query.direction = .out
    query.family = .inet
    query.source = .network(options.gateway, length: Int(options.gatewayPrefixLength))
    query.wholeness = .whole
    return query
  }
}
