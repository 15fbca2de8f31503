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
  /// The entries of rules that do not.
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
  private var groupNumbers: [[HeaderClasses.Test]: UInt16] = [:]
  /// The flattened rules in order, still without priorities.
  private var flat: [(rule: FlatRule, outcome: FilterOutcome)] = []

  /// The most rules that anchors may unfold to.
  static let ruleLimit = 1 << 20

  /// What the anchor rules around a rule ask.
  private struct Context {
    var tests: [HeaderClasses.Test] = []
    var source = AddressSide.Criterion.any
    var destination = AddressSide.Criterion.any
    var sourcePorts = [UInt16.min...UInt16.max]
    var destinationPorts = [UInt16.min...UInt16.max]
    var anchorRule: Int32 = -1
    var depth = 0
  }

  /// A rule with everything that a packet must be to match it.
  private struct FlatRule {
    var context: Context
    var isQuick: Bool
  }

  /// Flattens the filter rules that packets of one family meet.
  init(
    _ program: Program, sources: AddressSide, destinations: AddressSide, family: AddressFamily
  ) {
    self.program = program
    self.sources = sources
    self.destinations = destinations
    self.family = family.rawValue
    width = family.addressBits
    flatten(list: Int32(RuleKind.filter.rawValue), Context())
    guard isComplete else { return }
    outcomes = [FilterOutcome](repeating: FilterOutcome(), count: flat.count * 2 + 1)
    for (position, item) in flat.enumerated() {
      // The first quick match decides, else the last match.
      let priority = item.rule.isQuick ? flat.count * 2 - position : position + 1
      outcomes[priority] = item.outcome
      entries += makeEntries(item.rule.context, priority: UInt32(priority))
    }
    flat = []
  }

  private mutating func flatten(list: Int32, _ context: Context) {
    for record in program.anchors.records(list) where isComplete {
      let marks = record.marks
      guard !marks.contains(.sticky), flat.count < Self.ruleLimit,
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
        let outcome = FilterOutcome(
          rule: record.id, anchorRule: context.anchorRule, list: list, tag: -1)
        flat.append((FlatRule(context: inner, isQuick: marks.contains(.quick)), outcome))
      }
    }
  }

  private mutating func enter(_ record: RuleRecord, _ context: Context) {
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
    let source = sources.criterion(record.sourceCriterion(width))
    let destination = destinations.criterion(record.destinationCriterion(width))
    if source == .opaque {
      inner.tests.append(record.headTest)
      return markDynamic(inner)
    }
    guard let bothSources = meet(inner.source, source, sources.forest) else { return nil }
    inner.source = bothSources
    let hasPorts = record.testsPorts
    if hasPorts {
      inner.sourcePorts = Self.meet(inner.sourcePorts, record.sourcePortTest.ranges)
    }
    if destination == .opaque {
      inner.tests.append(record.headTest)
      return markDynamic(inner)
    }
    guard let both = meet(inner.destination, destination, destinations.forest) else { return nil }
    inner.destination = both
    if hasPorts {
      inner.destinationPorts = Self.meet(
        inner.destinationPorts, record.destinationPortTest.ranges)
    }
    inner.tests.append(record.headerTest(body))
    return body.pointee.isDynamic ? markDynamic(inner) : inner
  }

  private mutating func markDynamic(_ context: Context) -> Context? {
    dynamic += makeEntries(context, priority: 1)
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

  private static func meet(
    _ left: [ClosedRange<UInt16>], _ right: [ClosedRange<UInt16>]
  ) -> [ClosedRange<UInt16>] {
    left.flatMap { range in
      right.filter { $0.overlaps(range) }.map { $0.clamped(to: range) }
    }
  }

  private mutating func makeEntries(
    _ context: Context, priority: UInt32
  ) -> [RuleIndex.Entry] {
    guard let group = group(context.tests) else { return [] }
    let (source, sourceSet) = context.source.place
    let (destination, destinationSet) = context.destination.place
    return context.sourcePorts.flatMap { low in
      context.destinationPorts.map { high in
        RuleIndex.Entry(
          source: source, destination: destination,
          candidate: RuleIndex.Candidate(
            priority: priority, sourceLow: low.lowerBound, sourceHigh: low.upperBound,
            destinationLow: high.lowerBound, destinationHigh: high.upperBound, header: group,
            sourceSet: sourceSet, destinationSet: destinationSet))
      }
    }
  }

  /// The number of a group of tests.
  private mutating func group(_ tests: [HeaderClasses.Test]) -> UInt16? {
    if let known = groupNumbers[tests] { return known }
    guard let number = UInt16(exactly: groups.count) else {
      isComplete = false
      return nil
    }
    groups.append(tests)
    groupNumbers[tests] = number
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
  /// The source criterion in a family.
  func sourceCriterion(_ width: Int) -> AddressCondition {
    AddressCondition(
      sourceKind, source, negated: marks.contains(.sourceNegated), width: width)
  }

  /// The destination criterion in a family.
  func destinationCriterion(_ width: Int) -> AddressCondition {
    AddressCondition(
      destinationKind, destination, negated: marks.contains(.destinationNegated), width: width)
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
