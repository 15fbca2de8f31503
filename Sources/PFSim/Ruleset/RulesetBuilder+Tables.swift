/// Table definitions.
extension RulesetBuilder {
  mutating func define(
    _ statement: TableStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    guard options.parts.contains(.tables) else { return }
    var table = TableDefinition(name: statement.name)
    table.isConst = statement.isConst
    table.isPersistent = statement.isPersistent
    table.hasContents = statement.hasEmptyList || !statement.sources.isEmpty
    table.location = lexer.location(of: statement.place)
    for source in statement.sources {
      switch source {
      case .list(let hosts):
        let entries = try entries(of: hosts, at: statement.place, &lexer)
        table.entries += entries
        table.sources.append(.list(entries))
      case .file(let name, let place):
        table.entries += try entries(ofFile: name, at: place, &lexer)
        table.sources.append(.file(name))
      }
    }
    print(table.text + "\n", &lexer)
    ruleset.anchors[open[open.count - 1].index].tables.append(table)
  }

  private func entries(
    of hosts: [HostItem], negated: Bool = false, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) -> [TableDefinition.Entry] {
    var entries: [TableDefinition.Entry] = []
    entries.reserveCapacity(hosts.count)
    for host in hosts {
      guard let entry = host.tableEntry(negated) else {
        throw fail(
          "table-content", "an IPv4 prefix is at most 32 bits long",
          pfctl: "cannot create address buffer: Invalid argument", at: host.place, &lexer)
      }
      entries.append(entry)
    }
    return entries
  }

  private func entries(
    ofFile name: String, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) -> [TableDefinition.Entry] {
    let bytes: [UInt8]
    switch options.readFile(name) {
    case .success(let contents): bytes = contents
    case .failure(let reason):
      throw fail("table-file", "cannot load \"\(name)\": \(reason)", at: place, &lexer)
    }
    var entries: [TableDefinition.Entry] = []
    var position = 0
    while let word = Self.nextWord(bytes, &position) {
      var sentences: [String] = []
      let found = TableDefinition.Entry.entries(of: word, resolver) { sentences.append($0) }
      for sentence in sentences { lexer.log.printError(sentence) }
      guard let found else {
        throw fail(
          "table-file", "cannot load \"\(name)\": Invalid argument", at: place, &lexer)
      }
      if found.isEmpty {
        throw fail("table-file", "file \"\(name)\" contains bad data", at: place, &lexer)
      }
      entries += found
    }
    return entries
  }

  /// The next word of a table file, without comments (`pfr_next_token`).
  private static func nextWord(_ bytes: [UInt8], _ position: inout Int) -> String? {
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 35 {
        while position < bytes.count, bytes[position] != 10 { position += 1 }
      } else if byte == 32 || (9...13).contains(byte) {
        position += 1
      } else {
        break
      }
    }
    let start = position
    while position < bytes.count, bytes[position] != 32, !(9...13).contains(bytes[position]) {
      position += 1
    }
    return start == position ? nil : String(decoding: bytes[start..<position], as: UTF8.self)
  }
}

extension HostItem {
  /// The entry of a table; nil where the prefix is longer than the family's addresses.
  fileprivate func tableEntry(_ negated: Bool) -> TableDefinition.Entry? {
    let length = mask.leadingOnes
    guard family != .unspecified, length <= family.addressBits else { return nil }
    return TableDefinition.Entry(
      family: family, address: address, prefixLength: UInt8(length),
      negated: isNegated != negated)
  }
}

extension IPv4Text {
  /// An entry of a plain IPv4 address or network; nil for other forms.
  fileprivate static func entry(_ text: Substring, _ negated: Bool) -> TableDefinition.Entry? {
    let item = text.utf8.contains(47) ? network(String(text)) : dottedQuad(String(text))
    return item?.tableEntry(negated)
  }
}

extension TableDefinition {
  /// The definition as pfctl prints it, without a line end.
  ///
  /// Lists that follow each other merge.
  public var text: String {
    var text = "table <\(name)>"
    if isConst { text += " const" }
    if isPersistent { text += " persist" }
    var isInList = false
    for source in sources {
      switch source {
      case .file(let name):
        if isInList { text += " }" }
        isInList = false
        text += " file \"\(name)\""
      case .list(let entries):
        if !isInList { text += " {" }
        isInList = true
        for entry in entries {
          text += entry.negated ? " !" : " "
          text += entry.text
        }
      }
    }
    if isInList { text += " }" }
    if hasContents, sources.isEmpty { text += " { }" }
    return text
  }
}

extension TableDefinition.Entry {
  /// The entry as pfctl prints it, without `!`.
  ///
  /// A network of length 0 prints as `any`.
  public var text: String {
    if prefixLength == 0, address.isZero { return "any" }
    let text = IPAddress(family: family, bits: address).description
    return Int(prefixLength) == family.addressBits ? text : "\(text)/\(prefixLength)"
  }
}

extension TableDefinition.Entry {
  /// The entries that a word of a table file or of `pfctl -T add` stands for: none where nothing
  /// is known by the name, nil where a prefix is longer than its family's addresses.
  static func entries(
    of word: String, _ resolver: HostResolver, _ say: (String) -> Void
  ) -> [TableDefinition.Entry]? {
    var text = Substring(word)
    var isNegated = false
    while text.first == "!" {
      isNegated.toggle()
      text = text.dropFirst()
    }
    let isPlain = text.utf8.first.map { (48...57).contains($0) } ?? false
    if isPlain, let entry = IPv4Text.entry(text, isNegated) { return [entry] }
    var entries: [TableDefinition.Entry] = []
    for host in resolver.resolve(String(text), say) {
      guard let entry = host.tableEntry(isNegated) else { return nil }
      entries.append(entry)
    }
    return entries
  }
}
