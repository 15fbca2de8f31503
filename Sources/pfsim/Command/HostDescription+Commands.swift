import PFSim

extension HostDescription {
  /// An event that stands for a command line or for another program's doing.
  func commandEvent(
    _ word: String, _ key: YAMLValue, _ item: YAMLValue
  ) throws(CommandFailure) -> HostEvent {
    switch word {
    case "pfctl": return try pfctl(item)
    case "send": return try send(try item.string(), item)
    case "lease": return try lease(item)
    case "tart": return tart(Self.words(try item.string()))
    case "tool": return .tool(try preset(item))
    case "sleep": return .sleep(seconds: try item.duration())
    default: throw key.unknown(word, Self.eventKeys)
    }
  }

  /// The same written as one text, for example `pfctl -d`.
  func plainCommand(_ text: String, _ value: YAMLValue) throws(CommandFailure) -> HostEvent {
    let words = Self.words(text)
    switch words.first {
    case "pfctl": return try pfctl(Array(words.dropFirst()), value)
    case "tart": return tart(Array(words.dropFirst()))
    case "tool": return .tool(try preset(Array(words.dropFirst()), value))
    case "vm": return try machineEvent(Array(words.dropFirst()), value)
    case "wait", "sleep":
      guard words.count == 2 else { throw value.failure("expected \(words[0]) and a duration") }
      let seconds = try YAMLValue(parsing: words[1], file: value.file).duration()
      return words[0] == "wait" ? .wait(seconds: seconds) : .sleep(seconds: seconds)
    case "send": return try send(text.drop { $0 != " " }.drop { $0 == " " }.description, value)
    default:
      let commands = ["pfctl …", "tart …", "tool NAME", "vm start MODE"]
      throw value.unknown(text, Self.plainEvents + commands)
    }
  }

  /// `{vm: NAME, address: ADDRESS, seconds: N}`.
  private func lease(_ value: YAMLValue) throws(CommandFailure) -> HostEvent {
    var name = "vm"
    var address: IPAddress?
    var seconds = 86_400.0
    try value.read(["vm", "address", "seconds"]) { key, item throws(CommandFailure) in
      switch key {
      case "vm": name = try item.string()
      case "address": address = try item.address()
      default: seconds = try item.duration()
      }
    }
    guard let address else { throw value.failure("the lease names no address") }
    return .lease(vm: name, address: address, seconds: seconds)
  }

  /// `vm start MODE [NAME [PROGRAM]]`, `vm stop [NAME]`.
  private func machineEvent(
    _ words: [String], _ value: YAMLValue
  ) throws(CommandFailure) -> HostEvent {
    switch (words.first, words.count) {
    case ("start", 2...4):
      guard let mode = NetworkMode(name: words[1]) else {
        throw value.failure("expected nat, softnet, bridged or host behind 'vm start'")
      }
      return .startVM(
        VirtualMachine(
          name: words.count > 2 ? words[2] : "vm", mode: mode,
          program: words.count > 3 ? words[3] : "tart"))
    case ("stop", 1...2): return .stopVM(name: words.count > 1 ? words[1] : "vm")
    default: throw value.failure("expected vm start MODE [NAME [PROGRAM]] or vm stop [NAME]")
    }
  }

  private func send(_ text: String, _ value: YAMLValue) throws(CommandFailure) -> HostEvent {
    do throws(PacketNotationError) {
      return .packet(try PacketNotation(text))
    } catch {
      throw value.failure(error.reason)
    }
  }

  /// The event of a timeline's step, nil for steps that are packets or looks.
  func eventOnly(_ step: YAMLValue) throws(CommandFailure) -> HostEvent? {
    guard !step.isScalar else { return try event(step) }
    for (key, value) in try step.members() where Self.eventKeys.contains(key.plain) {
      return try event(key, value)
    }
    return nil
  }

  /// The words of events that need nothing.
  static let plainEvents = [
    "boot", "reboot", "enable", "disable", "restart-sharing", "kill-sharing",
  ]

  /// The keys of events that need something.
  static let eventKeys = [
    "start", "stop", "load", "append", "flush", "enable-token", "release", "interface-up",
    "interface-down", "default-route", "skip", "no-skip", "wait", "pfctl", "tart", "sleep",
    "tool", "send", "lease",
  ]

  /// pfctl's words as one text, or `{args: […], files: {NAME: TEXT}}`.
  private func pfctl(_ value: YAMLValue) throws(CommandFailure) -> HostEvent {
    if value.isScalar { return try pfctl(Self.words(try value.string()), value) }
    var words: [String] = []
    var files: [String: String] = [:]
    try value.read(["args", "files"]) { key, item throws(CommandFailure) in
      if key == "args" {
        for word in try item.items() { words.append(try word.string()) }
      } else {
        for (name, text) in try item.members() { files[try name.string()] = try text.string() }
      }
    }
    return try pfctl(words, files: files, value)
  }

  private func pfctl(
    _ words: [String], files: [String: String] = [:], _ value: YAMLValue
  ) throws(CommandFailure) -> HostEvent {
    do throws(PfctlUsageError) {
      let line = try PfctlCommandLine(words, files: files) { files[$0] ?? text(ofFile: $0) }
      guard !line.events.isEmpty else {
        throw PfctlUsageError("this command line changes nothing")
      }
      return .pfctl(line)
    } catch {
      throw value.failure(error.message)
    }
  }

  /// `mullvad`, `mullvad off`, or `{name: mullvad, tunnel: utun5}`.
  private func preset(_ value: YAMLValue) throws(CommandFailure) -> ToolPreset {
    guard !value.isScalar else { return try preset(Self.words(try value.string()), value) }
    var words: [String] = []
    var tunnel: String?
    try value.read(["name", "tunnel"]) { key, item throws(CommandFailure) in
      if key == "name" { words = Self.words(try item.string()) } else { tunnel = try item.string() }
    }
    var preset = try preset(words, value)
    if let tunnel { preset.tunnel = tunnel }
    return preset
  }

  private func preset(
    _ words: [String], _ value: YAMLValue
  ) throws(CommandFailure) -> ToolPreset {
    guard let name = words.first, let tool = ToolPreset.Tool(rawValue: name),
      words.count == 1 || words.count == 2 && ["on", "off"].contains(words[1])
    else {
      let known = ToolPreset.Tool.allCases.map(\.rawValue).joined(separator: ", ")
      throw value.failure("expected one of \(known), and off where it ends")
    }
    return ToolPreset(tool, ends: words.last == "off")
  }

  private func tart(_ words: [String]) -> HostEvent {
    .tart(TartRun(words, known: machines.first { words.contains($0.name) }))
  }

  /// Words as a shell splits them, with quotes but without expansion.
  static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }
}
