/// What `pfctl -T` shows of a table.
public struct TableSnapshot: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The path of its anchor, empty for the main ruleset.
  public var anchor: String
  /// The kernel's flags.
  public var flags: TableFlags
  /// The entries in the kernel's order.
  public var entries: [Entry]
  /// The number of rules that name it.
  public var ruleReferences: Int
  /// The number of anchors' tables that fall back to it.
  public var anchorReferences: Int
  /// Lookups that found an address.
  public var matches: UInt64
  /// Lookups that did not.
  public var misses: UInt64
  /// Packets and bytes of blocked packets.
  public var blocked: TrafficCounts
  /// Packets and bytes of passed packets.
  public var passed: TrafficCounts
  /// Packets and bytes of packets whose address was not as the rule expects.
  public var crossed: TrafficCounts
  /// When the counters were last zero, in seconds.
  public var since: UInt32

  /// One entry.
  public struct Entry: Sendable, Hashable {
    /// The address or network.
    public var entry: TableDefinition.Entry
    /// What it counted.
    public var counters: PrefixCounters
    /// When its counters were last zero, in seconds.
    public var since: UInt32
  }
}

/// What a change of a table did.
public struct TableChange: Sendable, Hashable {
  /// The number of entries added.
  public var added = 0
  /// The number of entries deleted.
  public var deleted = 0
  /// The number of entries whose sense changed.
  public var changed = 0
}

extension PacketFilter {
  /// Every table, by anchor and name.
  public var tables: [TableSnapshot] {
    evaluation.settle()
    return program.tables.indices.values.map(snapshot).sorted {
      ($0.anchor, $0.name) < ($1.anchor, $1.name)
    }
  }

  /// One table; nil where there is none.
  public func table(_ name: String, anchor: String = "") -> TableSnapshot? {
    evaluation.settle()
    return index(name, anchor).map(snapshot)
  }

  private func index(_ name: String, _ anchor: String) -> Int32? {
    program.anchors.find(anchor).flatMap { program.tables.find(name, anchor: $0) }
  }

  private func snapshot(_ index: Int32) -> TableSnapshot {
    let record = program.tables.records.base[Int(index)]
    let key = program.tables.keys[Int(index)]
    let contents = program.tables.contents[Int(index)]
    let entries = contents.entries.map { entry in
      let counts = contents.counts(of: entry)
      return TableSnapshot.Entry(
        entry: entry, counters: counts?.counters ?? PrefixCounters(), since: counts?.since ?? 0)
    }
    return TableSnapshot(
      name: key.name, anchor: program.anchors.paths[Int(key.anchor)], flags: record.flags,
      entries: entries, ruleReferences: Int(record.ruleReferences),
      anchorReferences: Int(record.anchorReferences), matches: record.matches,
      misses: record.misses, blocked: record.blocked, passed: record.passed,
      crossed: record.crossed, since: record.since)
  }

  /// The table for a change: made, persistent, where it does not exist and `creates` is set.
  private func target(_ name: String, _ anchor: String, creates: Bool) throws(LoadError) -> Int32 {
    evaluation.rulesWillChange()
    if let index = index(name, anchor),
      program.tables.records.base[Int(index)].flags.contains(.active)
    {
      guard !program.tables.records.base[Int(index)].flags.contains(.const) else {
        throw LoadError(message: "Operation not permitted.")
      }
      return index
    }
    guard creates else { throw LoadError(message: "Table does not exist.") }
    let owner = program.anchors.findOrMake(anchor)
    let index = program.tables.findOrMake(name, anchor: owner, now: second)
    let flags = program.tables.records.base[Int(index)].flags
    program.tables.set(flags.union([.active, .persist]), of: index)
    return index
  }

  /// Adds entries (`pfctl -T add`); the table is made where it does not exist.
  @discardableResult
  public func addToTable(
    _ name: String, _ entries: [TableDefinition.Entry], anchor: String = ""
  ) throws(LoadError) -> TableChange {
    let index = try target(name, anchor, creates: true)
    try checkRoom(for: entries, in: index)
    var change = TableChange()
    for entry in entries
    where program.tables.contents[Int(index)].insert(entry, since: second) == .done {
      change.added += 1
    }
    return change
  }

  /// Makes sure that entries which a table lacks fit into the limit; all or none are added.
  private func checkRoom(
    for entries: [TableDefinition.Entry], in index: Int32
  ) throws(LoadError) {
    let room = Int(limit(.tableEntries)) + 1 - program.tables.entryCount
    guard entries.count > room else { return }
    let known = Set(program.tables.contents[Int(index)].entries)
    guard Set(entries).subtracting(known).count <= room else {
      throw LoadError(message: "Cannot allocate memory.")
    }
  }

  /// Deletes entries (`pfctl -T delete`).
  @discardableResult
  public func deleteFromTable(
    _ name: String, _ entries: [TableDefinition.Entry], anchor: String = ""
  ) throws(LoadError) -> TableChange {
    let index = try target(name, anchor, creates: false)
    var change = TableChange()
    for entry in entries where program.tables.contents[Int(index)].remove(entry) == .done {
      change.deleted += 1
    }
    return change
  }

  /// Makes a table hold exactly these entries (`pfctl -T replace`).
  @discardableResult
  public func replaceTable(
    _ name: String, _ entries: [TableDefinition.Entry], anchor: String = ""
  ) throws(LoadError) -> TableChange {
    let index = try target(name, anchor, creates: true)
    try checkRoom(for: entries, in: index)
    let result = program.tables.replace(index, with: entries, now: second)
    return TableChange(added: result.added, deleted: result.deleted, changed: result.changed)
  }

  /// Empties a table (`pfctl -T flush`) and returns how many entries it had.
  @discardableResult
  public func flushTable(_ name: String, anchor: String = "") throws(LoadError) -> Int {
    let index = try target(name, anchor, creates: false)
    let count = program.tables.contents[Int(index)].count
    program.tables.contents[Int(index)].removeAll()
    return count
  }

  /// Makes a table inactive (`pfctl -T kill`); it goes once no rule names it.
  public func killTable(_ name: String, anchor: String = "") throws(LoadError) {
    guard let index = index(name, anchor) else { throw LoadError(message: "Table does not exist.") }
    evaluation.rulesWillChange()
    let flags = program.tables.records.base[Int(index)].flags
    program.tables.set(flags.subtracting(.active), of: index)
  }

  /// Whether each address is in a table (`pfctl -T test`).
  public func testTable(
    _ name: String, _ addresses: [IPAddress], anchor: String = ""
  ) throws(LoadError) -> [Bool] {
    guard let index = index(name, anchor) else { throw LoadError(message: "Table does not exist.") }
    return addresses.map { program.tables.contents[Int(index)].contains($0) }
  }

  /// Sets a table's counters, and its entries', to zero (`pfctl -T zero`).
  public func clearTableCounters(_ name: String, anchor: String = "") throws(LoadError) {
    guard let index = index(name, anchor) else { throw LoadError(message: "Table does not exist.") }
    evaluation.settle()
    program.tables.clearCounters(index, entriesToo: true, now: second)
  }

  /// Deletes entries whose counters were last zero longer ago than `age` seconds
  /// (`pfctl -T expire`), and returns how many.
  @discardableResult
  public func expireTable(_ name: String, age: UInt32, anchor: String = "") throws(LoadError) -> Int
  {
    let index = try target(name, anchor, creates: false)
    let table = program.tables.contents[Int(index)]
    let old = table.entries.filter { entry in
      let since = table.counts(of: entry)?.since ?? 0
      return second >= age && since < second - age
    }
    for entry in old { _ = table.remove(entry) }
    return old.count
  }
}
