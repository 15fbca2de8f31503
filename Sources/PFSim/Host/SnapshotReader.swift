/// Reads a snapshot: sections that begin with `=== KIND ARGUMENT`, each the output of a command.
struct SnapshotReader {
  /// One section.
  struct Section {
    var kind: String
    /// What stands behind the kind: an anchor with a leading slash, a table and its anchor, a file.
    var argument: String
    /// The line of the heading, from 1.
    var line: Int
    var lines: [Substring] = []

    /// The lines as text.
    var text: String { lines.map { $0 + "\n" }.joined() }
    /// The anchor's path.
    var path: String { String(argument.drop { $0 == "/" }) }
  }
  var snapshot: HostSnapshot

  /// How every snapshot begins.
  static let signature = "=== pfsim-snapshot"

  private init(file: String) { snapshot = HostSnapshot(file: file) }

  /// Reads a snapshot's text.
  /// - Throws: ``SnapshotError`` with the line.
  static func read(_ text: String, file: String) throws(SnapshotError) -> HostSnapshot {
    var reader = SnapshotReader(file: file)
    for section in try reader.sections(of: text) { try reader.take(section) }
    return reader.snapshot
  }

  private func sections(of text: String) throws(SnapshotError) -> [Section] {
    var sections: [Section] = []
    var isComplete = false
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, raw) in lines.enumerated() {
      let line = raw.hasSuffix("\r") ? raw.dropLast() : raw
      if line.hasPrefix("=== ") {
        let words = line.dropFirst(4).split(separator: " ", maxSplits: 1)
        isComplete = words.first == "end"
        sections.append(
          Section(
            kind: String(words.first ?? ""), argument: words.count > 1 ? String(words[1]) : "",
            line: index + 1))
      } else if !sections.isEmpty {
        sections[sections.count - 1].lines.append(line)
      }
    }
    for index in sections.indices where sections[index].lines.last?.isEmpty == true {
      sections[index].lines.removeLast()
    }
    guard let first = sections.first, first.kind == "pfsim-snapshot" else {
      throw failure(1, "a snapshot begins with a line '\(Self.signature) 1'")
    }
    guard first.argument == "1" else {
      throw failure(first.line, "version \(first.argument) of the snapshot format is unknown")
    }
    guard isComplete else {
      throw failure(lines.count, "the snapshot is cut off: no line '=== end'")
    }
    return sections
  }

  /// An error at a line.
  func failure(_ line: Int, _ reason: String) -> SnapshotError {
    SnapshotError(file: snapshot.file, line: line, reason: reason)
  }

  private mutating func take(_ section: Section) throws(SnapshotError) {
    switch section.kind {
    case "date": snapshot.date = section.lines.first.flatMap { Int64($0) } ?? 0
    case "version": snapshot.version = section.lines.first.map(String.init) ?? ""
    case "info": takeInfo(section)
    case "timeouts": takeTimeouts(section)
    case "memory": takeLimits(section)
    case "references": takeReferences(section)
    case "pf-interfaces": takeSkips(section)
    case "rules", "nat", "dummynet", "rules-vv", "nat-vv", "dummynet-vv": takeRules(section)
    case "tables": takeTables(section)
    case "table": try takeTable(section)
    case "states": snapshot.states = section.lines.count { !$0.hasPrefix(" ") && !$0.isEmpty }
    case "ifconfig": try takeInterfaces(section)
    case "routes": takeRoutes(section)
    case "sysctl": takeSettings(section)
    case "leases": takeLeases(section)
    case "file": snapshot.files[section.argument] = section.text
    default: break
    }
  }

  // MARK: pf

  private mutating func takeInfo(_ section: Section) {
    guard let line = section.lines.first(where: { $0.hasPrefix("Status: ") }) else { return }
    let words = line.split(separator: " ").map(String.init)
    snapshot.isEnabled = words.count > 1 && words[1] == "Enabled"
    guard words.count > 5, words[2] == "for", let days = Double(words[3]) else { return }
    snapshot.statusAge = days * 86_400 + Self.seconds(words[5])
  }

  /// The seconds of `HH:MM:SS`.
  private static func seconds(_ clock: String) -> Double {
    clock.split(separator: ":").reduce(0) { $0 * 60 + (Double($1) ?? 0) }
  }

  private mutating func takeTimeouts(_ section: Section) {
    for line in section.lines {
      let words = line.split(separator: " ")
      guard words.count >= 2, let kind = Timeout.allCases.first(where: { $0.name == words[0] }),
        let value = UInt32(words[1].hasSuffix("s") ? words[1].dropLast() : words[1])
      else { continue }
      snapshot.timeouts[kind] = value
    }
  }

  private mutating func takeLimits(_ section: Section) {
    for line in section.lines {
      let words = line.split(separator: " ")
      guard words.count == 4, let kind = Limit.allCases.first(where: { $0.name == words[0] }),
        let value = UInt32(words[3])
      else { continue }
      snapshot.limits[kind] = value
    }
  }

  private mutating func takeReferences(_ section: Section) {
    for line in section.lines {
      let words = line.split(separator: " ").map(String.init)
      // PID, name (perhaps of several words), token, "N days HH:MM:SS".
      guard words.count >= 6, words[words.count - 2] == "days", let process = Int32(words[0]),
        let value = UInt64(words[words.count - 4]), let days = Double(words[words.count - 3])
      else { continue }
      snapshot.tokens.append(
        HostSnapshot.Token(
          process: process, holder: words[1..<(words.count - 4)].joined(separator: " "),
          value: value, age: days * 86_400 + Self.seconds(words[words.count - 1])))
    }
  }

  private mutating func takeSkips(_ section: Section) {
    for line in section.lines where line.hasSuffix(" (skip)") {
      snapshot.skipped.append(String(line.dropLast(7)))
    }
  }
}

extension HostSnapshot {
  /// Whether a text is a snapshot rather than a host description.
  public static func isSnapshot(_ text: String) -> Bool {
    text.drop { $0.isWhitespace }.hasPrefix(SnapshotReader.signature)
  }

  /// Reads a snapshot's text.
  /// - Throws: ``SnapshotError`` with the line.
  public init(parsing text: String, file: String) throws(SnapshotError) {
    self = try SnapshotReader.read(text, file: file)
  }

  /// A snapshot of nothing.
  init(file: String) { self.file = file }
}
