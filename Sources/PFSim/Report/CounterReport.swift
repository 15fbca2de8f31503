/// The counters of a Mac's rules beside those of a replay.
struct CounterReport {
  let rows: [RuleCounterComparison]

  /// The lines for people: how many rules agree, then each that does not.
  var lines: [String] {
    let different = rows.filter { !$0.isEqual }
    let equal = rows.count - different.count
    var lines = [
      "counters of the Mac's rules: \(equal) of \(rows.count) agree"
        + (different.isEmpty ? "" : "; the others, Mac → simulated:")
    ]
    for row in different {
      lines.append("  \(row.rule.text)  [\(row.rule.place)]")
      lines.append("    " + Self.differences(row).joined(separator: ", "))
    }
    return lines
  }

  private static func differences(_ row: RuleCounterComparison) -> [String] {
    let (one, other) = (row.observed, row.simulated)
    let pairs = [
      ("evaluations", one.evaluations, other.evaluations), ("packets", one.packets, other.packets),
      ("bytes", one.bytes, other.bytes),
    ]
    return pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) → \($0.2)" }
  }

  /// The rows as JSON.
  var json: JSONValue {
    .array(
      rows.map { row in
        [
          "rule": row.rule.json, "equal": .bool(row.isEqual),
          "observed": Self.json(row.observed), "simulated": Self.json(row.simulated),
        ]
      })
  }

  private static func json(_ count: HostSnapshot.RuleCount) -> JSONValue {
    [
      "evaluations": .integer(Int64(clamping: count.evaluations)),
      "packets": .integer(Int64(clamping: count.packets)),
      "bytes": .integer(Int64(clamping: count.bytes)),
      "states": .integer(Int64(clamping: count.states)),
    ]
  }
}
