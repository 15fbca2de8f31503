/// pfctl's ruleset optimiser: drops covered rules, gathers addresses into tables, and puts rules
/// that skip steps can jump together next to each other.
///
/// It only touches filter rules, and only within a superblock: a run of rules that may change
/// places without a change of meaning. Besides the rules it holds at most about 100 bytes a rule.
struct RulesetOptimizer {
  /// From how many addresses on a table is worth it (`TABLE_THRESHOLD`).
  static let tableThreshold = 6

  /// The number of tables begun so far in this run of pfctl.
  private(set) var tableCount = 0
  /// The number of rules that each table of a superblock would take in.
  private var tableSizes: [Int32] = []
  private var definitions: [TableDefinition] = []
  private var rules: [Rule] = []
  private var numbers: [RuleNumbering.Numbers] = []
  /// The generated table that each rule's source may go into, an index into ``tableSizes``; -1 for
  /// none.
  private var sourceTable: [Int32] = []
  /// The same for the destination.
  private var destinationTable: [Int32] = []

  /// Optimises the filter rules of every anchor of a load; the generated tables are added to the
  /// anchor's tables and, for printing, listed.
  mutating func optimize(_ ruleset: inout Ruleset) {
    for index in ruleset.anchors.indices where !ruleset.anchors[index][.filter].isEmpty {
      swap(&rules, &ruleset.anchors[index].rules[Int(RuleKind.filter.rawValue)])
      definitions = []
      arrange(by: newOrder())
      swap(&rules, &ruleset.anchors[index].rules[Int(RuleKind.filter.rawValue)])
      rules = []
      ruleset.anchors[index].tables += definitions
      ruleset.anchors[index].generatedTables = definitions.map(\.name)
    }
  }

  /// Empties the filter rules of each ruleset of a load that has several rules in one superblock
  /// (`combine_rules` without tables); the others have nothing to optimise.
  ///
  /// - Returns: The number of rulesets emptied; those that only an emptied one calls do not count.
  mutating func forgetOptimizable(_ ruleset: inout Ruleset) -> Int {
    let indices = Dictionary(
      ruleset.anchors.indices.map { (ruleset.anchors[$0].path, $0) }, uniquingKeysWith: { $1 })
    var open = [0]
    var seen: Set<Int> = [0]
    var count = 0
    while let index = open.popLast() {
      rules = ruleset.anchors[index][.filter]
      if hasSeveralInOneBlock() {
        ruleset.anchors[index][.filter] = []
        count += 1
        continue
      }
      for call in rules.compactMap(\.anchorCall) where call.inline {
        if let called = indices[call.path], seen.insert(called).inserted { open.append(called) }
      }
    }
    rules = []
    numbers = []
    return count
  }

  private mutating func hasSeveralInOneBlock() -> Bool {
    number()
    return rules.indices.contains { endOfSuperblock(from: $0) > $0 + 1 }
  }

  /// The rules that stay, in their new order.
  private mutating func newOrder() -> [Int32] {
    number()
    sourceTable = Array(repeating: -1, count: rules.count)
    destinationTable = sourceTable
    var order: [Int32] = []
    order.reserveCapacity(rules.count)
    var start = 0
    while start < rules.count {
      let end = endOfSuperblock(from: start)
      if end == start + 1 {
        order.append(Int32(truncatingIfNeeded: start))
      } else {
        order += optimize(start..<end)
      }
      start = end
    }
    numbers = []
    sourceTable = []
    destinationTable = []
    return order
  }

  private mutating func number() {
    var numbering = RuleNumbering()
    numbers = rules.withUnsafeBufferPointer { rules in
      guard let first = rules.baseAddress else { return [] }
      return rules.indices.map { numbering.numbers(of: first + $0) }
    }
  }

  /// Brings the rules into an order, in place; those that it leaves out go.
  private mutating func arrange(by order: [Int32]) {
    var order = order
    let count = order.count
    var stays = [Bool](repeating: false, count: rules.count)
    for index in order { stays[Int(index)] = true }
    order.reserveCapacity(rules.count)
    for index in rules.indices where !stays[index] {
      order.append(Int32(truncatingIfNeeded: index))
    }
    rules.withUnsafeMutableBufferPointer { Self.permute($0, &order) }
    rules.removeLast(rules.count - count)
    for index in rules.indices { rules[index].loadNumber = Int32(truncatingIfNeeded: index) }
  }

  /// Moves each rule to the place that names it in `order`, a permutation, which is used up.
  private static func permute(
    _ rules: UnsafeMutableBufferPointer<Rule>, _ order: inout [Int32]
  ) {
    guard let base = rules.baseAddress else { return }
    for start in order.indices where order[start] >= 0 {
      guard order[start] != Int32(truncatingIfNeeded: start) else { continue }
      // Along a cycle of the order; places that are done are marked.
      let first = (base + start).move()
      var place = start
      while order[place] != Int32(truncatingIfNeeded: start) {
        let from = Int(order[place])
        (base + place).moveInitialize(from: base + from, count: 1)
        order[place] = -1
        place = from
      }
      (base + place).initialize(to: first)
      order[place] = -1
    }
  }

  /// The order of one superblock's rules, after all passes.
  private mutating func optimize(_ block: Range<Int>) -> [Int32] {
    let kept = rules.withUnsafeBufferPointer { [numbers] in
      RuleCover.maximal(block, MergeCandidates($0, numbers))
    }
    gather(kept)
    let combined = placeTables(kept)
    if combined.count < 3 { return combined }
    return rules.withUnsafeBufferPointer { [numbers] in
      SkipStepOrder(combined, $0, numbers).order(combined)
    }
  }

  /// The end of the rules that may change places with the first (`superblock_inclusive`).
  private func endOfSuperblock(from start: Int) -> Int {
    let first = numbers[start]
    var end = start + 1
    if first.effect < 0 { return end }
    while end < numbers.count, numbers[end].effect == first.effect {
      let isForGroup = first.isForInterfaceGroup || numbers[end].isForInterfaceGroup
      if isForGroup, numbers[end].interface != first.interface { break }
      end += 1
    }
    return end
  }

  // MARK: - Tables

  /// Gathers rules that differ in one address only into tables (`combine_rules`).
  private mutating func gather(_ block: [Int32]) {
    tableSizes = []
    let rules = rules
    rules.withUnsafeBufferPointer { rules in
      var groups = AddressGroups(block, MergeCandidates(rules, numbers))
      for position in block.indices where isFree(Int(block[position])) {
        gather(position, &groups)
      }
    }
  }

  /// Finds the rules behind one that differ from it in one address, and shares a table with them.
  private mutating func gather(_ position: Int, _ groups: inout AddressGroups) {
    let bySource = groups.next(.sameSource, of: position, after: position) { isFree($0) }
    let byDestination = groups.next(.sameDestination, of: position, after: position) { isFree($0) }
    guard let first = [bySource, byDestination].compactMap({ $0 }).min() else { return }
    let side: AddressGroups.Side = first == bySource ? .sameSource : .sameDestination
    tableSizes.append(0)
    tableCount += 1
    take(Int(groups.block[position]), side)
    var next: Int? = first
    while let other = next {
      take(Int(groups.block[other]), side)
      next = groups.next(side, of: position, after: other) { isFree($0) }
    }
  }

  /// Whether no table has taken the rule yet.
  private func isFree(_ index: Int) -> Bool {
    sourceTable[index] < 0 && destinationTable[index] < 0
  }

  /// Puts a rule down for the newest table.
  private mutating func take(_ index: Int, _ side: AddressGroups.Side) {
    let table = Int32(truncatingIfNeeded: tableSizes.count - 1)
    if side == .sameSource {
      destinationTable[index] = table
    } else {
      sourceTable[index] = table
    }
    tableSizes[tableSizes.count - 1] += 1
  }

  /// Puts the tables that are large enough into the first of their rules, and drops the others.
  private mutating func placeTables(_ block: [Int32]) -> [Int32] {
    var kept: [Int32] = []
    var definitionOf: [Int32: Int] = [:]
    for number in block {
      let index = Int(number)
      let table = max(sourceTable[index], destinationTable[index])
      guard table >= 0, tableSizes[Int(table)] >= Self.tableThreshold else {
        kept.append(number)
        continue
      }
      let host = sourceTable[index] >= 0 ? rules[index].source : rules[index].destination
      let entry = host.tableEntry(rules[index].family)
      if let known = definitionOf[table] {
        definitions[known].entries.append(entry)
        continue
      }
      let name = "__automatic_\(tableCount - tableSizes.count + Int(table))"
      definitionOf[table] = definitions.count
      definitions.append(
        TableDefinition(name: name, first: entry, at: rules[index].provenance.location))
      if sourceTable[index] >= 0 {
        rules[index].source.address = .table(name)
      } else {
        rules[index].destination.address = .table(name)
      }
      kept.append(number)
    }
    for index in definitionOf.values {
      definitions[index].sources = [.list(definitions[index].entries)]
    }
    return kept
  }
}

extension TableDefinition {
  /// A generated table, as yet with one entry.
  fileprivate init(name: String, first: Entry, at location: Provenance.Location?) {
    self.init(name: name)
    isConst = true
    hasContents = true
    entries = [first]
    self.location = location
  }
}

extension RuleHost {
  /// The entry of a generated table.
  ///
  /// Its address is of the kind that ``AddressSpec/isCombinable`` allows.
  fileprivate func tableEntry(_ family: AddressFamily) -> TableDefinition.Entry {
    guard case .network(let bits, let mask) = address else {
      return TableDefinition.Entry(family: family, address: .zero, prefixLength: 0)
    }
    return TableDefinition.Entry(
      family: family, address: bits, prefixLength: UInt8(mask.leadingOnes))
  }
}
