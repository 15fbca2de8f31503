extension SkipSteps {
  /// Computes the skip steps of a whole list.
  ///
  /// For each criterion the list falls into runs of neighbours that ask the same; every rule of a
  /// run points to the first rule of the next one, the last run to the end.
  /// - Complexity: O(rules).
  static func compute(_ list: UnsafeMutableBufferPointer<RuleRecord>) {
    // KERNEL: pf_calc_skip_steps() compares each rule with the one before it.
    let end = Int32(truncatingIfNeeded: list.count)
    guard end > 0 else { return }
    var next = SkipSteps(all: end)
    for index in stride(from: list.count - 1, through: 0, by: -1) {
      list[index].skips = next
      guard index > 0 else { break }
      next.begin(at: Int32(truncatingIfNeeded: index), list[index], list[index - 1])
    }
  }

  private init(all value: Int32) {
    interface = value
    direction = value
    family = value
    proto = value
    source = value
    sourcePort = value
    destination = value
    destinationPort = value
  }

  /// Makes every criterion in which a rule differs from the one before it begin a run here.
  private mutating func begin(at index: Int32, _ rule: RuleRecord, _ previous: RuleRecord) {
    let different = rule.marks.symmetricDifference(previous.marks)
    if rule.interface != previous.interface || different.contains(.interfaceNegated) {
      interface = index
    }
    if rule.direction != previous.direction { direction = index }
    if rule.family != previous.family { family = index }
    if rule.proto != previous.proto { proto = index }
    if different.contains(.sourceNegated)
      || Self.differ(rule.sourceKind, rule.source, previous.sourceKind, previous.source)
    {
      source = index
    }
    if rule.sourcePortsDiffer(from: previous) { sourcePort = index }
    if different.contains(.destinationNegated)
      || Self.differ(
        rule.destinationKind, rule.destination, previous.destinationKind, previous.destination)
    {
      destination = index
    }
    if rule.destinationPortsDiffer(from: previous) { destinationPort = index }
  }

  /// Whether two address criteria ask different things (kernel: `pf_addr_wrap_neq()`).
  private static func differ(
    _ kind: AddressKind, _ operand: AddressOperand, _ otherKind: AddressKind,
    _ other: AddressOperand
  ) -> Bool {
    guard kind == otherKind else { return true }
    switch kind {
    case .noRoute, .urpfFailed: return false
    // KERNEL: pfi_dynaddr_setup() shares a hidden table between families.
    case .dynamic: return operand.hiddenTable != other.hiddenTable
    case .network, .range, .table, .routeLabel: return operand != other
    }
  }
}

extension RuleRecord {
  /// Whether the rule's protocol has call ids or SPIs where others have ports.
  private var hasNoPorts: Bool {
    proto == IPProtocol.gre.rawValue || proto == IPProtocol.esp.rawValue
  }

  fileprivate func sourcePortsDiffer(from previous: RuleRecord) -> Bool {
    // KERNEL: pf_calc_skip_steps() never takes two GRE or ESP rules for equal in their source.
    hasNoPorts || previous.hasNoPorts || sourceOperator != previous.sourceOperator
      || sourcePort != previous.sourcePort || sourcePort2 != previous.sourcePort2
  }

  fileprivate func destinationPortsDiffer(from previous: RuleRecord) -> Bool {
    // Call ids and SPIs cannot be written in pf.conf, so two such rules have the same (zero).
    if hasNoPorts { return proto != previous.proto }
    return previous.hasNoPorts || destinationOperator != previous.destinationOperator
      || destinationPort != previous.destinationPort
      || destinationPort2 != previous.destinationPort2
  }
}
