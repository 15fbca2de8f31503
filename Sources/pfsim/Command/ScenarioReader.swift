import PFSim

/// Reads scenario files.
struct ScenarioReader {
  private var description: HostDescription
  private var scenario: Scenario
  private let files: InputFile

  /// Reads a scenario file.
  /// - Throws: ``CommandFailure`` with file, line and column.
  static func read(_ file: String, files: InputFile = InputFile()) throws(CommandFailure) -> Scenario {
    let text = try InputFile.text(of: file)
    let value = try YAMLValue(parsing: text, file: file)
    var reader = ScenarioReader(file: file, files: files)
    let keys = ["name", "teaches", "packets", "captures", "expect"] + HostDescription.keys
    var tail: [(String, YAMLValue)] = []
    try value.read(keys) { key, value throws(CommandFailure) in
      switch key {
      case "name": reader.scenario.name = try value.string()
      case "teaches": reader.scenario.teaches = try value.string()
      case "packets", "captures", "expect", "timeline": tail.append((key, value))
      default: try reader.description.take(key, value)
      }
    }
    for key in ["timeline", "packets", "captures", "expect"] {
      for (name, value) in tail where name == key { try reader.take(key, value) }
    }
    return reader.finished()
  }

  private init(file: String, files: InputFile) {
    let folder = HostDescription.folder(of: file)
    self.files = files
    description = HostDescription(folder: folder, files: files)
    let last = file.dropFirst(folder.count)
    let stem = last.lastIndex(of: ".").map { last[..<$0] } ?? last
    scenario = Scenario(file: file, name: String(stem), deployment: Deployment())
  }

  private mutating func take(_ key: String, _ value: YAMLValue) throws(CommandFailure) {
    switch key {
    case "timeline":
      description.deployment.hasTimeline = true
      for item in try value.items() { scenario.steps.append(try step(item)) }
    case "packets":
      for item in try value.items() { scenario.steps.append(try packet(item)) }
    case "captures":
      for item in try value.items() { scenario.captures.append(try capture(item)) }
    default: scenario.steps.append(.look(try look(value)))
    }
  }

  private consuming func finished() -> Scenario {
    description.finish()
    scenario.deployment = description.deployment
    let files = files
    scenario.deployment.host.readFile = { path in
      do throws(CommandFailure) {
        return .success(try files.bytes(named: path))
      } catch {
        return .failure("No such file or directory")
      }
    }
    return scenario
  }

  /// A step of the timeline: an event, a packet or a look at the host.
  private func step(_ value: YAMLValue) throws(CommandFailure) -> Scenario.Step {
    guard !value.isScalar else { return .event(try description.event(value), []) }
    let members = try value.members()
    let names = try Self.names(of: members)
    if names.contains("packet") { return try packet(value) }
    if names == ["expect"], let only = members.first { return .look(try look(only.value)) }
    guard let last = members.last, names.last == "expect", members.count == 2 else {
      return .event(try description.event(value), [])
    }
    let event = try description.event(members[0].key, members[0].value)
    return .event(event, try eventExpectations(last.value))
  }

  private static func names(
    of members: [(key: YAMLValue, value: YAMLValue)]
  ) throws(CommandFailure) -> [String] {
    var names: [String] = []
    for member in members { names.append(try member.key.string()) }
    return names
  }

  /// A packet: its notation, or `{packet: …, expect: …}`.
  private func packet(_ value: YAMLValue) throws(CommandFailure) -> Scenario.Step {
    var text = value
    var expectations: [Scenario.Expectation] = []
    if !value.isScalar {
      try value.read(["packet", "expect"]) { key, item throws(CommandFailure) in
        if key == "packet" { text = item } else { expectations = try packetExpectations(item) }
      }
    }
    let notation = try text.string()
    do throws(PacketNotationError) {
      return .packet(try PacketNotation(notation), text: notation, expectations)
    } catch {
      throw text.failure("cannot read the packet\n" + error.pointing(at: notation))
    }
  }

  private func capture(_ value: YAMLValue) throws(CommandFailure) -> Scenario.Capture {
    var capture = Scenario.Capture(file: "", expectations: [])
    if value.isScalar {
      capture.file = try value.string()
    } else {
      try value.read(["file", "expect"]) { key, item throws(CommandFailure) in
        if key == "file" {
          capture.file = try item.string()
        } else {
          for (flow, outcome) in try item.members() {
            capture.expectations.append(
              try outcome.expectation(.outcome(flow: try flow.string())))
          }
        }
      }
    }
    return capture
  }
}

extension ScenarioReader {
  private func packetExpectations(
    _ value: YAMLValue
  ) throws(CommandFailure) -> [Scenario.Expectation] {
    if value.isScalar { return [try value.expectation(.verdict)] }
    let subjects: [String: Scenario.Subject] = [
      "verdict": .verdict, "walk": .walk, "rule": .rule, "state": .state,
      "translation": .translation, "ends": .ends, "softnet-row": .softnetRow,
      "emitted": .emitted,
    ]
    var list: [Scenario.Expectation] = []
    let keys = subjects.keys.sorted() + ["hops"]
    try value.read(keys) { key, item throws(CommandFailure) in
      if let subject = subjects[key] {
        list.append(try item.expectation(subject))
      } else {
        list += try hopExpectations(item)
      }
    }
    return list
  }

  private func hopExpectations(_ value: YAMLValue) throws(CommandFailure) -> [Scenario.Expectation] {
    var list: [Scenario.Expectation] = []
    let keys = [
      "interface", "direction", "stage", "verdict", "reason", "rule", "state", "translation",
      "translation-rule",
    ]
    for (index, hop) in try value.items().enumerated() {
      try hop.read(keys) { key, item throws(CommandFailure) in
        list.append(try item.expectation(.hop(index, key)))
      }
    }
    return list
  }

  private func eventExpectations(
    _ value: YAMLValue
  ) throws(CommandFailure) -> [Scenario.Expectation] {
    var list: [Scenario.Expectation] = []
    try value.read(["message", "exit"]) { key, item throws(CommandFailure) in
      if key == "exit" {
        list.append(try item.expectation(.exit))
      } else {
        for line in item.itemsOrSelf() { list.append(try line.expectation(.message)) }
      }
    }
    return list
  }

  private func look(_ value: YAMLValue) throws(CommandFailure) -> [Scenario.Expectation] {
    var list: [Scenario.Expectation] = []
    let keys = ["pf", "references", "findings", "no-findings", "views", "counters"]
    try value.read(keys) { key, item throws(CommandFailure) in
      switch key {
      case "pf": list.append(try item.expectation(.pf))
      case "references": list.append(try item.expectation(.references))
      case "findings":
        for code in item.itemsOrSelf() {
          list.append(try code.expectation(.finding(isAbsent: false)))
        }
      case "no-findings":
        for code in item.itemsOrSelf() {
          list.append(try code.expectation(.finding(isAbsent: true)))
        }
      case "views":
        for (name, text) in try item.members() {
          list.append(try text.expectation(.view(try name.string())))
        }
      default:
        for (rule, counters) in try item.members() {
          let text = try rule.string()
          for (name, value) in try counters.members() {
            list.append(try value.expectation(.counter(rule: text, name: try name.string())))
          }
        }
      }
    }
    return list
  }
}

extension YAMLValue {
  /// The value as an expectation; lists become texts with commas.
  func expectation(_ subject: Scenario.Subject) throws(CommandFailure) -> Scenario.Expectation {
    var text = ""
    if isScalar {
      text = try string()
    } else {
      var parts: [String] = []
      for item in try items() { parts.append(try item.string()) }
      text = parts.joined(separator: ", ")
    }
    return Scenario.Expectation(
      subject: subject, expected: text, line: line, column: column, isBlock: isBlock)
  }
}
