extension Linter {
  /// Blocks on an uplink that the sharing service's pass decides instead of.
  func sharingFindings(_ budget: inout AnalysisBudget) -> [Finding] {
    guard main != nil else { return [] }
    var findings: [Finding] = []
    var places: Set<Provenance.Location> = []
    let sets = filterWithVM
    for index in sets.entries.indices {
      let entry = sets.entries[index]
      let rule = entry.step.rule
      guard rule.action == .block, !rule.quick, !isShared(entry),
        rule.provenance.location.map({ !places.contains($0) }) ?? true,
        let packet = overridden(index, sets, &budget)
      else { continue }
      if let place = rule.provenance.location { places.insert(place) }
      findings.append(sharingFinding(rule, packet))
    }
    return findings
  }

  private func isShared(_ entry: RuleSets.Entry) -> Bool {
    entry.step.place.anchor.hasPrefix(SharingService.anchor)
  }

  /// A packet that the block would decide if the sharing service's rules were not there.
  private func overridden(
    _ block: Int, _ sets: RuleSets, _ budget: inout AnalysisBudget
  ) -> WitnessPacket? {
    guard sets.marks[block].isCertain else { return nil }
    // The classes of a query must be the whole set's, so that the block decides all of it.
    let packets = sets.packets(of: sets.entries[block])
    guard let decisions = decisions(for: packets, sets, &budget) else { return nil }
    for decision in decisions where !decision.isOpen {
      guard let index = decision.entry, isShared(sets.entries[index]),
        sets.entries[index].step.rule.action == .pass,
        decidesAlone(block, decision.set, sets)
      else { continue }
      return sets.classes.witness(of: PacketRegion([decision.set]))
    }
    return nil
  }

  /// Whether the block is the last match in front of the sharing service's rules.
  private func decidesAlone(
    _ block: Int, _ set: PacketSet, _ sets: RuleSets
  ) -> Bool {
    !(block + 1..<sets.entries.count).contains { later in
      sets.meets(later, set) && !isShared(sets.entries[later])
    }
  }

  private func sharingFinding(_ rule: Rule, _ packet: WitnessPacket) -> Finding {
    let line = rule.provenance.location.map { " in front of line \($0.line)" } ?? ""
    return Finding(
      code: LintCode.blockOverriddenBySharing.rawValue, severity: .warning,
      message: "while a VM network runs, this block is overridden on \(packet.interface)",
      cause: "\(rule.text()): the anchor \(SharingService.anchor) is evaluated later and says "
        + "pass on \(packet.interface) inet all; the last match decides",
      location: rule.provenance.location,
      fix: Finding.Fix(
        "write quick in the block, or put the line anchor \"\(SharingService.anchor)\"\(line)"),
      witness: packet.notation)
  }
}
