extension TableDefinition.Entry {
  /// Reads an address or network in numbers, with `!` in front for an exception; nil for others.
  public init?(parsing text: String) {
    guard let parsed = try? Interface.Address(parsing: text.drop { $0 == "!" }) else { return nil }
    self.init(
      family: parsed.address.family, address: parsed.address.bits,
      prefixLength: parsed.prefixLength, negated: text.hasPrefix("!"))
  }

  /// The entries that a word of a table file or of `pfctl -T add` stands for: none where nothing
  /// is known by the name, nil where a prefix is longer than its family's addresses.
  static func entries(
    of word: String, _ resolver: HostResolver, _ say: (String) -> Void
  ) -> [TableDefinition.Entry]? {
    var text = Substring(word)
    var isNegated = false
    while text.utf8.first == 33 {
      isNegated.toggle()
      text = text.dropFirst()
    }
    if let entry = IPv4Text.plain(String(text))?.tableEntry(isNegated) { return [entry] }
    var entries: [TableDefinition.Entry] = []
    for host in resolver.resolve(String(text), say) {
      guard let entry = host.tableEntry(isNegated) else { return nil }
      entries.append(entry)
    }
    return entries
  }
}

extension HostItem {
  /// The entry of a table; nil where the prefix is longer than the family's addresses.
  func tableEntry(_ negated: Bool) -> TableDefinition.Entry? {
    let length = mask.leadingOnes
    guard family != .unspecified, length <= family.addressBits else { return nil }
    return TableDefinition.Entry(
      family: family, address: address, prefixLength: UInt8(length),
      negated: isNegated != negated)
  }
}
