extension Host {
  /// The commands of `pfctl -T` that change a table.
  func change(_ command: TableCommand, _ report: inout EventReport) {
    do throws(LoadError) {
      try carryOut(command, &report)
    } catch {
      let message = error.message.hasSuffix(".") ? error.message : error.message + "."
      report.fail("pfctl: \(message)")
    }
  }

  private func carryOut(
    _ command: TableCommand, _ report: inout EventReport
  ) throws(LoadError) {
    let (name, anchor) = (command.table, command.anchor)
    switch command.verb {
    case .add, .delete, .replace: try changeAddresses(command, &report)
    case .kill:
      let isThere = filter.table(name, anchor: anchor)?.flags.contains(.active) == true
      if isThere { try filter.killTable(name, anchor: anchor) }
      report.say("\(isThere ? 1 : 0) table deleted.")
    case .flush:
      report.say("\(try filter.flushTable(name, anchor: anchor)) addresses deleted.")
    case .zero:
      try filter.clearTableCounters(name, anchor: anchor)
      report.say("1 table/stats cleared.")
    case .expire:
      guard let age = command.operands.first.flatMap(UInt32.init), command.operands.count == 1
      else { return report.fail("pfctl: -T expire wants a number of seconds") }
      let count = filter.table(name, anchor: anchor)?.entries.count ?? 0
      let expired = try filter.expireTable(name, age: age, anchor: anchor)
      report.say("\(expired)/\(count) addresses expired.")
    case .show, .test: break
    }
  }

  private func changeAddresses(
    _ command: TableCommand, _ report: inout EventReport
  ) throws(LoadError) {
    guard let entries = entries(of: command, &report) else { return }
    let (name, anchor) = (command.table, command.anchor)
    let before = Set(filter.table(name, anchor: anchor)?.entries.map(\.entry) ?? [])
    let isNew = filter.table(name, anchor: anchor)?.flags.contains(.active) != true
    if isNew, command.verb != .delete { report.say("1 table created.") }
    switch command.verb {
    case .add:
      let change = try filter.addToTable(name, entries, anchor: anchor)
      report.say("\(change.added)/\(entries.count) addresses added.")
    case .delete:
      let change = try filter.deleteFromTable(name, entries, anchor: anchor)
      report.say("\(change.deleted)/\(entries.count) addresses deleted.")
    default: say(try filter.replaceTable(name, entries, anchor: anchor), &report)
    }
    guard command.verbosity > 0 else { return }
    let after = Set(filter.table(name, anchor: anchor)?.entries.map(\.entry) ?? [])
    let gone = command.verb == .replace ? before.subtracting(entries).sorted(by: Self.isBefore) : []
    for entry in entries + gone {
      let letter =
        after.contains(entry)
        ? (before.contains(entry) ? " " : "A") : (before.contains(entry) ? "D" : " ")
      guard command.verbosity > 1 || letter != " " else { continue }
      report.output += "\(letter) \(entry.negated ? "!" : " ")\(entry.text)\n"
    }
  }

  private static func isBefore(
    _ one: TableDefinition.Entry, _ other: TableDefinition.Entry
  ) -> Bool {
    (one.address.high, one.address.low, one.prefixLength)
      < (other.address.high, other.address.low, other.prefixLength)
  }

  private func say(_ change: TableChange, _ report: inout EventReport) {
    if change.added > 0 { report.say("\(change.added) addresses added.") }
    if change.deleted > 0 { report.say("\(change.deleted) addresses deleted.") }
    if change.changed > 0 { report.say("\(change.changed) addresses changed.") }
    if change == TableChange() { report.say("no changes.") }
  }

  /// The addresses of a command; nil, with pfctl's message, where a word is none.
  func entries(
    of command: TableCommand, _ report: inout EventReport
  ) -> [TableDefinition.Entry]? {
    var entries: [TableDefinition.Entry] = []
    for word in command.operands {
      guard let found = self.entries(of: word, &report), !found.isEmpty else {
        report.fail("pfctl: cannot decode \(word)")
        return nil
      }
      entries += found
    }
    return entries
  }
}
