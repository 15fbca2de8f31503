extension PacketFilter {
  /// Replaces the rules, tables and (main ruleset) options by those of a parsed file.
  ///
  /// States stay; they keep the rules of replaced lists, whose number is then -2. Tables that the
  /// file does not define stay while a rule names them or they are persistent.
  /// - Parameters:
  ///   - parts: The parts that are replaced; others stay as they are.
  ///   - merges: Whether options that the file does not set stay as they are (`pfctl -m`).
  /// - Throws: ``LoadError`` with what the kernel refuses; nothing is replaced then.
  public func load(
    _ ruleset: Ruleset, parts: LoadParts = .all, merges: Bool = false
  ) throws(LoadError) {
    try check(ruleset)
    for anchor in ruleset.anchors {
      for kind in RuleKind.allCases where parts.contains(kind.loadPart) {
        for rule in anchor[kind] { try checkPool(rule) }
      }
    }
    evaluation.rulesWillChange()
    for anchor in ruleset.anchors {
      let index = program.anchors.findOrMake(anchor.path)
      for kind in RuleKind.allCases where parts.contains(kind.loadPart) {
        replace(anchor[kind], AnchorTree.list(index, kind), kind, index)
      }
    }
    for anchor in ruleset.anchors {
      guard let index = program.anchors.find(anchor.path) else { continue }
      for table in anchor.tables { program.tables.define(table, anchor: index, now: second) }
    }
    guard parts.contains(.options), ruleset.anchors.first?.path.isEmpty ?? false else { return }
    apply(ruleset.options, merges: merges)
  }

  /// Makes sure that the tables fit into the limits in force before the load.
  private func check(_ ruleset: Ruleset) throws(LoadError) {
    // KERNEL: pfr_ina_define() fills a shadow of each table, so what is replaced counts as well.
    var tables = program.tables.indices.count
    var entries = program.tables.entryCount
    for anchor in ruleset.anchors {
      let owner = program.anchors.find(anchor.path)
      for table in anchor.tables {
        if owner.flatMap({ program.tables.find(table.name, anchor: $0) }) == nil { tables += 1 }
        // KERNEL: pool_get() refuses only beyond the limit.
        let room = Int(limit(.tableEntries)) + 1 - entries
        entries += table.entries.count <= room ? table.entries.count : Set(table.entries).count
        guard tables <= Int(limit(.tables)), entries <= Int(limit(.tableEntries)) + 1 else {
          throw LoadError(
            message: "cannot define table \(table.name): Cannot allocate memory",
            location: table.location)
        }
        tables += 1
      }
    }
  }

  /// Makes sure that the kernel takes the addresses of a rule's pool.
  private func checkPool(_ rule: Rule) throws(LoadError) {
    // KERNEL: pfioctl_ioc_pooladdr() takes networks, interfaces and tables, but no ranges, which
    // pfctl lets through.
    guard let pool = rule.pool ?? rule.routing?.pool else { return }
    for element in pool.elements {
      switch element.address {
      case .any, .network, .dynamic, .table: continue
      case .range, .noRoute, .urpfFailed, .routeLabel:
        throw LoadError(
          message: "DIOCADDADDR: Invalid argument", location: rule.provenance.location)
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
  private func apply(_ options: Options, merges: Bool) {
    // KERNEL: pfctl sends every timeout and limit at each load, with -m only those set.
    for kind in Timeout.allCases {
      let index = Int(kind.rawValue)
      timeouts[index] = options.timeouts[kind] ?? (merges ? timeouts[index] : kind.kernelDefault)
    }
    for kind in Limit.allCases {
      let index = Int(kind.rawValue)
      limits[index] = options.limits[kind] ?? (merges ? limits[index] : kind.pfctlDefault)
    }
    normalizer.fragments.limit = Int(limit(.fragments))
    normalizer.fragments.timeout = timeout(.fragment)
    clearSkips()
    for name in options.skipInterfaces { setSkip(true, on: name) }
    statisticsInterface = options.logInterface ?? (merges ? statisticsInterface : "")
    if let level = options.debug { debugLevel = level }
    if let id = options.hostID { hostID = id }
    if let list = options.fingerprints { fingerprints = list }
  }

  // MARK: Single rules

  /// Adds one rule to a list in front of the first rule with a larger priority (kernel:
  /// `DIOCINSERTRULE`).
  public func insertRule(_ rule: Rule, kind: RuleKind, anchor path: String) throws(LoadError) {
    try checkPool(rule)
    insert(rule, kind, path) { records in
      records.firstIndex { program.rules[Int($0.id)].priority > rule.priority }
    }
  }

  /// Adds one rule at the end of a list, whatever the priorities there (kernel: `DIOCCHANGERULE`
  /// with `PF_CHANGE_ADD_TAIL`).
  public func appendRule(_ rule: Rule, kind: RuleKind, anchor path: String) {
    insert(rule, kind, path) { _ in nil }
  }

  /// Adds a rule at a place of its list; nil for the end.
  private func insert(
    _ rule: Rule, _ kind: RuleKind, _ path: String, at place: ([RuleRecord]) -> Int?
  ) {
    evaluation.rulesWillChange()
    let anchor = program.anchors.findOrMake(path)
    let list = AnchorTree.list(anchor, kind)
    let compiler = RuleCompiler(
      program: program, interfaces: interfaces, anchor: anchor, kind: kind, now: second)
    var records = Array(program.anchors.records(list))
    let record = compiler.compile(rule)
    records.insert(record, at: place(records) ?? records.count)
    install(records, list)
  }

  /// Removes the rules of an owner from an anchor's lists (kernel: `DIOCDELETERULE`).
  /// - Returns: How many were removed.
  @discardableResult
  public func deleteRules(ownedBy owner: String, kind: RuleKind? = nil, anchor path: String) -> Int
  {
    deleteRules(of: kind.map { [$0] } ?? RuleKind.allCases, path) { $0.owner == owner }
  }

  /// Removes the calls of an anchor from the main ruleset (kernel: `DIOCCHANGERULE` with
  /// `PF_CHANGE_REMOVE`).
  /// - Returns: How many were removed.
  @discardableResult
  public func deleteCalls(of path: String) -> Int {
    deleteRules(of: RuleKind.allCases, "") { $0.anchorCall?.path == path }
  }

  private func deleteRules(
    of kinds: [RuleKind], _ path: String, where isGone: (Rule) -> Bool
  ) -> Int {
    guard let anchor = program.anchors.find(path) else { return 0 }
    evaluation.rulesWillChange()
    var removed = 0
    for kind in kinds {
      let list = AnchorTree.list(anchor, kind)
      let records = Array(program.anchors.records(list))
      let kept = records.filter { !isGone(program.rules[Int($0.id)]) }
      guard kept.count < records.count else { continue }
      let gone = records.filter { isGone(program.rules[Int($0.id)]) }.map(\.id)
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

extension RuleKind {
  /// The part of a file that brings rules of this kind.
  fileprivate var loadPart: LoadParts {
    switch self {
    case .scrub, .filter, .dummynet: .filter
    case .nat, .rdr, .binat: .translation
    }
  }
}
