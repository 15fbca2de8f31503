/// A view that pfctl refuses.
public struct PfctlViewError: Error, Sendable, Hashable {
  /// pfctl's message.
  public var message: String

  /// Makes an error.
  public init(message: String) { self.message = message }
}

extension PfctlViews {
  /// The tables of the ruleset looked at.
  private var ownTables: [TableSnapshot] { host.filter.tables.filter { $0.anchor == anchor } }

  /// `-s Tables`.
  public func tables() -> String {
    ownTables.filter { $0.flags.contains(.active) || verbosity > 0 }.map { table in
      guard verbosity > 0 else { return table.name + "\n" }
      let letters: [(TableFlags, String)] = [
        (.const, "c"), (.persist, "p"), (.active, "a"), (.inactive, "i"), (.referenced, "r"),
        (.referencedByAnchor, "h"),
      ]
      var text = letters.map { table.flags.contains($0.0) ? $0.1 : "-" }.joined()
      text += "\t" + table.name + (anchor.isEmpty ? "" : "\t" + anchor) + "\n"
      return verbosity > 1 ? text + statistics(of: table) : text
    }.joined()
  }

  private func statistics(of table: TableSnapshot) -> String {
    var text = "\tAddresses:   \(table.entries.count)\n"
    text += "\tCleared:     \(CalendarText.time(wallClock(table.since)))\n"
    text += "\tReferences:  [ Anchors: \("\(table.anchorReferences)".left(18)) "
    text += "Rules: \("\(table.ruleReferences)".left(18)) ]\n"
    text += "\tEvaluations: [ NoMatch: \("\(table.misses)".left(18)) "
    text += "Match: \("\(table.matches)".left(18)) ]\n"
    let rows: [(String, UInt64, UInt64)] = [
      ("In/Block:", table.blocked.packetsIn, table.blocked.bytesIn),
      ("In/Pass:", table.passed.packetsIn, table.passed.bytesIn),
      ("In/XPass:", table.crossed.packetsIn, table.crossed.bytesIn),
      ("Out/Block:", table.blocked.packetsOut, table.blocked.bytesOut),
      ("Out/Pass:", table.passed.packetsOut, table.passed.bytesOut),
      ("Out/XPass:", table.crossed.packetsOut, table.crossed.bytesOut),
    ]
    return text + Self.trafficLines(rows)
  }

  /// `-t TABLE -T show`, with `-v` what each address counted.
  /// - Throws: ``PfctlViewError`` for a table that does not exist.
  public func addresses(ofTable name: String) throws(PfctlViewError) -> String {
    guard let table = ownTables.first(where: { $0.name == name && $0.flags.contains(.active) })
    else { throw PfctlViewError(message: "pfctl: Table does not exist.") }
    return table.entries.map { entry in
      let line = "  " + (entry.entry.negated ? "!" : " ") + entry.entry.text + "\n"
      return verbosity > 0 ? line + statistics(of: entry) : line
    }.joined()
  }

  private func statistics(of entry: TableSnapshot.Entry) -> String {
    let counters = entry.counters
    let rows: [(String, PrefixCounters.Count)] = [
      ("In/Block:", counters.blockedIn), ("In/Pass:", counters.passedIn),
      ("Out/Block:", counters.blockedOut), ("Out/Pass:", counters.passedOut),
    ]
    return "\tCleared:     \(CalendarText.time(wallClock(entry.since)))\n"
      + rows.map { name, count in
        "\t\(name.left(12)) [ Packets: \("\(count.packets)".left(18)) "
          + "Bytes: \("\(count.bytes)".left(18)) ]\n"
      }.joined()
  }

  /// A time of the filter's clock in seconds since 1970.
  func wallClock(_ seconds: UInt32) -> Int64 { host.configuration.epoch + Int64(seconds) }
}
