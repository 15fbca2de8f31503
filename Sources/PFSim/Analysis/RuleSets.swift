/// The rules of one list with the sets of packets that they match.
public struct RuleSets: Sendable {
  /// One visit of a rule with its set.
  struct Entry: Sendable {
    /// The visit.
    var step: RuleWalk.Step
    /// The packets that may match, the anchor calls around included.
    var set: PacketSet
    /// What else would have to hold, in words; empty where packets of ``set`` match for certain.
    var uncertain: [String]
    /// The quick anchor calls around the rule.
    var quickCalls: [Int]
    /// Whether a match may end the walk at once; in the lists of translation and scrub it does.
    var isQuick: Bool { step.rule.quick || step.place.kind.firstMatchDecides }
    /// Whether every packet of ``set`` matches, as far as the unknowns agree.
    var isCertain: Bool { uncertain.isEmpty }
  }

  /// The classes that all sets are made of.
  let classes: PacketClasses
  /// The walk.
  let walk: RuleWalk
  /// The packets that the list looks at.
  let universe: PacketRegion
  /// The visits in the kernel's order.
  let entries: [Entry]
  /// For each visit whether it is certain, whether it may end the walk, and whether quick calls
  /// surround it: what questions about many pairs of rules ask, without the rules.
  let marks: [Marks]

  /// The first visit that may end the walk, but not for certain; behind the last where none does.
  let firstUncertainQuick: Int

  /// What pairs of rules are compared by.
  struct Marks: Sendable {
    var isCertain: Bool
    var isQuick: Bool
    var hasQuickCalls: Bool
  }

  /// Makes the sets of a walk.
  /// - Parameters:
  ///   - direction: The packets looked at; any for both directions.
  ///   - queries: More criteria that the classes must tell apart.
  init(
    _ walk: RuleWalk, test: RuleTest, direction: Direction = .any, tables: KnownTables,
    queries: [PacketCriteria] = [], interfaces: [String], unseen: Set<String>
  ) {
    self.walk = walk
    let criteria = { (rule: Rule, place: RulePlace) in
      PacketCriteria(rule, test: test, anchor: place.anchor, tables: tables)
    }
    let ofCalls = walk.calls.map { criteria($0.rule, $0.place) }
    let ofSteps = walk.steps.map { criteria($0.rule, $0.place) }
    let classes = PacketClasses(
      ofCalls + ofSteps + queries, interfaces: interfaces, unseen: unseen)
    self.classes = classes
    universe = Self.universe(classes, test, direction)
    let calls = ofCalls.map(classes.match)
    entries = zip(walk.steps, ofSteps).map { step, criteria in
      Self.entry(step, classes.match(criteria), calls, walk, classes)
    }
    let marks = entries.map {
      Marks(
        isCertain: $0.isCertain, isQuick: $0.isQuick, hasQuickCalls: !$0.quickCalls.isEmpty)
    }
    self.marks = marks
    firstUncertainQuick =
      marks.firstIndex { !$0.isCertain && ($0.isQuick || $0.hasQuickCalls) } ?? entries.count
  }

  private static func universe(
    _ classes: PacketClasses, _ test: RuleTest, _ direction: Direction
  ) -> PacketRegion {
    var limits = PacketCriteria()
    limits.direction = direction
    if [.translation, .incomingBinat, .scrubTCP].contains(test) { limits.wholeness = .whole }
    if test == .scrubTCP { limits.proto = .tcp }
    let limit = classes.match(limits).set
    return PacketRegion(
      classes.universe.sets.compactMap { classes.layout.intersection($0, limit) })
  }

  private static func entry(
    _ step: RuleWalk.Step, _ match: PacketClasses.Match, _ calls: [PacketClasses.Match],
    _ walk: RuleWalk, _ classes: PacketClasses
  ) -> Entry {
    var match = match
    for index in step.calls {
      match.uncertain += calls[index].uncertain
      for word in match.set.words.indices {
        match.set.words[word] &= calls[index].set.words[word]
      }
    }
    return Entry(
      step: step, set: match.set, uncertain: match.uncertain,
      quickCalls: step.calls.filter { walk.calls[$0].rule.quick })
  }

  /// The part of an entry's set that there are packets for.
  func packets(of entry: Entry) -> PacketRegion {
    PacketRegion(universe.sets.compactMap { classes.layout.intersection($0, entry.set) })
  }
}
