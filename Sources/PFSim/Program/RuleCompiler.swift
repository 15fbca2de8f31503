/// Turns rules into the records and bodies of a list.
struct RuleCompiler {
  /// Where the results go.
  let program: Program
  /// The host's interfaces, for dynamic addresses.
  let interfaces: [Interface]
  /// The list's anchor.
  let anchor: Int32
  /// The list's kind.
  let kind: RuleKind
  /// The time, for new tables.
  let now: UInt32

  /// Compiles one rule, gives it an id and lets it refer to tables, anchors and interfaces.
  func compile(_ rule: Rule) -> RuleRecord {
    var record = RuleRecord()
    var body = RuleBody()
    describe(rule, &record)
    describe(rule, &body)
    record.marks = marks(rule, body)
    if record.hasAnyEnds, body.fingerprint < 0 { record.marks.insert(.anyEnds) }
    if record.sourceKind == .table { body.sourceTable = Int32(record.source.index) }
    if record.destinationKind == .table {
      body.destinationTable = Int32(record.destination.index)
    }
    (body.sourceKind, body.source) = (record.sourceKind, record.source)
    (body.destinationKind, body.destination) = (record.destinationKind, record.destination)
    body.destinationPort = record.destinationPort
    body.sourceNegated = rule.source.negated
    body.destinationNegated = rule.destination.negated
    record.id = program.addRule(rule, body)
    return record
  }

  private func describe(_ rule: Rule, _ record: inout RuleRecord) {
    record.action = rule.action.rawValue
    record.interface = rule.interface.map(interfaceIndex) ?? -1
    record.direction = rule.direction.rawValue
    record.family = rule.family.rawValue
    record.proto = rule.proto.rawValue
    (record.sourceKind, record.source) = operand(rule.source.address, rule.family)
    (record.destinationKind, record.destination) = operand(rule.destination.address, rule.family)
    if let ports = rule.source.ports {
      record.sourceOperator = ports.comparison.rawValue
      (record.sourcePort, record.sourcePort2) = (ports.first, ports.second)
    }
    if let ports = rule.destination.ports {
      record.destinationOperator = ports.comparison.rawValue
      (record.destinationPort, record.destinationPort2) = (ports.first, ports.second)
    }
    record.icmpType = rule.icmpType.map { $0 &+ 1 } ?? 0
    record.icmpCode = rule.icmpCode.map { $0 &+ 1 } ?? 0
    record.flags = rule.flags
    record.flagMask = rule.flagMask
  }

  private func interfaceIndex(_ name: String) -> Int32 {
    let index = program.interfaces.index(name)
    program.interfaces.records.base[Int(index)].rules += 1
    return index
  }

  private func marks(_ rule: Rule, _ body: RuleBody) -> RuleRecord.Marks {
    var marks = RuleRecord.Marks()
    if rule.interfaceNegated { marks.insert(.interfaceNegated) }
    if rule.source.negated { marks.insert(.sourceNegated) }
    if rule.destination.negated { marks.insert(.destinationNegated) }
    if rule.quick { marks.insert(.quick) }
    if body.anchor >= 0 { marks.insert(.anchor) }
    if body.tag != 0 || body.rtable > 0 { marks.insert(.sticky) }
    if body.hasMoreCriteria { marks.insert(.hasMore) }
    if rule.fragment { marks.insert(.fragment) }
    return marks
  }

  /// Compiles an address; tables gain a reference.
  func operand(_ address: AddressSpec, _ family: AddressFamily) -> (AddressKind, AddressOperand) {
    switch address {
    case .any: return (.network, AddressOperand())
    case .network(let bits, let mask):
      return (.network, AddressOperand(bits: bits & mask, mask: mask))
    case .range(let low, let high):
      // KERNEL: pf_match_addr_range() compares the words as a little-endian CPU reads them.
      return (.range, AddressOperand(bits: low.swappedWords, mask: high.swappedWords))
    case .dynamic(let interface, let modifiers, let length):
      return (.dynamic, dynamic(interface, modifiers, length, family))
    case .table(let name):
      return (
        .table, AddressOperand(index: Int(program.tables.attach(name, anchor: anchor, now: now)))
      )
    case .noRoute: return (.noRoute, AddressOperand())
    case .urpfFailed: return (.urpfFailed, AddressOperand())
    case .routeLabel: return (.routeLabel, AddressOperand())
    }
  }

  private func dynamic(
    _ name: String, _ modifiers: InterfaceModifiers, _ length: UInt8?, _ family: AddressFamily
  ) -> AddressOperand {
    // KERNEL: pfi_dynaddr_setup() binds `(self)` to the pseudo interface, which has no addresses.
    let index = program.interfaces.index(name == "self" ? "ALL" : name)
    var length = length ?? 128
    if family == .inet, length >= 32 { length = 128 }
    let key = DynamicAddress.Key(
      interface: index, modifiers: modifiers, length: length, family: family.rawValue)
    let host = interfaces.first { $0.name == name }
    return AddressOperand(
      index: Int(program.dynamics.index(key, of: host)), hiddenTable: key.hiddenTable)
  }
}

extension AddressBits {
  /// The four words, each with its bytes in reverse.
  var swappedWords: AddressBits {
    AddressBits(
      words: word(0).byteSwapped, word(1).byteSwapped, word(2).byteSwapped, word(3).byteSwapped)
  }
}
