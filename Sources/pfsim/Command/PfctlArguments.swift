import PFSim

/// pfctl's command line, read as `getopt` reads it.
struct PfctlArguments {
  /// `-f`: the rules file.
  var rulesFile: String?
  /// `-n`: only read the rules.
  var isDryRun = false
  /// The number of `-v`.
  var verbosity = 0
  /// `-q`.
  var isQuiet = false
  /// `-m`.
  var merges = false
  /// `-a`: the anchor, as given.
  var anchor: String?
  /// `-o`: the optimiser's level.
  var optimization: OptimizationLevel?
  /// The parts of `-A`, `-N`, `-O`, `-R`, `-T load`; empty for all.
  var parts: LoadParts = []
  /// `-D`, in order.
  var macros: [(name: String, value: String)] = []
  /// The options that need a running pf, in order, with their arguments.
  var sessionOptions: [(option: Character, argument: String?)] = []
  /// What stands behind the options.
  var operands: [String] = []
  /// What pfctl says about the arguments on standard error.
  var warnings: [String] = []

  /// Why pfctl ends before it does anything.
  struct Refusal: Error {
    /// What it writes to standard error, with line ends.
    var text: String
  }

  private static let withArgument = "aDFikKlopstTxX"
  private static let plain = "AdeghmnNOqrRvEzS"

  init(_ arguments: [String]) throws(Refusal) {
    var rest = arguments[...]
    while let word = rest.first, word.hasPrefix("-"), word.count > 1 {
      rest = rest.dropFirst()
      if word == "--" { break }
      var letters = word.dropFirst()
      while let letter = letters.popFirst() {
        guard Self.withArgument.contains(letter) || letter == "f" else {
          try readFlag(letter)
          continue
        }
        var argument = String(letters)
        letters = ""
        if argument.isEmpty {
          guard let next = rest.popFirst() else {
            throw Refusal(
              text: "pfctl: option requires an argument -- '\(letter)'\n" + Self.usage)
          }
          argument = next
        }
        try readOption(letter, argument)
      }
    }
    operands = Array(rest)
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
    case "h": throw Refusal(text: Self.usage)
    case _ where Self.plain.contains(letter): sessionOptions.append((letter, nil))
    default: throw Refusal(text: "pfctl: invalid option -- '\(letter)'\n" + Self.usage)
    }
  }

  private mutating func readOption(_ letter: Character, _ argument: String) throws(Refusal) {
    switch letter {
    case "f": rulesFile = argument
    case "a": anchor = argument
    case "o": try readOptimization(argument)
    case "T" where argument == "load": parts.insert(.tables)
    case "D":
      // pfctl splits at the last equals sign.
      guard let equals = argument.lastIndex(of: "=") else {
        warnings.append("pfctl: could not parse macro definition \(argument)")
        return
      }
      macros.append(
        (String(argument[..<equals]), String(argument[argument.index(after: equals)...])))
    default: sessionOptions.append((letter, argument))
    }
  }

  private mutating func readOptimization(_ argument: String) throws(Refusal) {
    switch argument {
    case "none": optimization = OptimizationLevel.none
    case "basic": optimization = .basic
    case "profile": optimization = .profile
    default:
      throw Refusal(text: "pfctl: Unknown optimization '\(argument)'\n" + Self.usage)
    }
  }

  /// pfctl's summary of its options.
  static let usage = """
    usage: pfctl [-AdeghmNnOqRrvz] [-a anchor] [-D macro=value] [-F modifier]
    \t[-f file] [-i interface] [-K host | network] [-k host | network]
    \t[-o level] [-p device] [-s modifier]
    \t[-t table -T command [address ...]] [-x level]

    """
}
