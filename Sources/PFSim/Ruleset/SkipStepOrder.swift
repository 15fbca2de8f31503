/// Puts rules that share a field next to each other, so that the kernel can skip them together
/// (`reorder_rules`).
struct SkipStepOrder {
  /// The rules that blocks point into; they must outlive this value.
  let rules: UnsafeBufferPointer<Rule>

  /// The fields of skip steps, in the kernel's order.
  private enum Field: Int, CaseIterable {
    case interface, direction, family, proto, source, sourcePort, destination, destinationPort
  }

  /// A value of a field that several rules may share.
  private enum Value: Hashable {
    case interface(String, negated: Bool)
    case number(Int)
    case address(AddressSpec, negated: Bool)
    case ports(PortMatch)
  }

  /// The groups that a block falls into.
  private struct Groups {
    /// The rules of all groups, the first group first.
    var members: [Int32] = []
    /// The number of rules of each group.
    var sizes: [Int] = []
    /// The rules of no group.
    var rest: [Int32] = []
  }

  /// The new order of a superblock.
  func order(_ block: [Int32]) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(block.count)
    reorder(block, &result)
    return result
  }

  private func reorder(_ block: [Int32], _ result: inout [Int32]) {
    guard let groups = groups(of: block) else {
      result += block
      return
    }
    // Pairs stay in this block, which comes behind those split off from it.
    var own: [Int32] = []
    var start = 0
    for size in groups.sizes {
      let members = groups.members[start..<(start + size)]
      if size > 2 {
        reorder(Array(members), &result)
      } else {
        own += members
      }
      start += size
    }
    result += own
    result += groups.rest
  }

  /// Splits a block by the fields that most of its rules share; nil where they share none.
  private func groups(of block: [Int32]) -> Groups? {
    var steps: [SkipLists] = []
    for field in Field.allCases {
      let lists = SkipLists(count: block.count) { value(of: Int(block[$0]), field) }
      if lists.largest > 1 { steps.append(lists) }
    }
    if steps.isEmpty { return nil }
    var groups = Groups()
    groups.members.reserveCapacity(block.count)
    var isPlaced = [Bool](repeating: false, count: block.count)
    while true {
      var largest = 1
      var chosen = -1
      for (index, lists) in steps.enumerated() where lists.largest > largest {
        largest = lists.largest
        chosen = index
      }
      guard chosen >= 0 else { break }
      let members = steps[chosen].takeLargest(isPlaced)
      for member in members {
        isPlaced[Int(member)] = true
        groups.members.append(block[Int(member)])
        for index in steps.indices where index != chosen { steps[index].remove(Int(member)) }
      }
      groups.sizes.append(members.count)
    }
    for position in block.indices where !isPlaced[position] { groups.rest.append(block[position]) }
    return groups
  }

  /// The value of a field; nil where the rule leaves it open, which pfctl takes for unlike any.
  private func value(of index: Int, _ field: Field) -> Value? {
    precondition(rules.indices.contains(index))
    let rule = rules.baseAddress.unsafelyUnwrapped + index
    switch field {
    case .interface:
      return rule.pointee.interface.map {
        .interface($0, negated: rule.pointee.interfaceNegated)
      }
    case .direction:
      return rule.pointee.direction == .any ? nil : .number(Int(rule.pointee.direction.rawValue))
    case .family:
      let family = rule.pointee.family
      return family == .unspecified ? nil : .number(Int(family.rawValue))
    case .proto:
      return rule.pointee.proto == .any ? nil : .number(Int(rule.pointee.proto.rawValue))
    case .source: return value(of: rule.pointee.source)
    case .sourcePort: return rule.pointee.source.ports.map { .ports($0) }
    case .destination: return value(of: rule.pointee.destination)
    case .destinationPort: return rule.pointee.destination.ports.map { .ports($0) }
    }
  }

  private func value(of host: RuleHost) -> Value? {
    switch host.address {
    case .any, .range, .routeLabel: return nil
    case .network(let bits, _):
      return bits.isZero ? nil : .address(host.address, negated: host.negated)
    case .dynamic(let interface, _, let length):
      // KERNEL: pfctl compares the modifiers of an address with themselves.
      return .address(
        .dynamic(interface: interface, modifiers: [], prefixLength: length),
        negated: host.negated)
    case .table, .noRoute, .urpfFailed: return .address(host.address, negated: host.negated)
    }
  }
}
