extension TableStore {
  /// Gives a table the contents and flags of a definition (kernel: `pfr_ina_define()` and
  /// `pfr_commit_ktable()`).
  ///
  /// Without contents in the definition a table keeps what it holds.
  mutating func define(_ definition: TableDefinition, anchor: Int32, now: UInt32) {
    let index = findOrMake(definition.name, anchor: anchor, now: now)
    let flags = records.base[Int(index)].flags
    let wasActive = flags.contains(.active)
    if !definition.hasContents {
      if !wasActive { clearCounters(index, entriesToo: true, now: now) }
    } else if wasActive {
      // KERNEL: pfr_commit_ktable() leaves an active table its counters.
      _ = replace(index, with: definition.entries, now: now)
    } else {
      contents[Int(index)].removeAll()
      for entry in definition.entries { _ = contents[Int(index)].insert(entry, since: now) }
      clearCounters(index, entriesToo: true, now: now)
    }
    var new = flags.intersection(.kernel).union(.active).subtracting(.inactive)
    if definition.isConst { new.insert(.const) }
    if definition.isPersistent { new.insert(.persist) }
    set(new, of: index)
  }

  /// Makes a table hold exactly these entries; entries that stay keep their counters.
  ///
  /// Of several entries for one prefix the first counts, whatever the sense of the others.
  /// - Returns: How many were added, deleted and changed in sense.
  func replace(
    _ index: Int32, with entries: [TableDefinition.Entry], now: UInt32
  ) -> (added: Int, deleted: Int, changed: Int) {
    let table = contents[Int(index)]
    var prefixes: Set<TableDefinition.Entry> = []
    let wanted = Set(
      entries.filter { entry in
        var prefix = entry
        prefix.negated = false
        return prefixes.insert(prefix).inserted
      })
    var result = (added: 0, deleted: 0, changed: 0)
    for old in table.entries where !wanted.contains(old) {
      _ = table.remove(old)
      var opposite = old
      opposite.negated.toggle()
      if wanted.contains(opposite) { result.changed += 1 } else { result.deleted += 1 }
    }
    for entry in entries where table.insert(entry, since: now) == .done { result.added += 1 }
    result.added -= result.changed
    return result
  }
}
