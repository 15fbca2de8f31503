/// pfctl's command line, read as `getopt` reads it.
public struct PfctlArguments: Sendable, Hashable {
  /// `-f`: the rules file, or the addresses of a table command.
  public var rulesFile: String?
  /// `-n`: only read the rules.
  public var isDryRun = false
  /// The number of `-v`.
  public var verbosity = 0
  /// `-q`.
  public var isQuiet = false
  /// `-m`.
  public var merges = false
  /// `-a`: the anchor, as given.
  public var anchor: String?
  /// `-o`: the optimiser's level.
  public var optimization: OptimizationLevel?
  /// The parts of `-A`, `-N`, `-O`, `-R`, `-T load`; empty for all.
  public var parts: LoadParts = []
  /// `-D`, in order.
  public var macros: [RulesFile.Macro] = []
  /// `-d`.
  public var disables = false
  /// `-e`.
  public var enables = false
  /// `-E`.
  public var takesToken = false
  /// `-X` with its token.
  public var releasedToken: UInt64?
  /// `-X` at the end of the line, without a token.
  public var releasesNewest = false
  /// `-s`: the word of the view, in full.
  public var view: String?
  /// `-F`: what is flushed.
  public var flush: FlushTarget?
  /// `-z`.
  public var clearsCounters = false
  /// `-i`: the interface that views and kills are limited to.
  public var interface: String?
  /// `-k`, once or twice.
  public var killed: [String] = []
  /// `-K`, once or twice.
  public var killedSources: [String] = []
  /// `-t`.
  public var table: String?
  /// `-T`, apart from `load`.
  public var tableCommand: TableCommand.Verb?
  /// `-x`: the debug level.
  public var debug: DebugLevel?
  /// What stands behind the options.
  public var operands: [String] = []
  /// What pfctl says about the arguments on standard error.
  public var warnings: [String] = []

  /// Why pfctl ends before it does anything.
  public struct Refusal: Error, Sendable, Hashable {
    /// What it writes to standard error, with line ends.
    public var text: String

    /// Makes a refusal of a message; pfctl's summary of its options follows where it does so.
    init(_ message: String, usage: Bool = true) {
      text = message + (usage ? PfctlArguments.usage : "")
    }
  }

  /// The options that take a value; `-X` may stand alone at the end.
  private static let withArgument = "aDFfikKopstTwxX"

  /// Reads the words behind `pfctl`.
  /// - Throws: ``Refusal`` with what pfctl prints.
  public init(_ arguments: [String]) throws(Refusal) {
    var rest = arguments[...]
    while let word = rest.first, word.hasPrefix("-"), word.count > 1 {
      rest = rest.dropFirst()
      if word == "--" { break }
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        guard Self.withArgument.contains(letter) else {
          try readFlag(letter)
          continue
        }
        if letter == "X", letters.isEmpty, rest.isEmpty {
          releasesNewest = true
          break
        }
        var argument = String(letters)
        letters = ""
        if argument.isEmpty {
          guard let next = rest.popFirst() else {
            throw Refusal("pfctl: option requires an argument -- '\(letter)'\n")
          }
          argument = next
        }
        try readOption(letter, argument)
      }
    }
    operands = Array(rest)
    if let extra = operands.first, tableCommand == nil, !parts.contains(.tables) {
      throw Refusal("pfctl: unknown command line argument: \(extra) ...\n")
    }
  }

  private mutating func readFlag(_ letter: Character) throws(Refusal) {
    switch letter {
    case "n": isDryRun = true
    case "v": verbosity += 1
    case "q": isQuiet = true
    case "m": merges = true
    case "A": parts.insert(.queues)
    case "N": parts.insert(.translation)
    case "O": parts.insert(.options)
    case "R": parts.insert(.filter)
    case "d": disables = true
    case "e": enables = true
    case "E": takesToken = true
    case "z": clearsCounters = true
    case "g", "r", "P", "S": break
    case "h": throw Refusal("")
    default: throw Refusal("pfctl: invalid option -- '\(letter)'\n")
    }
  }

  private mutating func readOption(_ letter: Character, _ argument: String) throws(Refusal) {
    switch letter {
    case "f": rulesFile = argument
    case "a": anchor = argument
    case "i": interface = argument
    case "t": table = argument
    case "k": try Self.add(argument, to: &killed, letter)
    case "K": try Self.add(argument, to: &killedSources, letter)
    case "o": try readOptimization(argument)
    case "s":
      view = try Self.word(argument, Self.viewWords, "show modifier")
    case "F":
      let word = try Self.word(argument, Self.flushWords, "flush modifier")
      flush = FlushTarget(rawValue: word)
    case "T":
      let word = try Self.word(argument, Self.tableWords, "table command")
      if word == "load" { parts.insert(.tables) } else { tableCommand = .init(rawValue: word) }
    case "x": debug = try readDebug(argument)
    case "X":
      guard let token = UInt64(argument) else {
        throw Refusal("pfctl: pf: token invalid\n", usage: false)
      }
      releasedToken = token
    case "D": readMacro(argument)
    default: break
    }
  }

  /// pfctl takes the first of its words that begins with what was typed.
  private static func word(
    _ typed: String, _ words: [String], _ what: String
  ) throws(Refusal) -> String {
    guard !typed.isEmpty, let found = words.first(where: { $0.hasPrefix(typed) }) else {
      throw Refusal("pfctl: Unknown \(what) '\(typed)'\n")
    }
    return found
  }

  private static let viewWords = [
    "nat", "queue", "rules", "Anchors", "Sources", "states", "info", "Interfaces", "labels",
    "timeouts", "memory", "Tables", "osfp", "References", "dummynet", "all",
  ]
  private static let flushWords = [
    "nat", "queue", "rules", "Sources", "states", "info", "Tables", "osfp", "dummynet", "all",
  ]
  private static let tableWords = [
    "kill", "flush", "add", "delete", "load", "replace", "show", "test", "zero", "expire",
  ]

  private static func add(
    _ host: String, to list: inout [String], _ letter: Character
  ) throws(Refusal) {
    guard list.count < 2 else { throw Refusal("pfctl: can only specify -\(letter) twice\n") }
    list.append(host)
  }

  private mutating func readMacro(_ argument: String) {
    // pfctl splits at the last equals sign.
    guard let equals = argument.lastIndex(of: "=") else {
      warnings.append("pfctl: could not parse macro definition \(argument)")
      return
    }
    macros.append(
      RulesFile.Macro(
        name: String(argument[..<equals]), value: String(argument[argument.index(after: equals)...])
      ))
  }

  private mutating func readOptimization(_ argument: String) throws(Refusal) {
    switch try Self.word(argument, ["none", "basic", "profile"], "optimization") {
    case "none": optimization = OptimizationLevel.none
    case "basic": optimization = .basic
    default: optimization = .profile
    }
  }

  private func readDebug(_ argument: String) throws(Refusal) -> DebugLevel {
    switch try Self.word(argument, ["none", "urgent", "misc", "loud"], "debug level") {
    case "none": DebugLevel.none
    case "urgent": .urgent
    case "misc": .misc
    default: .loud
    }
  }

  /// The path of `-a` as the kernel gets it, and whether everything below counts (`/*`).
  public var anchorPath: (path: String, isRecursive: Bool) {
    var path = Substring(anchor ?? "")
    let isRecursive = path.hasSuffix("*")
    if isRecursive { path = path.hasSuffix("/*") ? path.dropLast(2) : path.dropLast() }
    return (String(path.drop { $0 == "/" }), isRecursive)
  }

  /// Why an anchor's name is not allowed where it is changed; nil where it is.
  public var anchorRefusal: String? {
    guard let anchor else { return nil }
    if anchor.isEmpty { return "pfctl: anchor name must not be empty" }
    let path = anchorPath.path
    if path.utf8.count > 1023 { return "pfctl: anchor name '\(path)' too long" }
    if path.hasPrefix("_") || path.contains("/_") {
      return "pfctl: anchor names beginning with '_' cannot be modified from the command line"
    }
    return nil
  }

  /// pfctl's summary of its options.
  public static let usage = """
    usage: pfctl [-AdeghmNnOqRrvz] [-a anchor] [-D macro=value] [-F modifier]
    \t[-f file] [-i interface] [-K host | network] [-k host | network]
    \t[-o level] [-p device] [-s modifier]
    \t[-t table -T command [address ...]] [-x level]

    """
}
