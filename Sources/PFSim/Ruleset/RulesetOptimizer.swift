/// pfctl's ruleset optimiser: drops covered rules, gathers addresses into tables, and puts rules
/// that skip steps can jump together next to each other.
///
/// It only touches filter rules, and only within a superblock: a run of rules that may change
/// places without a change of meaning.
struct RulesetOptimizer {
  /// A table in the making.
  struct Table {
    var entries: [TableDefinition.Entry] = []
    var isGenerated = false
  }

  /// From how many addresses on a table is worth it (`TABLE_THRESHOLD`).
  static let tableThreshold = 6

  /// The number of tables begun so far in this run of pfctl.
  private(set) var tableCount = 0
  private var tables: [Table] = []
  private var definitions: [TableDefinition] = []
  private var rules: [Rule] = []
  /// The generated table that each rule's source may go into, an index into ``tables``; -1 for
  /// none.
  private var sourceTable: [Int32] = []
  /// The same for the destination.
  private var destinationTable: [Int32] = []
  private var numbering = RuleMergeKey.Numbering()

  /// Optimises the filter rules of every anchor of a load; the generated tables are added to the
  /// anchor's tables and, for printing, listed.
  mutating func optimize(_ ruleset: inout Ruleset) {
    for index in ruleset.anchors.indices where !ruleset.anchors[index][.filter].isEmpty {
      swap(&rules, &ruleset.anchors[index].rules[Int(RuleKind.filter.rawValue)])
      definitions = []
      ruleset.anchors[index][.filter] = optimizedRules()
      rules = []
      ruleset.anchors[index].tables += definitions
      ruleset.anchors[index].generatedTables = definitions.map(\.name)
    }
  }

  /// Optimises one list of filter rules.
  private mutating func optimizedRules() -> [Rule] {
    sourceTable = Array(repeating: -1, count: rules.count)
    destinationTable = sourceTable
    numbering = RuleMergeKey.Numbering()
    var result: [Rule] = []
    result.reserveCapacity(rules.count)
    for block in superblocks() {
      for index in optimize(block) {
        var rule = rules[index]
        rule.loadNumber = Int32(truncatingIfNeeded: result.count)
        result.append(rule)
      }
    }
    return result
  }

  /// The order of one superblock's rules, after all passes.
  private mutating func optimize(_ block: [Int]) -> [Int] {
    guard block.count > 1 else { return block }
    let candidates = block.map { RuleCover.Candidate(rules[$0], &numbering) }
    let kept = RuleCover.maximal(candidates)
    let combined = combine(kept.map { block[$0] }, kept.map { candidates[$0] })
    return SkipStepOrder(rules: rules).order(combined)
  }

  // MARK: - Superblocks

  private func superblocks() -> [[Int]] {
    var blocks: [[Int]] = []
    for index in rules.indices {
      if let first = blocks.last?.first, belongs(rules[index], with: rules[first]) {
        blocks[blocks.count - 1].append(index)
      } else {
        blocks.append([index])
      }
    }
    return blocks
  }

  /// Whether a rule may change places with those of a superblock (`superblock_inclusive`).
  private func belongs(_ rule: Rule, with first: Rule) -> Bool {
    if rule.isBarrier || first.isBarrier { return false }
    if rule.isForInterfaceGroup || first.isForInterfaceGroup, rule.interface != first.interface {
      return false
    }
    return rule.hasSameEffect(as: first)
  }

  // MARK: - Tables

  /// Gathers rules that differ in one address only into tables (`combine_rules`).
  private mutating func combine(_ block: [Int], _ candidates: [RuleCover.Candidate]) -> [Int] {
    tables = []
    let groups = AddressGroups(block, candidates)
    for position in block.indices {
      let index = block[position]
      if isFree(index) { gather(index, position, groups) }
    }
    return placeTables(block)
  }

  /// Finds the rules behind one that differ from it in one address, and shares a table with them.
  private mutating func gather(_ index: Int, _ position: Int, _ groups: AddressGroups) {
    let bySource = groups.next(.sameSource, of: position, after: position, isFree)
    let byDestination = groups.next(.sameDestination, of: position, after: position, isFree)
    guard let first = [bySource, byDestination].compactMap({ $0 }).min() else { return }
    let side: AddressGroups.Side = first == bySource ? .sameSource : .sameDestination
    let table = tables.count
    tables.append(Table())
    tableCount += 1
    add(index, to: table, side)
    var next: Int? = first
    while let other = next {
      add(groups.block[other], to: table, side)
      next = groups.next(side, of: position, after: other, isFree)
    }
  }

  /// Whether no table has taken the rule yet.
  private func isFree(_ index: Int) -> Bool {
    sourceTable[index] < 0 && destinationTable[index] < 0
  }

  private mutating func add(_ index: Int, to table: Int, _ side: AddressGroups.Side) {
    let host = side == .sameSource ? rules[index].destination : rules[index].source
    if side == .sameSource {
      destinationTable[index] = Int32(truncatingIfNeeded: table)
    } else {
      sourceTable[index] = Int32(truncatingIfNeeded: table)
    }
    tables[table].entries.append(host.tableEntry(rules[index].family))
  }

  /// Puts the tables that are large enough into the first of their rules, and drops the others.
  private mutating func placeTables(_ block: [Int]) -> [Int] {
    var kept: [Int] = []
    for index in block {
      let table = Int(max(sourceTable[index], destinationTable[index]))
      guard table >= 0, tables[table].entries.count >= Self.tableThreshold else {
        kept.append(index)
        continue
      }
      if tables[table].isGenerated { continue }
      tables[table].isGenerated = true
      let name = "__automatic_\(tableCount - tables.count + table)"
      var definition = TableDefinition(name: name)
      definition.isConst = true
      definition.hasContents = true
      definition.entries = tables[table].entries
      definition.sources = [.list(tables[table].entries)]
      definition.location = rules[index].provenance.location
      definitions.append(definition)
      if sourceTable[index] >= 0 {
        rules[index].source.address = .table(name)
      } else {
        rules[index].destination.address = .table(name)
      }
      kept.append(index)
    }
    return kept
  }
}

extension RuleHost {
  /// The entry of a generated table.
  ///
  /// Its address is of the kind that ``isCombinable`` allows.
  fileprivate func tableEntry(_ family: AddressFamily) -> TableDefinition.Entry {
    guard case .network(let bits, let mask) = address else {
      return TableDefinition.Entry(family: family, address: .zero, prefixLength: 0)
    }
    return TableDefinition.Entry(
      family: family, address: bits, prefixLength: UInt8(mask.leadingOnes))
  }
}
