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
      guard word.utf8.count < Self.longestTableWord else {
        throw fail("table-file", "cannot load \"\(name)\": Invalid argument", at: place, &lexer)
      }
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

  /// The size of pfctl's buffer for a word of a table file.
  private static let longestTableWord = 256

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
