/// The filter rules of a program in the order of evaluation, anchors opened, as entries of a
/// ``RuleIndex``.
///
/// Only what an index can decide is flattened: an anchor rule with `quick`, rules that set tags, and
/// intersections of sets make ``isComplete`` false. Rules whose match depends on more than the
/// classes of a packet's fields have entries among ``dynamic``: a packet that one of these meets
/// has to walk.
struct FilterFlattening {
  /// The entries of rules that decide by classes alone.
  private(set) var entries: [RuleIndex.Entry] = []
  /// The entries of rules that do not, each with a priority of its own.
  private(set) var dynamic: [RuleIndex.Entry] = []
  /// What a match of each priority means; priority 0 is the default rule.
  private(set) var outcomes: [FilterOutcome] = [FilterOutcome()]
  /// The groups of header tests that entries name.
  private(set) var groups: [[HeaderClasses.Test]] = []
  /// Whether the entries say everything about the rules.
  private(set) var isComplete = true

  private let program: Program
  private let sources: AddressSide
  private let destinations: AddressSide
  private let width: Int
  private let family: UInt8
  private var numbers: HeaderClasses.TestNumbers
  /// The numbers of groups, by the group around and the test added.
  private var groupNumbers: [UInt64: UInt16] = [:]
  private var lastGroup: (key: UInt64, number: UInt16) = (.max, 0)
  /// The number of rules flattened.
  private var count = 0
  /// The number of anchor calls that a packet which passes all of them goes into.
  private var calls: Int32 = 0

  /// The most rules that anchors may unfold to.
  static let ruleLimit = 1 << 20

  /// What a rule and the anchor rules around it ask.
  private struct Context {
    /// The group of header tests, -1 for none.
    var group: Int32 = -1
    var source = AddressSide.Criterion.any
    var destination = AddressSide.Criterion.any
    var sourcePorts = PortRanges.all
    var destinationPorts = PortRanges.all
    var anchorRule: Int32 = -1
    var depth = 0
  }

  /// Flattens the filter rules that packets of one family meet.
  init(
    _ program: Program, sources: AddressSide, destinations: AddressSide, family: AddressFamily,
    numbers: HeaderClasses.TestNumbers
  ) {
    self.program = program
    self.sources = sources
    self.destinations = destinations
    self.family = family.rawValue
    self.numbers = numbers
    width = family.addressBits
    flatten(list: Int32(RuleKind.filter.rawValue), Context())
    // The first quick match decides, else the last match.
    var ranked = [FilterOutcome](repeating: FilterOutcome(), count: count * 2 + 1)
    for position in 0..<count {
      ranked[rank(position + 1)] = outcomes[position + 1]
    }
    for index in entries.indices {
      let position = Int(entries[index].candidate.priority)
      entries[index].candidate.priority = UInt32(truncatingIfNeeded: rank(position))
    }
    outcomes = ranked
  }

  /// The priority of a rule by its number, 1 or more.
  private func rank(_ number: Int) -> Int {
    let body = program.body(outcomes[number].rule)
    return body.pointee.quick ? count * 2 + 1 - number : number
  }

  private mutating func flatten(list: Int32, _ context: Context) {
    for record in program.anchors.records(list) where isComplete {
      let marks = record.marks
      guard !marks.contains(.sticky), count < Self.ruleLimit,
        !marks.contains([.anchor, .quick]), context.depth < AnchorWalk.depthLimit
      else {
        isComplete = false
        return
      }
      if record.family != 0, record.family != family { continue }
      guard let inner = narrow(context, by: record) else { continue }
      if marks.contains(.anchor) {
        enter(record, inner)
      } else {
        count += 1
        outcomes.append(
          FilterOutcome(rule: record.id, anchorRule: context.anchorRule, list: list, tag: -1))
        addEntries(inner, priority: UInt32(truncatingIfNeeded: count), isDynamic: false)
      }
    }
  }

  private mutating func enter(_ record: RuleRecord, _ context: Context) {
    calls += 1
    // A walk that may give up is no index's.
    guard calls <= AnchorWalk.callLimit else {
      isComplete = false
      return
    }
    var context = context
    let body = program.body(record.id)
    if context.depth == 0 { context.anchorRule = record.id }
    context.depth += 1
    let anchor = body.pointee.anchor
    guard body.pointee.anchorWildcard else {
      return flatten(list: AnchorTree.list(anchor, .filter), context)
    }
    var child = program.anchors.nodes.base[Int(anchor)].firstChild
    while child >= 0 {
      flatten(list: AnchorTree.list(child, .filter), context)
      child = program.anchors.nodes.base[Int(child)].nextSibling
    }
  }

  /// Adds a rule's criteria to those around it; nil where no packet can pass both.
  ///
  /// Dynamic rules leave their entry on the way.
  private mutating func narrow(_ context: Context, by record: RuleRecord) -> Context? {
    var inner = context
    let body = program.body(record.id)
    let source = sources.criterion(record.condition(.source, width))
    let destination = destinations.criterion(record.condition(.destination, width))
    if source == .opaque { return markDynamic(inner, record.headTest) }
    guard let bothSources = meet(inner.source, source, sources.forest) else { return nil }
    inner.source = bothSources
    let hasPorts = record.testsPorts
    if hasPorts, record.sourceOperator != 0 {
      inner.sourcePorts = meet(inner.sourcePorts, record.sourcePortTest.ranges)
    }
    if destination == .opaque { return markDynamic(inner, record.headTest) }
    guard let both = meet(inner.destination, destination, destinations.forest) else { return nil }
    inner.destination = both
    if hasPorts, record.destinationOperator != 0 {
      inner.destinationPorts = meet(inner.destinationPorts, record.destinationPortTest.ranges)
    }
    let test = record.headerTest(body)
    if body.pointee.isDynamic { return markDynamic(inner, test) }
    add(test, to: &inner)
    return inner
  }

  private mutating func markDynamic(
    _ context: Context, _ test: HeaderClasses.Test
  ) -> Context? {
    var context = context
    add(test, to: &context)
    addEntries(
      context, priority: UInt32(truncatingIfNeeded: dynamic.count + 1), isDynamic: true)
    return nil
  }

  /// The addresses that pass two criteria; nil for none.
  private mutating func meet(
    _ left: AddressSide.Criterion, _ right: AddressSide.Criterion, _ forest: PrefixForest
  ) -> AddressSide.Criterion? {
    switch (left, right) {
    case (.never, _), (_, .never): return nil
    case (.any, let other), (let other, .any): return other
    case (.node(let a), .node(let b)):
      if (a..<forest.ends[Int(a)]).contains(b) { return right }
      return (b..<forest.ends[Int(b)]).contains(a) ? left : nil
    case _ where left == right: return left
    default:
      isComplete = false
      return nil
    }
  }

  private mutating func meet(_ left: PortRanges, _ right: PortRanges) -> PortRanges {
    guard let both = left.meet(right) else {
      isComplete = false
      return PortRanges()
    }
    return both
  }

  private mutating func addEntries(_ context: Context, priority: UInt32, isDynamic: Bool) {
    let (source, sourceSet) = context.source.place
    let (destination, destinationSet) = context.destination.place
    for low in 0..<context.sourcePorts.count {
      let sourcePorts = context.sourcePorts[low]
      for high in 0..<context.destinationPorts.count {
        let destinationPorts = context.destinationPorts[high]
        let test = RuleIndex.Test(
          sourceLow: sourcePorts.lowerBound,
          sourceSpan: sourcePorts.upperBound - sourcePorts.lowerBound,
          destinationLow: destinationPorts.lowerBound,
          destinationSpan: destinationPorts.upperBound - destinationPorts.lowerBound,
          header: UInt16(truncatingIfNeeded: context.group), sourceSet: sourceSet,
          destinationSet: destinationSet)
        let entry = RuleIndex.Entry(
          source: source, destination: destination,
          candidate: .init(priority: priority, test: test))
        if isDynamic { dynamic.append(entry) } else { entries.append(entry) }
      }
    }
  }

  /// Adds a test to those of a context.
  private mutating func add(_ test: HeaderClasses.Test, to context: inout Context) {
    let key = UInt64(UInt32(bitPattern: context.group)) << 32 | UInt64(numbers.number(test))
    if lastGroup.key != key {
      lastGroup = (key, groupNumbers[key] ?? newGroup(key, context.group, test))
    }
    context.group = Int32(lastGroup.number)
  }

  private mutating func newGroup(
    _ key: UInt64, _ outer: Int32, _ test: HeaderClasses.Test
  ) -> UInt16 {
    guard let number = UInt16(exactly: groups.count) else {
      isComplete = false
      return 0
    }
    groups.append((outer >= 0 ? groups[Int(outer)] : []) + [test])
    groupNumbers[key] = number
    return number
  }
}

extension AddressSide.Criterion {
  /// The node and the set of a criterion that some address passes.
  fileprivate var place: (node: UInt32, set: UInt16) {
    switch self {
    case .node(let node): (node, 0)
    case .set(let set): (0, set)
    case .any, .never, .opaque: (0, 0)
    }
  }
}

extension RuleBody {
  /// Whether a match depends on more than the packet's header: socket, chance, tag, system.
  var isDynamic: Bool {
    userOperator != 0 || groupOperator != 0 || probability != 0 || matchTag != 0
      || fingerprint >= 0
  }
}

extension RuleRecord {
  /// One of the two addresses of a rule.
  enum Side {
    case source
    case destination
  }

  /// The criterion on a side's address in a family.
  func condition(_ side: Side, _ width: Int) -> AddressCondition {
    switch side {
    case .source:
      AddressCondition(
        sourceKind, source, negated: marks.contains(.sourceNegated), width: width)
    case .destination:
      AddressCondition(
        destinationKind, destination, negated: marks.contains(.destinationNegated),
        width: width)
    }
  }

  /// Whether the rule looks at ports at all.
  var testsPorts: Bool {
    proto == IPProtocol.tcp.rawValue || proto == IPProtocol.udp.rawValue
  }

  /// The test of the source port.
  var sourcePortTest: PortClasses.Test {
    .init(comparison: sourceOperator, first: sourcePort, second: sourcePort2)
  }

  /// The test of the destination port.
  var destinationPortTest: PortClasses.Test {
    .init(comparison: destinationOperator, first: destinationPort, second: destinationPort2)
  }

  /// The criteria that are tested before addresses.
  var headTest: HeaderClasses.Test {
    .init(
      interface: interface, interfaceNegated: marks.contains(.interfaceNegated),
      direction: direction, proto: proto)
  }

  /// All criteria on single fields beside addresses and ports.
  func headerTest(_ body: UnsafeMutablePointer<RuleBody>) -> HeaderClasses.Test {
    var test = headTest
    test.icmpType = icmpType
    test.icmpCode = icmpCode
    test.flags = flags
    test.flagMask = flagMask
    test.tos = body.pointee.hasTOS ? body.pointee.tos : 0
    test.isForFragments = marks.contains(.fragment)
    return test
  }
}
