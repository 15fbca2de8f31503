/// The tables that a ruleset defines, and what can be relied on about them.
struct KnownTables: Sendable, Hashable {
  private var definitions: [Key: TableDefinition] = [:]
  /// The interfaces whose addresses are taken as lasting; nil where nothing is.
  private var lastingInterfaces: [Interface]?

  private struct Key: Sendable, Hashable {
    var anchor: String
    var name: String
  }

  /// The most entries that are split into classes; larger tables count as unknown.
  static let largestConstant = 4096

  /// Collects the tables of all anchors.
  init(_ ruleset: Ruleset) {
    for anchor in ruleset.anchors {
      for table in anchor.tables {
        definitions[Key(anchor: anchor.path, name: table.name)] = table
      }
    }
  }

  /// The same tables, with their contents and the interfaces' addresses taken as lasting.
  func lasting(_ interfaces: [Interface]) -> KnownTables {
    var result = self
    result.lastingInterfaces = interfaces
    return result
  }

  /// The definition that rules of an anchor mean; nil where there is none.
  func definition(of name: String, askedFrom anchor: String) -> TableDefinition? {
    definitions[Key(anchor: anchor, name: name)] ?? definitions[Key(anchor: "", name: name)]
  }

  /// The path of the anchor whose table it is, as far as the ruleset tells.
  func home(of name: String, askedFrom anchor: String) -> String {
    let isMain =
      definitions[Key(anchor: anchor, name: name)] == nil
      && definitions[Key(anchor: "", name: name)] != nil
    return isMain ? "" : anchor
  }

  /// The entries of a table that nothing can change while the rules are loaded (`const` with
  /// contents), or of any table where contents are taken as lasting; nil for others.
  func constantPrefixes(_ name: String, askedFrom anchor: String) -> [AddressPrefix]? {
    let own = definitions[Key(anchor: anchor, name: name)]
    let table = lastingInterfaces == nil ? own : definition(of: name, askedFrom: anchor)
    guard let table, table.entries.count <= Self.largestConstant, table.hasContents,
      table.isConst || lastingInterfaces != nil
    else { return nil }
    return table.entries.map {
      AddressPrefix(
        family: $0.family, address: $0.address, length: Int($0.prefixLength),
        isException: $0.negated)
    }
  }

  /// The addresses behind `(if)` where they are taken as lasting; nil otherwise.
  func prefixes(
    of name: String, _ modifiers: InterfaceModifiers, prefixLength: UInt8?
  ) -> [AddressPrefix]? {
    guard let interface = lastingInterfaces?.first(where: { $0.name == name }),
      modifiers.isSubset(of: [.network, .noAlias])
    else { return nil }
    var seen: Set<AddressFamily> = []
    return interface.addresses.compactMap { own in
      let isFirst = seen.insert(own.address.family).inserted
      guard isFirst || !modifiers.contains(.noAlias) else { return nil }
      let full = UInt8(own.address.family.addressBits)
      let length = prefixLength ?? (modifiers.contains(.network) ? own.prefixLength : full)
      return AddressPrefix(
        family: own.address.family, address: own.address.bits, length: Int(min(length, full)))
    }
  }
}
