/// Puts rules that share a field next to each other, so that the kernel can skip them together
/// (`reorder_rules`).
struct SkipStepOrder {
  /// The rules that blocks point into.
  let rules: [Rule]

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

  /// The new order of a superblock.
  func order(_ block: [Int]) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(block.count)
    reorder(block, depth: 0, &result)
    return result
  }

  private func reorder(_ block: [Int], depth: Int, _ result: inout [Int]) {
    var steps = Field.allCases.map { field in
      SkipLists(block.map { value(of: rules[$0], field) })
    }
    guard steps.contains(where: { $0.isUseful }) else {
      result += block
      return
    }
    var isPlaced = [Bool](repeating: false, count: block.count)
    var remaining = block.count
    // Pairs stay in this block, which comes behind those split off from it.
    var own: [Int] = []
    while remaining > 0 {
      var largest = 1
      var chosen = -1
      for (index, lists) in steps.enumerated() where lists.largest > largest {
        largest = lists.largest
        chosen = index
      }
      guard chosen >= 0 else { break }
      let members = steps[chosen].takeLargest()
      for member in members {
        isPlaced[member] = true
        for index in steps.indices where index != chosen { steps[index].remove(member) }
      }
      remaining -= members.count
      let rules = members.map { block[$0] }
      if members.count > 2 {
        reorder(rules, depth: depth + 1, &result)
      } else {
        own += rules
      }
    }
    result += own
    for position in block.indices where !isPlaced[position] { result.append(block[position]) }
  }

  /// The value of a field; nil where the rule leaves it open, which pfctl takes for unlike any.
  private func value(of rule: Rule, _ field: Field) -> Value? {
    switch field {
    case .interface:
      return rule.interface.map { .interface($0, negated: rule.interfaceNegated) }
    case .direction: return rule.direction == .any ? nil : .number(Int(rule.direction.rawValue))
    case .family: return rule.family == .unspecified ? nil : .number(Int(rule.family.rawValue))
    case .proto: return rule.proto == .any ? nil : .number(Int(rule.proto.rawValue))
    case .source: return value(of: rule.source)
    case .sourcePort: return rule.source.ports.map { .ports($0) }
    case .destination: return value(of: rule.destination)
    case .destinationPort: return rule.destination.ports.map { .ports($0) }
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

  /// The rules of a block by the value of one field, largest group first.
  ///
  /// Groups of one size are in the order in which they grew to it, those that shrank to it in
  /// front.
  private struct SkipLists {
    private var lists: [[Int]] = []
    private var counts: [Int] = []
    private var listOf: [Int]
    /// The groups of each size, as a doubly linked list.
    private var firstOfSize: [Int]
    private var lastOfSize: [Int]
    private var next: [Int] = []
    private var previous: [Int] = []
    private var isGone: [Bool]
    /// The size of the largest group; 0 where the field is of no use.
    private(set) var largest = 0

    var isUseful: Bool { largest > 1 }

    init(_ values: [SkipStepOrder.Value?]) {
      let count = values.count
      listOf = [Int](repeating: -1, count: count)
      isGone = [Bool](repeating: false, count: count)
      firstOfSize = [Int](repeating: -1, count: count + 1)
      lastOfSize = firstOfSize
      var numbers: [SkipStepOrder.Value: Int] = [:]
      for (position, value) in values.enumerated() {
        var number = lists.count
        if let value {
          number = numbers[value, default: number]
          numbers[value] = number
        }
        if number == lists.count {
          lists.append([])
          counts.append(0)
          next.append(-1)
          previous.append(-1)
        } else {
          unlink(number)
        }
        lists[number].append(position)
        listOf[position] = number
        counts[number] += 1
        append(number)
        largest = max(largest, counts[number])
      }
      if largest == count || largest == 1 { largest = 0 }
    }

    /// Takes the largest group out.
    mutating func takeLargest() -> [Int] {
      let number = firstOfSize[largest]
      unlink(number)
      counts[number] = 0
      let members = lists[number].filter { !isGone[$0] }
      for member in members { isGone[member] = true }
      shrink()
      return members
    }

    /// Takes a rule out of its group.
    mutating func remove(_ position: Int) {
      guard largest > 1, !isGone[position] else { return }
      isGone[position] = true
      let number = listOf[position]
      unlink(number)
      counts[number] -= 1
      prepend(number)
      shrink()
    }

    private mutating func shrink() {
      while largest > 0, firstOfSize[largest] < 0 { largest -= 1 }
    }

    private mutating func append(_ number: Int) {
      let size = counts[number]
      previous[number] = lastOfSize[size]
      next[number] = -1
      if lastOfSize[size] >= 0 {
        next[lastOfSize[size]] = number
      } else {
        firstOfSize[size] = number
      }
      lastOfSize[size] = number
    }

    private mutating func prepend(_ number: Int) {
      let size = counts[number]
      next[number] = firstOfSize[size]
      previous[number] = -1
      if firstOfSize[size] >= 0 {
        previous[firstOfSize[size]] = number
      } else {
        lastOfSize[size] = number
      }
      firstOfSize[size] = number
    }

    private mutating func unlink(_ number: Int) {
      let size = counts[number]
      if previous[number] >= 0 {
        next[previous[number]] = next[number]
      } else {
        firstOfSize[size] = next[number]
      }
      if next[number] >= 0 {
        previous[next[number]] = previous[number]
      } else {
        lastOfSize[size] = previous[number]
      }
    }
  }
}
