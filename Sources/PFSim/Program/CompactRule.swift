/// The criteria of a filter rule in 64 bytes, one cache line, for the walk over many rules.
///
/// Interface, direction, family and protocol are tested with one comparison; the lowest bit that
/// differs tells which of them failed first. What does not fit (tables, ranges, negation, IPv6
/// networks, rare operators) is made to fail here, with a skip step that carries ``slowMark``: the
/// walk then asks the rule's ``RuleRecord``.
struct CompactRule {
  /// Where the walk goes on when a criterion fails: a ``place(_:)``, or the rule's own with
  /// ``slowMark``.
  var skips: Steps
  /// The IPv4 networks.
  var source: UInt32
  var sourceMask: UInt32
  var destination: UInt32
  var destinationMask: UInt32
  /// The first port accepted and how many more follow.
  var sourcePort: UInt16 = 0
  var sourcePortSpan: UInt16 = .max
  var destinationPort: UInt16 = 0
  var destinationPortSpan: UInt16 = .max
  /// Interface, direction, family and protocol in this order from bit 0, eight bits each
  /// (``head(_:isOut:isIPv6:_:)``); three of the family's bits say what a match means.
  var head: UInt32
  /// The bits of ``head`` that count.
  var headMask: UInt32

  /// Marks a place whose rule only its record can judge.
  static let slowMark: UInt32 = 1 << 31
  /// In ``head``: a match ends the evaluation.
  static let quick: UInt32 = 1 << 20
  /// In ``head``: a packet that passes must be shown to the record.
  static let slowMatch: UInt32 = 1 << 21
  /// In ``head``, beside ``slowMatch``: of the record only the TCP flags are left to ask.
  static let flagsMatch: UInt32 = 1 << 22
  /// In ``head(_:isOut:isIPv6:_:)``: the packet leaves.
  static let out: UInt32 = 0x200
  /// In ``head(_:isOut:isIPv6:_:)``: the packet is IPv6.
  static let inet6: UInt32 = 0x1_0000
  /// The interfaces from this record on are not told apart here.
  static let lastInterface: UInt32 = 254

  /// Skip steps in the order of ``SkipSteps``.
  struct Steps {
    var interface: UInt32
    var direction: UInt32
    var family: UInt32
    var proto: UInt32
    var source: UInt32
    var sourcePort: UInt32
    var destination: UInt32
    var destinationPort: UInt32
  }

  /// Where the rule with an index lies: in bytes from the first, which saves a shift at each rule.
  ///
  /// Room for 2^25 rules is left below ``slowMark``; a file cannot expand to as many.
  @inline(__always)
  static func place(_ index: Int32) -> UInt32 { UInt32(bitPattern: index) &<< 6 }

  /// The index of the rule at a place, with ``slowMark`` or without.
  @inline(__always)
  static func index(_ place: UInt32) -> Int { Int((place & ~slowMark) &>> 6) }

  /// The fields that are compared at once.
  @inline(__always)
  static func head(_ interface: Int32, isOut: Bool, isIPv6: Bool, _ proto: UInt8) -> UInt32 {
    min(UInt32(bitPattern: interface), lastInterface)
      | (isOut ? out : 0x100) | (isIPv6 ? inet6 : 0) | UInt32(proto) << 24
  }
}

extension CompactRule {
  /// Compacts the rule at a place of its list.
  init(_ record: RuleRecord, at index: Int32) {
    let steps = record.skips
    skips = Steps(
      interface: Self.place(steps.interface), direction: Self.place(steps.direction),
      family: Self.place(steps.family), proto: Self.place(steps.proto),
      source: Self.place(steps.source), sourcePort: Self.place(steps.sourcePort),
      destination: Self.place(steps.destination),
      destinationPort: Self.place(steps.destinationPort))
    let slow = Self.place(index) | Self.slowMark
    (head, headMask) = (0, 0)
    (source, sourceMask, destination, destinationMask) = (0, 0, 0, 0)
    setHead(record, slow)
    if let network = record.network(ofDestination: false) {
      (source, sourceMask) = network
    } else {
      (source, skips.source) = (1, slow)
    }
    if let network = record.network(ofDestination: true) {
      (destination, destinationMask) = network
    } else {
      (destination, skips.destination) = (1, slow)
    }
    setPorts(record, slow)
  }

  private mutating func setHead(_ record: RuleRecord, _ slow: UInt32) {
    let marks = record.marks
    if record.interface >= Int32(Self.lastInterface) || marks.contains(.interfaceNegated) {
      // No packet has this interface.
      head = 0xff
      headMask = 0xff
      skips.interface = slow
    } else if record.interface >= 0 {
      head = UInt32(record.interface)
      headMask = 0xff
    }
    if record.direction != 0 {
      head |= UInt32(record.direction) << 8
      headMask |= 0xff00
    }
    if record.family != 0 {
      head |= record.family == AddressFamily.inet6.rawValue ? 0x1_0000 : 0
      headMask |= 0x1_0000
    }
    if record.proto != 0 {
      head |= UInt32(record.proto) << 24
      headMask |= 0xff00_0000
    }
    if record.asksMoreOfMatches {
      head |= Self.slowMatch
    } else if record.flagMask | record.flags != 0 {
      head |= Self.slowMatch | Self.flagsMatch
    }
    if marks.contains(.quick) { head |= Self.quick }
  }

  private mutating func setPorts(_ record: RuleRecord, _ slow: UInt32) {
    // Other rules' ports are not tested.
    guard record.proto == IPProtocol.tcp.rawValue || record.proto == IPProtocol.udp.rawValue
    else { return }
    if let range = Self.range(record.sourceOperator, record.sourcePort, record.sourcePort2) {
      (sourcePort, sourcePortSpan) = range
    } else {
      // The record also tests the address, so that the order of criteria stays.
      (source, sourceMask, skips.source) = (1, 0, slow)
    }
    if let range = Self.range(
      record.destinationOperator, record.destinationPort, record.destinationPort2)
    {
      (destinationPort, destinationPortSpan) = range
    } else {
      (destination, destinationMask, skips.destination) = (1, 0, slow)
    }
  }

  /// The ports that an operator accepts; nil where they are no single range.
  private static func range(
    _ comparison: UInt8, _ first: UInt16, _ second: UInt16
  ) -> (first: UInt16, span: UInt16)? {
    switch Comparison(rawValue: comparison) {
    case nil: comparison == 0 ? (0, .max) : nil
    case .equal: (first, 0)
    case .lessOrEqual: (0, first)
    case .greaterOrEqual: (first, .max - first)
    case .less where first > 0: (0, first - 1)
    case .greater where first < .max: (first + 1, .max - first - 1)
    case .range where first <= second: (first, second - first)
    case .insideExclusive, .less, .greater, .notEqual, .outside, .range: nil
    }
  }
}

extension RuleRecord {
  /// The IPv4 network of a side, with a mask of zero for any address; nil for all else.
  fileprivate func network(ofDestination: Bool) -> (bits: UInt32, mask: UInt32)? {
    let operand = ofDestination ? destination : source
    let kind = ofDestination ? destinationKind : sourceKind
    let negation = ofDestination ? Marks.destinationNegated : .sourceNegated
    guard kind == .network, !marks.contains(negation) else { return nil }
    if operand.mask.isZero, operand.bits.isZero { return (0, 0) }
    let word = AddressBits(ipv4: .max)
    guard family == AddressFamily.inet.rawValue, (operand.bits & ~word).isZero,
      (operand.bits & ~operand.mask).isZero
    else { return nil }
    return (operand.bits.ipv4, operand.mask.ipv4)
  }

  /// Whether there are criteria beside addresses, ports and TCP flags, or a match means more than a
  /// decision.
  fileprivate var asksMoreOfMatches: Bool {
    icmpType != 0 || icmpCode != 0
      || !marks.isDisjoint(with: [.anchor, .sticky, .hasMore, .fragment])
  }
}
