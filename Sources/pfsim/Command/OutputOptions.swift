import ArgumentParser
import PFSim

/// The forms of an answer; each verb takes those it has a use for.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// For people.
  case text
  /// One document.
  case json
  /// One event a line.
  case ndjson
  /// Test results for CI systems.
  case junit
  /// Findings for code scanning.
  case sarif
  /// GitHub's workflow annotations.
  case github
  /// Test Anything Protocol.
  case tap
  /// A page that needs no network.
  case html
  /// A table.
  case csv
  /// Coverage for editors.
  case lcov
}

/// From which severity on a finding makes the command exit with 1.
enum FailureThreshold: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// Any finding.
  case note
  /// Warnings and errors.
  case warning
  /// Errors.
  case error
  /// Nothing.
  case none

  /// The least severity that counts; nil for none.
  var severity: Finding.Severity? {
    switch self {
    case .note: .note
    case .warning: .warning
    case .error: .error
    case .none: nil
    }
  }
}

/// The options that say how and where the answer is written; shared by all verbs.
struct OutputOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The form of the answer.", valueName: "format"))
  var format: OutputFormat?

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the answer to a file instead of standard output."))
  var output: String?

  @Flag(name: .shortAndLong, help: "Say more; twice: even more.")
  var verbose: Int

  @Option(help: "When to use colour.")
  var color = ColorChoice.auto

  @Option(
    help: ArgumentHelp("The least severity of a finding that exits 1.", valueName: "severity"))
  var failOn = FailureThreshold.error

  @Flag(help: "Exit 1 when a packet is blocked or a flow is broken.")
  var exitCode = false

  func validate() throws {
    if json, let format, format != .json {
      throw ValidationError("--json contradicts --format \(format.rawValue)")
    }
  }

  /// The form asked for; text where nothing was said.
  var chosenFormat: OutputFormat { json ? .json : format ?? .text }

  /// The form asked for, among those that the verb has.
  /// - Throws: ``CommandFailure`` with exit code 64 for any other.
  func format(among supported: [OutputFormat]) throws(CommandFailure) -> OutputFormat {
    let chosen = chosenFormat
    guard supported.contains(chosen) else {
      let names = supported.map(\.rawValue).joined(separator: ", ")
      throw .usage("--format \(chosen.rawValue) is not available here; choose one of \(names)")
    }
    return chosen
  }

  /// The terminal that the answer is written for.
  var terminal: Terminal {
    Terminal(color: color, toStandardOutput: output == nil || output == "-")
  }

  /// Opens the output.
  /// - Throws: ``CommandFailure`` with exit code 74.
  func open() throws(CommandFailure) -> OutputFile { try OutputFile(output) }
}
