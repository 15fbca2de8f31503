/// A part of a query with the rule that decides it.
struct Decision: Sendable {
  /// The packets.
  var set: PacketSet
  /// The deciding visit, as an index into the entries; nil where no rule matches.
  var entry: Int?
  /// Whether other rules could decide instead, for reasons that no packet shows.
  var isOpen: Bool
}

extension RuleSets {
  /// Which rules decide the packets of a query: the last match, `quick` ends the walk; in the lists
  /// of translation and scrub the first one.
  ///
  /// Complexity: The number of rules that the query meets times that of the pieces that it falls
  /// into.
  /// - Returns: nil where the budget ran out.
  func decisions(
    for query: PacketRegion, budget: inout AnalysisBudget
  ) -> [Decision]? {
    var open = universe.sets.flatMap { shape in
      query.sets.compactMap { classes.layout.intersection(shape, $0) }
    }.map { Decision(set: $0, entry: nil, isOpen: false) }
    var closed: [Decision] = []
    let asked = open.map(\.set)
    for index in entries.indices where asked.contains(where: { meets(index, $0) }) {
      guard budget.spend(open.count + 1) else { return nil }
      let entry = entries[index]
      leaveQuickCalls(before: entry, &open, &closed)
      var next: [Decision] = []
      for piece in open {
        guard let hit = classes.layout.intersection(piece.set, entry.set) else {
          next.append(piece)
          continue
        }
        next += classes.layout.subtract(entry.set, from: piece.set).map {
          Decision(set: $0, entry: piece.entry, isOpen: piece.isOpen)
        }
        guard entry.isCertain else {
          next.append(Decision(set: hit, entry: piece.entry, isOpen: true))
          continue
        }
        let decided = Decision(
          set: hit, entry: index, isOpen: piece.isOpen && isQuick(before: index, piece))
        if entry.isQuick { closed.append(decided) } else { next.append(decided) }
      }
      open = next
    }
    return closed + open
  }

  /// Whether an uncertain rule before may have ended the walk, so that a later match is not sure.
  private func isQuick(before index: Int, _ piece: Decision) -> Bool {
    firstUncertainQuick < index
  }

  /// Whether a visit can match packets of a set.
  func meets(_ index: Int, _ set: PacketSet) -> Bool {
    classes.layout.intersects(entries[index].set, set)
  }

  /// Decides packets for good that matched inside a quick anchor call which `entry` is not in.
  private func leaveQuickCalls(
    before entry: Entry, _ open: inout [Decision], _ closed: inout [Decision]
  ) {
    open.removeAll { piece in
      guard let index = piece.entry else { return false }
      let left = entries[index].quickCalls.contains { !entry.quickCalls.contains($0) }
      if left { closed.append(piece) }
      return left
    }
  }
}
