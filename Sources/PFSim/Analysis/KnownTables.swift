/// The tables that a ruleset defines, and what can be relied on about them.
struct KnownTables: Sendable, Hashable {
  private var definitions: [Key: TableDefinition] = [:]

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
  /// contents); nil for any other.
  func constantPrefixes(_ name: String, askedFrom anchor: String) -> [AddressPrefix]? {
    guard let table = definitions[Key(anchor: anchor, name: name)], table.isConst,
      table.hasContents, table.entries.count <= Self.largestConstant
    else { return nil }
    return table.entries.map {
      AddressPrefix(
        family: $0.family, address: $0.address, length: Int($0.prefixLength),
        isException: $0.negated)
    }
  }
}
