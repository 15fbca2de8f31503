/// A pfctl command line as far as it changes something, taken apart into events.
public struct PfctlCommandLine: Sendable, Hashable {
  /// The words behind `pfctl`.
  public let words: [String]
  /// What it does, in the order that pfctl does it.
  public private(set) var events: [HostEvent] = []

  /// Reads the words behind `pfctl`.
  /// - Parameters:
  ///   - words: The words.
  ///   - file: The text of a file that `-f` names, nil where there is none.
  /// - Throws: ``PfctlUsageError`` for options that are unknown or change nothing.
  public init(
    _ words: [String], file: (String) -> String?
  ) throws(PfctlUsageError) {
    self.words = words
    var options = Options()
    try options.read(words)
    if options.disables { events.append(.disable) }
    for target in options.flushes { events.append(.flush(target, anchor: options.anchor)) }
    if let name = options.file {
      let path = name == "-" ? "stdin" : name
      guard let text = file(name) else {
        throw PfctlUsageError("no file \(name) is described; add it under files")
      }
      events.append(
        .load(RulesFile(name: path, text: text, anchor: options.anchor, macros: options.macros)))
    }
    if options.enables { events.append(.enable) }
    if options.takesToken { events.append(.enableWithToken(holder: "pfctl")) }
    if options.releases {
      events.append(options.token.map { .release(token: $0) } ?? .releaseTokens(holder: "pfctl"))
    }
    if events.isEmpty { throw PfctlUsageError("this command line changes nothing") }
  }

  private struct Options {
    var anchor = ""
    var file: String?
    var flushes: [FlushTarget] = []
    var macros: [RulesFile.Macro] = []
    var enables = false
    var disables = false
    var takesToken = false
    var releases = false
    var token: UInt64?

    mutating func read(_ words: [String]) throws(PfctlUsageError) {
      var words = words[...]
      while let word = words.popFirst() {
        guard word.hasPrefix("-"), word.count > 1 else {
          throw PfctlUsageError("unexpected word \(word)")
        }
        var letters = word.dropFirst()
        while let letter = letters.popFirst() { try option(letter, &letters, &words) }
      }
    }

    private mutating func option(
      _ letter: Character, _ rest: inout Substring, _ words: inout ArraySlice<String>
    ) throws(PfctlUsageError) {
      switch letter {
      case "e": enables = true
      case "d": disables = true
      case "E": takesToken = true
      case "v", "q": break
      case "a": anchor = try value("-a", &rest, &words)
      case "f": file = try value("-f", &rest, &words)
      case "X":
        releases = true
        if let next = words.first, !next.hasPrefix("-") || !rest.isEmpty {
          guard let number = UInt64(try value("-X", &rest, &words)) else {
            throw PfctlUsageError("-X: a token is a number")
          }
          token = number
        }
      case "F":
        let name = try value("-F", &rest, &words)
        guard let target = FlushTarget(rawValue: name) else {
          let names = FlushTarget.allCases.map(\.rawValue).joined(separator: ", ")
          throw PfctlUsageError("-F \(name): choose one of \(names)")
        }
        flushes.append(target)
      case "D":
        let text = try value("-D", &rest, &words)
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2 else { throw PfctlUsageError("-D wants name=value") }
        macros.append(.init(name: String(parts[0]), value: String(parts[1])))
      default: throw PfctlUsageError("-\(letter) is not one of -a -d -D -e -E -f -F -X")
      }
    }

    private func value(
      _ option: String, _ rest: inout Substring, _ words: inout ArraySlice<String>
    ) throws(PfctlUsageError) -> String {
      if !rest.isEmpty {
        defer { rest = "" }
        return String(rest)
      }
      guard let next = words.popFirst() else { throw PfctlUsageError("\(option) wants a value") }
      return next
    }
  }
}

/// What is wrong with a pfctl command line of a scenario.
public struct PfctlUsageError: Error, Sendable, Hashable {
  /// What is wrong.
  public var message: String

  init(_ message: String) { self.message = message }
}
