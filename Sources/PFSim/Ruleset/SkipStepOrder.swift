/// Puts rules that share a field next to each other, so that the kernel can skip them together
/// (`reorder_rules`).
struct SkipStepOrder {
  /// Numbers of the rules' values, one column for each field of skip steps in the kernel's order.
  ///
  /// Equal values have equal numbers; -1 is for a rule that leaves the field open, which pfctl takes
  /// for unlike any. Blocks are positions in a column.
  private let columns: [[Int32]]

  /// Numbers the values of a superblock's rules.
  init(
    _ superblock: [Int32], _ rules: UnsafeBufferPointer<Rule>, _ numbers: [RuleNumbering.Numbers]
  ) {
    let columns = RuleColumns(superblock, rules)
    self.columns = [
      columns.map { rule, pointer in
        let interface = numbers[rule].interface
        return interface < 0 ? -1 : interface * 2 + (pointer.pointee.interfaceNegated ? 1 : 0)
      },
      columns.map { $1.pointee.direction == .any ? -1 : Int32($1.pointee.direction.rawValue) },
      columns.map { $1.pointee.family == .unspecified ? -1 : Int32($1.pointee.family.rawValue) },
      columns.map { $1.pointee.proto == .any ? -1 : Int32($1.pointee.proto.rawValue) },
      columns.number { $0.pointee.source.skipValue },
      columns.number { $0.pointee.source.ports },
      columns.number { $0.pointee.destination.skipValue },
      columns.number { $0.pointee.destination.ports },
    ]
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

  /// The new order of the superblock.
  func order(_ superblock: [Int32]) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(superblock.count)
    reorder(superblock.indices.map { Int32(truncatingIfNeeded: $0) }, &result)
    return result.map { superblock[Int($0)] }
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
    for column in columns {
      let lists = SkipLists(block, by: column)
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
}

/// The rules of a superblock, to make a column of numbers of.
private struct RuleColumns {
  private let superblock: [Int32]
  private let rules: UnsafeBufferPointer<Rule>

  init(_ superblock: [Int32], _ rules: UnsafeBufferPointer<Rule>) {
    self.superblock = superblock
    self.rules = rules
  }

  private func pointer(_ rule: Int) -> UnsafePointer<Rule> {
    precondition(rules.indices.contains(rule))
    return rules.baseAddress.unsafelyUnwrapped + rule
  }

  /// One number a rule.
  func map(_ number: (Int, UnsafePointer<Rule>) -> Int32) -> [Int32] {
    superblock.map { number(Int($0), pointer(Int($0))) }
  }

  /// For each rule the position of the first one with its value, -1 for no value.
  func number<Value: Hashable>(_ value: (UnsafePointer<Rule>) -> Value?) -> [Int32] {
    var table = IndexTable(count: superblock.count)
    return superblock.indices.map { position in
      guard let own = value(pointer(Int(superblock[position]))) else { return -1 }
      let first = table.insert(position, own.hashValue) {
        value(pointer(Int(superblock[$0]))) == own
      }
      return Int32(truncatingIfNeeded: first)
    }
  }
}

/// A side's address as rules share it for skip steps.
private struct SkipAddress: Hashable {
  let address: AddressSpec
  let isNegated: Bool
}

extension RuleHost {
  fileprivate var skipValue: SkipAddress? {
    switch address {
    case .any, .range, .routeLabel: return nil
    case .network(let bits, _):
      return bits.isZero ? nil : SkipAddress(address: address, isNegated: negated)
    case .dynamic(let interface, _, let length):
      // KERNEL: pfctl compares the modifiers of an address with themselves.
      return SkipAddress(
        address: .dynamic(interface: interface, modifiers: [], prefixLength: length),
        isNegated: negated)
    case .table, .noRoute, .urpfFailed:
      return SkipAddress(address: address, isNegated: negated)
    }
  }
}
