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
  private var snapshot: HostSnapshot

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

  private func failure(_ line: Int, _ reason: String) -> SnapshotError {
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

  private func anchorIndex(_ path: String) -> Int? {
    snapshot.anchors.firstIndex { $0.path == path }
  }

  private mutating func anchor(_ path: String) -> Int {
    if let index = anchorIndex(path) { return index }
    snapshot.anchors.append(HostSnapshot.Anchor(path: path))
    return snapshot.anchors.count - 1
  }

  private mutating func takeRules(_ section: Section) {
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

  private mutating func takeTables(_ section: Section) {
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

  private mutating func takeTable(_ section: Section) throws(SnapshotError) {
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

  // MARK: The network

  private mutating func takeInterfaces(_ section: Section) throws(SnapshotError) {
    for (offset, line) in section.lines.enumerated() {
      do throws(IfconfigText.Failure) {
        try IfconfigText.take(line, &snapshot.interfaces, &snapshot.members)
      } catch {
        throw failure(section.line + offset + 1, error.reason)
      }
    }
  }

  private mutating func takeRoutes(_ section: Section) {
    var isIPv6 = false
    for line in section.lines {
      if line.hasPrefix("Internet6:") { isIPv6 = true }
      guard let route = NetstatText.route(line, isIPv6 ? .inet6 : .inet),
        !route.interface.hasPrefix("lo")
      else { continue }
      snapshot.routes.append(route)
    }
  }

  private mutating func takeSettings(_ section: Section) {
    for line in section.lines where line.hasPrefix("net.inet.ip.forwarding:") {
      snapshot.isForwarding = line.split(separator: " ").last == "1"
    }
  }

  private mutating func takeLeases(_ section: Section) {
    var address: IPAddress?
    for line in section.lines {
      let parts = line.drop { $0 == " " || $0 == "\t" }.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        address = nil
        continue
      }
      if parts[0] == "ip_address" { address = IPAddress(parts[1]) }
      if parts[0] == "hw_address", let address, parts[1].hasPrefix("1,"),
        let mac = MACAddress(String(parts[1].dropFirst(2)))
      {
        snapshot.leases[mac] = address
      }
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
