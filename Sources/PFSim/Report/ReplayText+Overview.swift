extension ReplayText {
  /// One line of the overview: a label, and a cell for each mode.
  private struct Row {
    var label: String
    var cells: [String]
    var isShown = true
  }

  /// Packets and flows of all modes side by side.
  var overview: String {
    let rows = packetRows + flowRows
    let shown = rows.filter(\.isShown)
    let labelWidth = shown.map(\.label.count).max() ?? 0
    let widths = result.modes.indices.map { column in
      max(result.modes[column].mode.rawValue.count, shown.map { $0.cells[column].count }.max() ?? 0)
    }
    var text = "".left(labelWidth)
    for (mode, width) in zip(result.modes, widths) {
      text += "   " + style(mode.mode.rawValue.right(width), .heading)
    }
    text += "\n"
    for row in shown {
      text += row.label.left(labelWidth)
      for (cell, width) in zip(row.cells, widths) { text += "   " + cell.right(width) }
      text += "\n"
    }
    return text + notes
  }

  private var packetRows: [Row] {
    func row(
      _ label: String, _ group: (ReplayTotals) -> ReplayTotals.Amount, always: Bool = false
    ) -> Row {
      let amounts = result.modes.map { group($0.totals) }
      return Row(
        label: label, cells: amounts.map(Self.text),
        isShown: always || amounts.contains { $0.packets > 0 })
    }
    return [
      row("packets", \.all, always: true),
      row("  passed by pf", \.passed, always: true),
      row("  blocked by pf", \.blocked, always: true),
      row("  not seen by pf", \.notSeen, always: true),
      row("  undetermined", \.undetermined),
      row("  dropped by Softnet", \.droppedBySoftnet),
      row("  dropped by isolation", \.droppedByIsolation),
      row("  would not happen", \.notHappening),
      row("of these: translated", \.translated, always: true),
      row("of these: lost", \.lost),
    ]
  }

  private var flowRows: [Row] {
    let counts = result.modes.map(Self.outcomes)
    let totals = counts.map { "\($0.values.reduce(0, +))" }
    return [Row(label: "flows", cells: totals)]
      + FlowOutcome.allCases.map { outcome in
        let cells = counts.map { "\($0[outcome] ?? 0)" }
        return Row(
          label: "  \(outcome.rawValue)", cells: cells,
          isShown: counts.contains { $0[outcome] != nil })
      }
  }

  /// What needs a word of explanation.
  private var notes: String {
    var text = ""
    if result.modes.contains(where: { $0.totals.notHappening.packets > 0 }) {
      text += "would not happen: packets that answer or follow what did not arrive\n"
    }
    let cut = result.modes.map(\.totals.superFrames).max() ?? 0
    if cut > 0 { text += "\(cut) super-frames were cut to the MTU; each part counts\n" }
    let hidden = result.modes.map { $0.unlisted.values.reduce(0, +) }.max() ?? 0
    if hidden > 0 { text += "\(hidden) flows are counted, but no longer listed\n" }
    return text
  }

  private static func outcomes(_ mode: ReplayResult.Mode) -> [FlowOutcome: Int] {
    var counts = mode.unlisted
    for flow in mode.flows { counts[flow.outcome, default: 0] += 1 }
    return counts
  }

  private static func text(_ amount: ReplayTotals.Amount) -> String {
    amount.packets == 0 ? "0" : "\(amount.packets) (\(bytes(amount.bytes)))"
  }

  private static func bytes(_ count: Int) -> String {
    if count < 10_000 { return "\(count) B" }
    if count < 10_000_000 { return "\(count / 1000) kB" }
    return "\(count / 1_000_000) MB"
  }
}
