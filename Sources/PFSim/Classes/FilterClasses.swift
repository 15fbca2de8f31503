/// Everything that the fast evaluator knows about the filter rules as packets of one family meet
/// them: the classes of fields and, where one can be built, the index of rules.
///
/// Plain pointers; the owner calls ``deallocate()``.
struct FilterClasses {
  let sources: AddressLookup
  let sourceSets: AddressSets
  let destinations: AddressLookup
  let destinationSets: AddressSets
  let sourcePorts: PortClasses
  let destinationPorts: PortClasses
  let headers: HeaderClasses
  /// Finds the deciding rule; nil where only a walk can tell.
  let index: UnsafePointer<RuleIndex>?
  /// Finds whether a rule is met that depends on more than classes; nil where there is none.
  let dynamicIndex: UnsafePointer<RuleIndex>?
  /// What the index's priorities mean.
  let outcomes: UnsafeMutablePointer<FilterOutcome>
  /// The bytes that all of it takes.
  let bytes: Int

  /// Gives the memory back.
  func deallocate() {
    sources.deallocate()
    sourceSets.deallocate()
    destinations.deallocate()
    destinationSets.deallocate()
    sourcePorts.deallocate()
    destinationPorts.deallocate()
    headers.deallocate()
    for index in [index, dynamicIndex].compactMap(\.self) {
      index.pointee.deallocate()
      index.deallocate()
    }
    outcomes.deallocate()
  }

  /// Classifies the fields of a family's packets by all filter rules of a program; nil where there
  /// are too many combinations.
  /// - Parameter opaqueFrom: By rule id, lowered to the first criterion that classes do not tell.
  /// - Complexity: O(n log n) in rules and table entries.
  init?(
    _ program: Program, family: AddressFamily, opaqueFrom: UnsafeMutablePointer<UInt8>
  ) {
    let criteria = Criteria(program, family)
    let sources = AddressSide(program, family, .source)
    let destinations = AddressSide(program, family, .destination)
    let flattening = FilterFlattening(
      program, sources: sources, destinations: destinations, family: family,
      numbers: criteria.tests)
    let groups = flattening.groups + criteria.tests.tests.map { [$0] }
    guard
      let headers = HeaderClasses(groups, interfaceCount: program.interfaces.records.count)
    else {
      sources.deallocate()
      destinations.deallocate()
      return nil
    }
    self.headers = headers
    self.sources = sources.classes
    sourceSets = sources.sets
    self.destinations = destinations.classes
    destinationSets = destinations.sets
    sourcePorts = PortClasses(criteria.sourcePorts)
    destinationPorts = PortClasses(criteria.destinationPorts)
    index = flattening.isComplete ? Self.index(flattening.entries, sources, destinations) : nil
    dynamicIndex =
      flattening.dynamic.isEmpty ? nil : Self.index(flattening.dynamic, sources, destinations)
    outcomes = .allocate(capacity: flattening.outcomes.count)
    for (priority, outcome) in flattening.outcomes.enumerated() {
      (outcomes + priority).initialize(to: outcome)
    }
    bytes =
      sources.bytes + destinations.bytes + 4 * 65_536 + headers.bytes + (index?.pointee.bytes ?? 0)
      + (dynamicIndex?.pointee.bytes ?? 0)
      + flattening.outcomes.count * MemoryLayout<FilterOutcome>.stride
    markOpaque(program, sources, destinations, in: opaqueFrom)
  }

  private static func index(
    _ entries: [RuleIndex.Entry], _ sources: AddressSide, _ destinations: AddressSide
  ) -> UnsafePointer<RuleIndex>? {
    guard let index = RuleIndex(entries, sources, destinations) else { return nil }
    let place = UnsafeMutablePointer<RuleIndex>.allocate(capacity: 1)
    place.initialize(to: index)
    return UnsafePointer(place)
  }

  private func markOpaque(
    _ program: Program, _ sources: AddressSide, _ destinations: AddressSide,
    in opaqueFrom: UnsafeMutablePointer<UInt8>
  ) {
    let width = sources.forest.width
    for anchor in program.anchors.paths.indices {
      let list = AnchorTree.list(Int32(truncatingIfNeeded: anchor), .filter)
      for record in program.anchors.records(list) {
        var first = opaqueFrom[Int(record.id)]
        if program.body(record.id).pointee.isDynamic { first = min(first, Criterion.user.rawValue) }
        if destinations.isOpaque(record.condition(.destination, width)) {
          first = min(first, Criterion.destination.rawValue)
        }
        if sources.isOpaque(record.condition(.source, width)) {
          first = min(first, Criterion.source.rawValue)
        }
        opaqueFrom[Int(record.id)] = first
      }
    }
  }

  /// The criteria of all filter rules beside addresses, each once.
  private struct Criteria {
    var sourcePorts: Set<PortClasses.Test> = []
    var destinationPorts: Set<PortClasses.Test> = []
    var tests = HeaderClasses.TestNumbers()

    init(_ program: Program, _ family: AddressFamily) {
      for anchor in program.anchors.paths.indices {
        let list = AnchorTree.list(Int32(truncatingIfNeeded: anchor), .filter)
        for record in program.anchors.records(list) {
          // Rules of the other family fail late enough that their interface counts.
          _ = tests.number(record.headerTest(program.body(record.id)))
          guard record.family == 0 || record.family == family.rawValue, record.testsPorts else {
            continue
          }
          if record.sourceOperator != 0 { sourcePorts.insert(record.sourcePortTest) }
          if record.destinationOperator != 0 {
            destinationPorts.insert(record.destinationPortTest)
          }
        }
      }
    }
  }

  /// The classes of a packet's fields.
  struct Classified {
    var source: UInt32 = 0
    var destination: UInt32 = 0
    var combination: UInt32 = 0
    var key = WalkMemo.Key(addresses: 0, others: 0)
  }
}

extension UnsafePointer<FilterClasses> {
  /// Classifies a packet of the family.
  @inline(__always)
  func classify(_ header: FilterHeader) -> FilterClasses.Classified {
    let (source, destination) = addressClasses(header)
    return classify(header, source, destination)
  }

  /// The classes of a packet's source and destination.
  @inline(__always)
  func addressClasses(_ header: FilterHeader) -> (source: UInt32, destination: UInt32) {
    if header.isIPv6 {
      return (
        pointee.sources.lookup(ipv6: header.source),
        pointee.destinations.lookup(ipv6: header.destination)
      )
    }
    return (
      pointee.sources.lookup(ipv4: header.source.ipv4),
      pointee.destinations.lookup(ipv4: header.destination.ipv4)
    )
  }

  /// Classifies a packet whose addresses' classes are known.
  @inline(__always)
  func classify(
    _ header: FilterHeader, _ source: UInt32, _ destination: UInt32
  ) -> FilterClasses.Classified {
    let combination = pointee.headers.combination(header)
    let ports =
      UInt64(pointee.sourcePorts.table[Int(header.sourcePort)]) << 16
      | UInt64(pointee.destinationPorts.table[Int(header.destinationPort)])
    let key = WalkMemo.Key(
      addresses: UInt64(source) << 32 | UInt64(destination),
      others: (header.isIPv6 ? 1 << 63 : 0) | ports << 30 | UInt64(combination))
    return FilterClasses.Classified(
      source: source, destination: destination, combination: combination, key: key)
  }

  /// What an index looks at.
  @inline(__always)
  func indexed(
    _ header: FilterHeader, _ source: UInt32, _ destination: UInt32, _ combination: UInt32
  ) -> IndexedHeader {
    IndexedHeader(
      source: source, destination: destination,
      sourcePort: header.sourcePort, destinationPort: header.destinationPort,
      headers: pointee.headers.results(of: combination))
  }

  /// The priority of the deciding rule as the index tells it; nil where only a walk can.
  @inline(__always)
  func search(
    _ classified: FilterClasses.Classified, _ header: FilterHeader
  ) -> UInt32? {
    guard let index = pointee.index else { return nil }
    let indexed = indexed(
      header, classified.source, classified.destination, classified.combination)
    if let dynamic = pointee.dynamicIndex, dynamic.best(indexed) != 0 { return nil }
    return index.best(indexed)
  }

  /// Whether the index alone tells every packet's rule.
  @inline(__always) var isIndexed: Bool { pointee.index != nil && pointee.dynamicIndex == nil }
}
