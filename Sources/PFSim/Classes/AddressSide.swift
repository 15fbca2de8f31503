/// Everything about the addresses of one side of a ruleset in one family: their classes and the
/// sets that rules ask for.
///
/// Plain pointers; the owner calls ``deallocate()``.
struct AddressSide {
  /// A criterion in terms of classes.
  enum Criterion: Hashable {
    /// Every address.
    case any
    /// No address.
    case never
    /// The classes inside a node of ``forest``.
    case node(UInt32)
    /// The set of a number.
    case set(UInt16)
    /// Cannot be told from the class.
    case opaque
  }
  /// The most bits of sets and the most entries of tables that are tabulated.
  static let setBitLimit = 1 << 29
  static let entryLimit = 1 << 20

  /// The prefixes.
  let forest: PrefixForest
  /// Finds classes.
  let classes: AddressLookup
  /// The members of sets.
  let sets: AddressSets
  /// The numbers of the sets that rules ask for.
  private let numbers: [AddressCondition.Entries: UInt16]

  /// The bytes that the tables take.
  var bytes: Int { classes.bytes + sets.bytes }

  /// Gives the memory back.
  func deallocate() {
    classes.deallocate()
    sets.deallocate()
  }

  /// Classifies addresses by the criteria of a family's filter rules.
  init(_ program: Program, _ family: AddressFamily, _ side: RuleRecord.Side) {
    let width = family.addressBits
    var prefixes: [PrefixForest.Prefix] = []
    var contents: [AddressCondition.Entries: [SetEntry]] = [:]
    var order: [AddressCondition.Entries] = []
    var room = Self.entryLimit
    program.visitFilterRules(of: family) { record in
      switch record.condition(side, width) {
      case .prefix(let prefix): prefixes.append(prefix)
      case .set(let source) where contents[source] == nil:
        let entries = Self.entries(of: source, program, width: width)
        guard entries.count <= room, contents.count < Int(UInt16.max) else { return }
        room -= entries.count
        prefixes += entries.map(\.prefix)
        contents[source] = entries
        order.append(source)
      case .any, .never, .opaque, .set: break
      }
    }
    forest = PrefixForest(prefixes, width: width)
    classes = AddressLookup(forest)
    let fitting = min(order.count, Self.setBitLimit / max(forest.count, 1))
    sets = AddressSets(sets: fitting, classes: forest.count)
    var numbers: [AddressCondition.Entries: UInt16] = [:]
    for (index, source) in order.prefix(fitting).enumerated() {
      let number = UInt16(index + 1)
      Self.fill(sets, number, contents[source] ?? [], forest, negated: source.negated)
      numbers[source] = number
    }
    self.numbers = numbers
  }

  /// What a rule's criterion has become.
  func criterion(_ condition: AddressCondition) -> Criterion {
    switch condition {
    case .any: .any
    case .never: .never
    case .opaque: .opaque
    case .prefix(let prefix): .node(forest.node(of: prefix))
    case .set(let source): numbers[source].map { .set($0) } ?? .opaque
    }
  }

  /// Whether a rule's criterion cannot be told from the class.
  func isOpaque(_ condition: AddressCondition) -> Bool {
    switch condition {
    case .any, .never, .prefix: false
    case .opaque: true
    case .set(let source): numbers[source] == nil
    }
  }

  /// One prefix of a set.
  private struct SetEntry {
    var prefix: PrefixForest.Prefix
    var negated: Bool
  }

  private static func entries(
    of source: AddressCondition.Entries, _ program: Program, width: Int
  ) -> [SetEntry] {
    if let prefix = source.prefix { return [SetEntry(prefix: prefix, negated: false)] }
    let list: [TableDefinition.Entry]
    if source.kind == .table {
      list = program.tables.entries(source.index)
    } else {
      list = program.dynamics.tables[source.index].entries
    }
    return list.filter { $0.family.addressBits == width }.map {
      let length = Int($0.prefixLength)
      let bits = $0.address & AddressBits(prefixLength: length)
      return SetEntry(
        prefix: .init(bits: bits, length: UInt8(length)), negated: $0.negated)
    }
  }

  private static func fill(
    _ sets: AddressSets, _ number: UInt16, _ entries: [SetEntry], _ forest: PrefixForest,
    negated: Bool
  ) {
    sets.assign(number, 0..<UInt32(forest.count), negated)
    // Larger networks first, so that the most specific entry decides.
    for entry in entries.sorted(by: { $0.prefix.length < $1.prefix.length }) {
      let node = forest.node(of: entry.prefix)
      sets.assign(number, node..<forest.ends[Int(node)], entry.negated == negated)
    }
  }
}

extension TableStore {
  /// The addresses that lookups in a table see; none where neither it nor the main ruleset's table
  /// of its name is active.
  fileprivate func entries(_ index: Int) -> [TableDefinition.Entry] {
    guard let record = resolve(index) else { return [] }
    let own = records.base + index
    return contents[record == own ? index : Int(own.pointee.root)].entries
  }
}

extension Program {
  /// Shows the filter rules of all anchors that packets of a family meet.
  func visitFilterRules(of family: AddressFamily, _ visit: (RuleRecord) -> Void) {
    for anchor in anchors.paths.indices {
      let list = AnchorTree.list(Int32(truncatingIfNeeded: anchor), .filter)
      for record in anchors.records(list)
      where record.family == 0 || record.family == family.rawValue {
        visit(record)
      }
    }
  }
}
