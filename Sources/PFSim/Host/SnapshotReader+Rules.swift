/// The sections of rules and tables.
extension SnapshotReader {
  private func anchorIndex(_ path: String) -> Int? {
    snapshot.anchors.firstIndex { $0.path == path }
  }

  private mutating func anchor(_ path: String) -> Int {
    if let index = anchorIndex(path) { return index }
    snapshot.anchors.append(HostSnapshot.Anchor(path: path))
    return snapshot.anchors.count - 1
  }

  mutating func takeRules(_ section: Section) {
    let last = section.path.split(separator: "/").last ?? ""
    // Anchors without a name are printed in braces behind their calls.
    guard !last.hasPrefix("_") else { return }
    let index = anchor(section.path)
    let isVerbose = section.kind.hasSuffix("-vv")
    let view: WritableKeyPath<HostSnapshot.Anchor, HostSnapshot.RulesView> =
      switch section.kind.split(separator: "-").first {
      case "rules": \.rules
      case "nat": \.nat
      default: \.dummynet
      }
    if isVerbose {
      snapshot.anchors[index][keyPath: view].details = Self.details(section)
    } else {
      snapshot.anchors[index][keyPath: view].text =
        section.lines.map { Self.readable($0) + "\n" }.joined()
      snapshot.anchors[index][keyPath: view].line = section.line + 1
    }
  }

  /// A printed rule as the grammar takes it: pfctl prints more behind a scrub-anchor than it reads.
  private static func readable(_ line: Substring) -> String {
    guard line.hasPrefix("scrub-anchor "), let end = line.firstRange(of: " fragment ") else {
      return String(line)
    }
    return String(line[..<end.lowerBound])
  }

  /// What `-vv` prints below each rule; rules in braces, which are indented, are left out.
  private static func details(_ section: Section) -> [HostSnapshot.Details] {
    var details: [HostSnapshot.Details] = []
    var isIndented = false
    for line in section.lines {
      if line.drop(while: { $0 == " " }).first == "@" {
        isIndented = line.first == " "
        if !isIndented { details.append(HostSnapshot.Details()) }
      }
      guard !isIndented, !details.isEmpty else { continue }
      let words = line.split(separator: " ")
      func number(_ name: String) -> UInt64 {
        words.firstIndex { $0 == name }.flatMap {
          UInt64(words[$0 + 1 < words.count ? $0 + 1 : $0])
        }
          ?? 0
      }
      if words.count > 2, words[1] == "Evaluations:" {
        details[details.count - 1].count = HostSnapshot.RuleCount(
          evaluations: number("Evaluations:"), packets: number("Packets:"),
          bytes: number("Bytes:"), states: number("States:"))
      } else if let owner = owner(line) {
        details[details.count - 1].owner = owner.name
        details[details.count - 1].priority = owner.priority
      }
    }
    return details
  }

  /// Owner and priority of a line `  [ Owner : nil          Priority : 0     ]`; a long owner
  /// touches the next word.
  private static func owner(_ line: Substring) -> (name: String, priority: UInt32)? {
    let parts = line.split(separator: " ").joined(separator: " ").split(separator: ":")
    guard parts.count == 3, parts[0] == "[ Owner " else { return nil }
    let words = parts[1].split(separator: " ").joined(separator: " ")
    guard words.hasSuffix("Priority"), let digits = parts[2].split(separator: " ").first,
      let priority = UInt32(digits)
    else { return nil }
    let name = words.dropLast(8).split(separator: " ").joined(separator: " ")
    return (name == "nil" ? "" : name, priority)
  }

  mutating func takeTables(_ section: Section) {
    let index = anchor(section.path)
    for line in section.lines {
      let parts = line.split(separator: "\t")
      guard parts.count >= 2, parts[0].contains("a") else { continue }
      var table = TableDefinition(name: String(parts[1]))
      table.isConst = parts[0].hasPrefix("c")
      table.isPersistent = parts[0].dropFirst().hasPrefix("p")
      table.hasContents = true
      snapshot.anchors[index].tables.append(table)
    }
  }

  mutating func takeTable(_ section: Section) throws(SnapshotError) {
    let words = section.argument.split(separator: " ", maxSplits: 1)
    let path = words.count > 1 ? String(words[1].drop { $0 == "/" }) : ""
    guard let name = words.first, let index = anchorIndex(path),
      let table = snapshot.anchors[index].tables.firstIndex(where: { $0.name == name })
    else { throw failure(section.line, "table \(section.argument) is not among the tables") }
    let resolver = HostResolver(interfaces: [], hosts: [:])
    for (offset, line) in section.lines.enumerated() {
      let word = line.drop { $0 == " " }
      guard !word.isEmpty else { continue }
      let text = word.hasPrefix("!") && word.dropFirst().first == " " ? word.dropFirst() : word
      guard let entries = TableDefinition.Entry.entries(of: String(text), resolver, { _ in }),
        !entries.isEmpty
      else { throw failure(section.line + offset + 1, "'\(word)' is not an address") }
      snapshot.anchors[index].tables[table].entries += entries
    }
  }
}
