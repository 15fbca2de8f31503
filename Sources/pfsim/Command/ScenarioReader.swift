import PFSim

/// Reads scenario files: a host description with packets, captures and expectations.
struct ScenarioReader {
  private var description: HostDescription
  private var scenario: Scenario

  /// The keys of a scenario beside those of a host file.
  static let keys = ["name", "teaches", "packets", "captures", "expect"]

  /// Reads a scenario file.
  /// - Throws: ``CommandFailure`` with file, line and column.
  static func read(
    _ file: String, files: InputFile = InputFile()
  ) throws(CommandFailure) -> Scenario {
    try read(try InputFile.text(of: file), file: file, files: files)
  }

  /// Reads a scenario's text.
  /// - Throws: ``CommandFailure`` with file, line and column.
  static func read(
    _ text: String, file: String, files: InputFile = InputFile()
  ) throws(CommandFailure) -> Scenario {
    let value = try YAMLValue(parsing: text, file: file)
    try check(value)
    var reader = ScenarioReader(file: file, files: files)
    try reader.description.takeAll(value)
    reader.description.finish()
    reader.scenario.deployment = reader.description.deployment
    try reader.takeSteps(value)
    return reader.scenario
  }

  /// Checks that all keys of the top level are known.
  /// - Throws: ``CommandFailure`` with file, line and column.
  static func check(_ value: YAMLValue) throws(CommandFailure) {
    try value.read(HostDescription.keys + keys) { _, _ in }
  }

  private init(file: String, files: InputFile) {
    let folder = HostDescription.folder(of: file)
    description = HostDescription(folder: folder, files: files)
    let last = file.dropFirst(folder.count)
    let stem = last.lastIndex(of: ".").map { last[..<$0] } ?? last
    scenario = Scenario(name: String(stem))
    scenario.file = file
  }

  private mutating func takeSteps(_ value: YAMLValue) throws(CommandFailure) {
    if let name = try value.member("name") { scenario.name = try name.string() }
    if let teaches = try value.member("teaches") { scenario.teaches = try teaches.string() }
    for step in try value.member("timeline")?.items() ?? [] {
      scenario.steps.append(try self.step(step))
    }
    for packet in try value.member("packets")?.items() ?? [] {
      scenario.steps.append(try self.packet(packet))
    }
    for capture in try value.member("captures")?.items() ?? [] {
      scenario.steps.append(try self.capture(capture))
    }
    if let expected = try value.member("expect") {
      scenario.steps.append(
        Scenario.Step(
          .check, expectations: try expectations(expected), location: expected.location()))
    }
  }

  /// A step of the timeline: an event, a packet, a flow, an answer, a capture or a look.
  private func step(_ value: YAMLValue) throws(CommandFailure) -> Scenario.Step {
    guard !value.isScalar else {
      return Scenario.Step(
        .events([try description.event(value)]), location: value.location())
    }
    var step = Scenario.Step(.check, location: value.location())
    let keys = HostDescription.eventKeys + ["packet", "flow", "reply", "capture", "expect", "note"]
    var hasAction = false
    try value.read(keys) { key, item throws(CommandFailure) in
      switch key {
      case "note": break
      case "expect": step.expectations = try expectations(item)
      default:
        guard !hasAction else { throw item.failure("a step does one thing; begin another step") }
        hasAction = true
        step.action = try action(key, item, of: value)
      }
    }
    return step
  }

  private func action(
    _ key: String, _ item: YAMLValue, of step: YAMLValue
  ) throws(CommandFailure) -> Scenario.Action {
    switch key {
    case "packet": return .packet(try frame(item))
    case "flow": return .flow(try frame(item))
    case "reply": return .reply(flags: try flags(item))
    case "capture": return .capture(try captureDescription(item))
    default:
      for (name, value) in try step.members() where name.plain == key {
        return .events([try description.event(name, value)])
      }
      throw item.failure("expected an event")
    }
  }

  /// A packet under `packets`: its notation, or a step that is a packet, a flow or an answer.
  private func packet(_ value: YAMLValue) throws(CommandFailure) -> Scenario.Step {
    if value.isScalar {
      return Scenario.Step(.packet(try frame(value)), location: value.location())
    }
    return try step(value)
  }

  private func frame(_ value: YAMLValue) throws(CommandFailure) -> FrameNotation {
    do throws(PacketNotationError) {
      return try FrameNotation(try Self.text(of: value))
    } catch {
      let place = value.location(offset: error.column - 1)
      throw .badInput("\(place.file):\(place.line):\(place.column): \(error.reason)")
    }
  }

  /// The text of a scalar; other values give an empty text, which no notation accepts.
  private static func text(of value: YAMLValue) throws(PacketNotationError) -> String {
    value.plain
  }

  private func flags(_ value: YAMLValue) throws(CommandFailure) -> TCPFlags? {
    let text = try value.string()
    if text.isEmpty || text == "yes" { return nil }
    guard let flags = TCPFlags(letters: text) else {
      throw value.failure("expected TCP flags (letters of FSRPAUEW), or yes for the usual ones")
    }
    return flags
  }

  private func capture(_ value: YAMLValue) throws(CommandFailure) -> Scenario.Step {
    var step = Scenario.Step(.check, location: value.location())
    step.action = .capture(try captureDescription(value))
    if !value.isScalar, let expected = try value.member("expect") {
      step.expectations = try expectations(expected)
    }
    return step
  }

  private func captureDescription(
    _ value: YAMLValue
  ) throws(CommandFailure) -> ScenarioCapture {
    if value.isScalar { return ScenarioCapture(files: [try value.string()]) }
    var capture = ScenarioCapture(files: [])
    try value.read(["file", "mode", "vantage", "map", "expect"]) {
      key, item throws(CommandFailure) in
      switch key {
      case "file":
        for file in item.itemsOrSelf() { capture.files.append(try file.string()) }
      case "mode": capture.mode = try description.mode(item)
      case "vantage": capture.vantage = try item.word(Vantage.self)
      case "map":
        for pair in item.itemsOrSelf() where !capture.map.add(try pair.string()) {
          throw pair.failure("expected two addresses of one family as A=B")
        }
      default: break
      }
    }
    guard !capture.files.isEmpty else { throw value.failure("the capture names no file") }
    return capture
  }
}
