extension PacketClasses {
  /// The packets that criteria accept, and whether that is certain.
  struct Match: Sendable, Hashable {
    /// Every packet that may match; its unknowns hold whatever they turn out to be.
    var set: PacketSet
    /// What else would have to hold, in words; empty where the set matches for certain.
    var uncertain: [String] = []
  }

  /// Makes the set of packets that criteria accept, not limited to ``universe``.
  func match(_ criteria: PacketCriteria) -> Match {
    var match = Match(set: layout.everything, uncertain: criteria.uncertain)
    restrictInterface(criteria, &match.set)
    if criteria.direction != .any {
      keep(.direction, in: &match.set) { $0 == (criteria.direction == .in ? 0 : 1) }
    }
    if criteria.proto != .any {
      let wanted = protos.position(of: criteria.proto.rawValue)
      keep(.proto, in: &match.set) { $0 == wanted }
    }
    restrictAddress(criteria.source, .source, criteria, &match)
    restrictAddress(criteria.destination, .destination, criteria, &match)
    restrictPorts(criteria.sourcePorts, .sourcePort, sourcePorts, &match.set)
    restrictPorts(criteria.destinationPorts, .destinationPort, destinationPorts, &match.set)
    restrictICMP(criteria, &match.set)
    if criteria.tos != .none {
      keep(.tos, in: &match.set) { criteria.tos.holds(tos.representative(of: $0)) }
    }
    if criteria.wholeness != .either {
      keep(.wholeness, in: &match.set) { $0 == (criteria.wholeness == .whole ? 0 : 1) }
    }
    restrictFlags(criteria, &match.set)
    for unknown in criteria.unknowns { require(unknown, true, &match) }
    return match
  }

  /// Keeps the classes of a field that pass a test.
  func keep(_ field: PacketField, in set: inout PacketSet, where test: (Int) -> Bool) {
    let range = layout.fields[Int(field.rawValue)]
    for index in 0..<layout.counts[Int(field.rawValue)] where !test(index) {
      set.words[range.lowerBound + index / 64] &= ~(1 << UInt64(index % 64))
    }
  }

  /// Keeps the classes of a field that lie in one of some runs.
  func keep(_ field: PacketField, in set: inout PacketSet, runs: [Range<Int>]) {
    let range = layout.fields[Int(field.rawValue)]
    var mask = [UInt64](repeating: 0, count: range.count)
    for run in runs {
      for index in run { mask[index / 64] |= 1 << UInt64(index % 64) }
    }
    for (offset, word) in range.enumerated() { set.words[word] &= mask[offset] }
  }

  /// Whether a set holds a class of a field.
  func holds(_ set: PacketSet, _ field: PacketField, _ index: Int) -> Bool {
    let word = layout.fields[Int(field.rawValue)].lowerBound + index / 64
    return set.words[word] >> UInt64(index % 64) & 1 == 1
  }

  private func restrictInterface(_ criteria: PacketCriteria, _ set: inout PacketSet) {
    guard let name = criteria.interface else { return }
    keep(.interface, in: &set) { (interfaces[$0] == name) != criteria.interfaceNegated }
  }

  private func restrictAddress(
    _ criterion: AddressCriterion, _ field: PacketField, _ criteria: PacketCriteria,
    _ match: inout Match
  ) {
    let classes = field == .source ? sources : destinations
    if criteria.family != .unspecified {
      let boundary = classes[0].count
      keep(field, in: &match.set) { ($0 < boundary) == (criteria.family == .inet) }
    }
    switch criterion {
    case .any: return
    case .nothing: keep(field, in: &match.set) { _ in false }
    case .unknown(let unknown, let negated): require(unknown, !negated, &match)
    case .prefixes(let prefixes, false) where prefixes.count == 1:
      keep(field, in: &match.set, runs: runs(of: prefixes[0], classes))
    case .prefixes(let prefixes, let negated):
      keep(field, in: &match.set) { index in
        prefixes.decide(address(index, classes)) != negated
      }
    case .range(let family, let low, let high, let negated):
      keep(field, in: &match.set) { index in
        let address = address(index, classes)
        guard address.family == family else { return negated }
        return classes[family == .inet ? 0 : 1].isInRange(address.bits, low, high) != negated
      }
    }
  }

  /// The classes of a prefix.
  private func runs(of prefix: AddressPrefix, _ classes: [AddressClasses]) -> [Range<Int>] {
    guard !prefix.isException else { return [] }
    let isIPv4 = prefix.family == .inet
    let start = isIPv4 ? 0 : classes[0].count
    return classes[isIPv4 ? 0 : 1].classes(
      ofNetwork: prefix.address, prefixLength: prefix.length
    ).map { $0.lowerBound + start..<$0.upperBound + start }
  }

  /// The example address of a class of an address field.
  func address(_ index: Int, _ classes: [AddressClasses]) -> IPAddress {
    let boundary = classes[0].count
    return index < boundary
      ? IPAddress(family: .inet, bits: classes[0].representatives[index])
      : IPAddress(family: .inet6, bits: classes[1].representatives[index - boundary])
  }

  private func restrictPorts(
    _ ports: PortMatch?, _ field: PacketField, _ classes: ValueClasses, _ set: inout PacketSet
  ) {
    guard let ranges = ports?.ranges else { return }
    // Class 0 of the field stands for packets without ports.
    let runs = ranges.map {
      classes.position(of: $0.lowerBound) + 1..<classes.position(of: $0.upperBound) + 2
    }
    keep(field, in: &set, runs: runs)
  }

  private func restrictICMP(_ criteria: PacketCriteria, _ set: inout PacketSet) {
    guard let type = criteria.icmpType else { return }
    keep(.icmp, in: &set) { index in
      guard index > 0 else { return false }
      let one = icmp.classes[index - 1]
      guard one.isNamedType, one.type == type else { return false }
      return criteria.icmpCode == nil || one.isNamedCode && one.code == criteria.icmpCode
    }
  }

  private func restrictFlags(_ criteria: PacketCriteria, _ set: inout PacketSet) {
    guard criteria.flagMask != 0 else { return }
    // KERNEL: pf_test_rule compares flags of TCP packets only, also for rules without a protocol;
    // pf_test_fragment never matches TCP fragments with such a rule.
    keep(.tcpFlags, in: &set) { index in
      index == 0
        || index > 1
          && flags.representative(of: index - 2) & criteria.flagMask == criteria.flags
    }
  }

  private func require(_ unknown: UnknownCriterion, _ wanted: Bool, _ match: inout Match) {
    guard let number = unknowns[unknown] else {
      match.uncertain.append(unknown.description)
      return
    }
    let word = layout.unknownStart + number / 32
    let no: UInt64 = 1 << UInt64(number % 32 * 2)
    match.set.words[word] &= ~(wanted ? no : no << 1)
  }
}

extension [AddressPrefix] {
  /// Whether the most specific prefix around an address is there and no exception.
  func decide(_ address: IPAddress) -> Bool {
    var best: AddressPrefix?
    for prefix in self where prefix.family == address.family {
      let mask = AddressBits(prefixLength: prefix.length)
      guard (address.bits & mask) == (prefix.address & mask) else { continue }
      if best.map({ $0.length <= prefix.length }) ?? true { best = prefix }
    }
    return best.map { !$0.isException } ?? false
  }
}
