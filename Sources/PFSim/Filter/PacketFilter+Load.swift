extension PacketFilter {
  /// Replaces the rules, tables and (main ruleset) options by those of a parsed file.
  ///
  /// States stay; they keep the rules of replaced lists, whose number is then -2. Tables that the
  /// file does not define stay while a rule names them or they are persistent.
  /// - Throws: ``LoadError`` with what the kernel refuses; nothing is replaced then.
  public func load(_ ruleset: Ruleset) throws(LoadError) {
    try check(ruleset)
    evaluation.rulesWillChange()
    for anchor in ruleset.anchors {
      let index = program.anchors.findOrMake(anchor.path)
      for kind in RuleKind.allCases {
        replace(anchor[kind], AnchorTree.list(index, kind), kind, index)
      }
    }
    for anchor in ruleset.anchors {
      guard let index = program.anchors.find(anchor.path) else { continue }
      for table in anchor.tables { program.tables.define(table, anchor: index, now: second) }
    }
    if ruleset.anchors.first?.path.isEmpty ?? false { apply(ruleset.options) }
  }

  private func check(_ ruleset: Ruleset) throws(LoadError) {
    let limit = Int(limit(.tableEntries))
    for anchor in ruleset.anchors {
      for table in anchor.tables where table.entries.count > limit {
        throw LoadError(
          message: "Cannot allocate memory.", location: table.location)
      }
    }
  }

  /// Replaces one list.
  ///
  /// New rules refer to tables before old ones let go, so that contents stay.
  private func replace(_ rules: [Rule], _ list: Int32, _ kind: RuleKind, _ anchor: Int32) {
    let old = program.anchors.records(list).map(\.id)
    let compiler = RuleCompiler(
      program: program, interfaces: interfaces, anchor: anchor, kind: kind, now: second)
    let records = rules.map { compiler.compile($0) }
    for (number, record) in records.enumerated() {
      program.body(record.id).pointee.number = Int32(truncatingIfNeeded: number)
    }
    program.anchors.replace(list, with: records)
    retire(old)
  }

  /// Takes rules out of their list.
  func retire(_ rules: [Int32]) {
    for rule in rules {
      program.body(rule).pointee.number = -2
      release(rule)
    }
  }

  /// Gives up a rule that no list holds once nothing refers to it.
  func release(_ rule: Int32) {
    if program.releasesTables(rule) { evaluation.rulesWillChange() }
    program.releaseIfUnused(rule)
  }

  /// Sets the options of a main ruleset, those that it leaves out to their defaults.
  private func apply(_ options: Options) {
    // KERNEL: pfctl sends every timeout and limit at each load.
    for kind in Timeout.allCases {
      timeouts[Int(kind.rawValue)] = options.timeouts[kind] ?? kind.kernelDefault
    }
    for kind in Limit.allCases {
      limits[Int(kind.rawValue)] = options.limits[kind] ?? kind.pfctlDefault
    }
    normalizer.fragments.limit = Int(limit(.fragments))
    normalizer.fragments.timeout = timeout(.fragment)
    clearSkips()
    for name in options.skipInterfaces { setSkip(true, on: name) }
    statisticsInterface = options.logInterface ?? ""
    if let level = options.debug { debugLevel = level }
    if let id = options.hostID { hostID = id }
  }

  // MARK: Single rules

  /// Adds one rule to a list in front of the first rule with a larger priority (kernel:
  /// `DIOCINSERTRULE`).
  public func insertRule(_ rule: Rule, kind: RuleKind, anchor path: String) throws(LoadError) {
    evaluation.rulesWillChange()
    let anchor = program.anchors.findOrMake(path)
    let list = AnchorTree.list(anchor, kind)
    let compiler = RuleCompiler(
      program: program, interfaces: interfaces, anchor: anchor, kind: kind, now: second)
    var records = Array(program.anchors.records(list))
    let record = compiler.compile(rule)
    let place =
      records.firstIndex { program.rules[Int($0.id)].priority > rule.priority } ?? records.count
    records.insert(record, at: place)
    install(records, list)
  }

  /// Removes the rules of an owner from an anchor's lists (kernel: `DIOCDELETERULE`).
  /// - Returns: How many were removed.
  @discardableResult
  public func deleteRules(ownedBy owner: String, kind: RuleKind? = nil, anchor path: String) -> Int
  {
    guard let anchor = program.anchors.find(path) else { return 0 }
    evaluation.rulesWillChange()
    var removed = 0
    for each in kind.map({ [$0] }) ?? RuleKind.allCases {
      let list = AnchorTree.list(anchor, each)
      let records = Array(program.anchors.records(list))
      let kept = records.filter { program.rules[Int($0.id)].owner != owner }
      guard kept.count < records.count else { continue }
      let gone = records.filter { program.rules[Int($0.id)].owner == owner }.map(\.id)
      install(kept, list)
      retire(gone)
      removed += gone.count
    }
    return removed
  }

  private func install(_ records: [RuleRecord], _ list: Int32) {
    for (number, record) in records.enumerated() {
      program.body(record.id).pointee.number = Int32(truncatingIfNeeded: number)
    }
    program.anchors.replace(list, with: records)
  }

  // MARK: Flushing

  /// Empties lists of an anchor (`pfctl -F rules`, `-F nat`).
  public func flushRules(_ kinds: [RuleKind], anchor path: String) {
    guard let anchor = program.anchors.find(path) else { return }
    evaluation.rulesWillChange()
    for kind in kinds { replace([], AnchorTree.list(anchor, kind), kind, anchor) }
  }

  /// Sets the counters of the status to zero (`pfctl -F info`).
  public func clearStatus() {
    status.clear()
    status.since = second
  }

  /// Sets the counters of an anchor's rules to zero (`pfctl -z`).
  public func clearRuleCounters(anchor path: String = "") {
    guard let anchor = program.anchors.find(path) else { return }
    evaluation.settle()
    for kind in RuleKind.allCases {
      for record in program.anchors.records(AnchorTree.list(anchor, kind)) {
        program.evaluations.base[Int(record.id)] = 0
        program.body(record.id).pointee.counts = TrafficCounts()
      }
    }
  }

  /// Gives rules, options and tables up and forgets states, as after `pfctl -F all`.
  public func flushAll() {
    for path in program.anchors.paths {
      flushRules(RuleKind.allCases, anchor: path)
    }
    killAllStates()
    clearStatus()
  }
}
