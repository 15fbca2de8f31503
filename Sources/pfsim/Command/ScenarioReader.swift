import PFSim

/// Reads scenario files: a host description with packets, captures and expectations.
///
/// All errors of a file are reported together, so that one run is enough to mend it.
struct ScenarioReader {
  var description: HostDescription
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
    var reader = ScenarioReader(file: file, files: files)
    try check(value, reader.failures)
    try reader.description.takeAll(value)
    reader.description.finish()
    reader.scenario.deployment = reader.description.deployment
    reader.scenario.rulesLocation = try value.key(named: "rules")?.location()
    try reader.takeSteps(value)
    try reader.failures.throwIfAny()
    return reader.scenario
  }

  /// Checks that all keys of the top level are known.
  /// - Throws: ``CommandFailure`` where the document is not a mapping.
  static func check(_ value: YAMLValue, _ failures: FailureLog) throws(CommandFailure) {
    let known = HostDescription.keys + keys
    for (key, _) in try value.members() where !known.contains(key.plain) {
      failures.add(key.unknown(key.plain, known))
    }
  }

  /// The errors so far; the description's are among them.
  private var failures: FailureLog { description.failures }

  private init(file: String, files: InputFile) {
    let folder = HostDescription.folder(of: file)
    description = HostDescription(folder: folder, files: files)
    let last = file.dropFirst(folder.count)
    let stem = last.lastIndex(of: ".").map { last[..<$0] } ?? last
    scenario = Scenario(name: String(stem))
    scenario.file = file
  }

  private mutating func takeSteps(_ value: YAMLValue) throws(CommandFailure) {
    failures.attempt { try value.member("name")?.string() }.map { scenario.name = $0 }
    failures.attempt { try value.member("teaches")?.string() }.map { scenario.teaches = $0 }
    let kinds: [(String, (YAMLValue) throws(CommandFailure) -> Scenario.Step)] = [
      ("timeline", step), ("packets", packet), ("captures", capture),
    ]
    for (key, read) in kinds {
      for item in failures.attempt({ try value.member(key)?.items() }) ?? [] {
        if let step = failures.attempt({ try read(item) }) { scenario.steps.append(step) }
      }
    }
    if let expected = try value.member("expect") {
      scenario.steps.append(
        Scenario.Step(
          .check, expectations: expectations(expected), location: expected.location()))
    }
  }

  /// A step of the timeline: an event, a packet, a flow, an answer, a capture or a look.
  private func step(_ value: YAMLValue) throws(CommandFailure) -> Scenario.Step {
    guard !value.isScalar else {
      return Scenario.Step(
        .events([try description.event(value)]), location: value.location())
    }
    var step = Scenario.Step(.check, location: value.location())
    let keys = Self.stepKeys
    var hasAction = false
    for (key, item) in try value.members() {
      failures.attempt {
        switch key.plain {
        case "note": break
        case "expect": step.expectations = expectations(item)
        case let word where keys.contains(word):
          guard !hasAction else {
            throw key.failure("a step does one thing; begin another step")
          }
          hasAction = true
          step.action = try action(key, item)
        default: throw key.unknown(key.plain, keys)
        }
      }
    }
    return step
  }

  /// The keys of a step.
  static let stepKeys =
    HostDescription.eventKeys + ["packet", "flow", "reply", "capture", "expect", "note"]

  private func action(_ key: YAMLValue, _ item: YAMLValue) throws(CommandFailure) -> Scenario.Action
  {
    switch key.plain {
    case "packet": return .packet(try frame(item))
    case "flow": return .flow(try frame(item))
    case "reply": return .reply(flags: try flags(item))
    case "capture": return .capture(try captureDescription(item))
    default: return .events([try description.event(key, item)])
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
      step.expectations = expectations(expected)
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
