import ArgumentParser
import Foundation

/// The command `pfsim`.
@main
struct PFSimCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pfsim",
    abstract: "The laboratory for macOS's packet filter (pf).",
    version: "0.1.0 (pf of xnu-11417.101.15)",
    subcommands: [
      Check.self, Explain.self, Replay.self, TestVerb.self, Show.self, Pfctl.self, Snapshot.self,
      Bench.self,
      Conformance.self,
    ])

  /// Runs the command line and ends the process with the documented exit code.
  static func main() {
    // A closed pipe then shows as EPIPE, which OutputFile turns into a quiet end.
    signal(SIGPIPE, SIG_IGN)
    let status = execute(Array(CommandLine.arguments.dropFirst()))
    fflush(nil)
    Foundation.exit(status)
  }

  /// Runs a command line; prints errors on standard error.
  /// - Returns: The exit code.
  static func execute(_ arguments: [String]) -> Int32 {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
      return ExitStatus.success.rawValue
    } catch let failure as CommandFailure {
      if !failure.message.isEmpty { printError(failure.message) }
      return failure.status.rawValue
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      return report(error)
    }
  }

  /// Prints an error of ArgumentParser, or one that nobody expected, in our form.
  private static func report(_ error: any Error) -> Int32 {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code == .success {
      print(text)
      return ExitStatus.success.rawValue
    }
    let prefix = "Error: "
    printError(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
    return code == .validationFailure
      ? ExitStatus.usage.rawValue : ExitStatus.internalError.rawValue
  }

  /// Prints a message behind the program's name on standard error.
  static func printError(_ message: String) {
    FileHandle.standardError.write(Data("pfsim: \(message)\n".utf8))
  }
}
