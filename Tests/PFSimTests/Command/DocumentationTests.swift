import Foundation
import Testing

@testable import PFSim
@testable import PFSimCommand

/// A command that a page of the documentation shows, with what it prints there.
struct DocumentedCommand: Sendable, CustomTestStringConvertible {
  var page: String
  var line: Int
  var command: String
  var output: String

  var testDescription: String { "\(page):\(line): \(command)" }

  /// The commands of a page: the lines behind `$ ` in blocks of the language `console`.
  static func all(of page: String) throws -> [DocumentedCommand] {
    let path = "Sources/PFSim/PFSim.docc/Articles/\(page)"
    let text = try String(
      contentsOf: BuiltCommand.root.appendingPathComponent(path), encoding: .utf8)
    var commands: [DocumentedCommand] = []
    var isInside = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.hasPrefix("```") {
        isInside = line == "```console"
      } else if isInside, line.hasPrefix("$ ") {
        commands.append(
          DocumentedCommand(
            page: page, line: index + 1, command: String(line.dropFirst(2)), output: ""))
      } else if isInside, !commands.isEmpty {
        commands[commands.count - 1].output += line + "\n"
      }
    }
    return commands
  }
}

@Suite("Pages of the documentation")
struct DocumentationTests {
  @Test(
    "a command prints what the page shows", arguments: try DocumentedCommand.all(of: "WhoOwnsPF.md")
  )
  func commands(_ shown: DocumentedCommand) throws {
    let run = try CommandRun(shell: shown.command, in: BuiltCommand.root)
    #expect(run.output == shown.output, "\(shown.testDescription)")
    #expect(run.error.isEmpty)
  }

  @Test("the page on who owns pf demonstrates each claim")
  func claims() throws {
    let commands = try DocumentedCommand.all(of: "WhoOwnsPF.md")
    #expect(commands.count >= 20)
    #expect(commands.allSatisfy { $0.command.contains("pfsim") || $0.command.hasPrefix("grep ") })
  }

  @Test("the cookbook is in step with the scenarios")
  func cookbook() throws {
    let page = BuiltCommand.root.appendingPathComponent(
      "Sources/PFSim/PFSim.docc/Articles/Cookbook.md")
    let made = try CommandRun(shell: "pfsim test Scenarios --cookbook", in: BuiltCommand.root)
    #expect(made.status == 0)
    #expect(try String(contentsOf: page, encoding: .utf8) == made.output)
    for number in 1...34 { #expect(made.output.contains("\n## F\(number) ")) }
  }

  @Test("the page on unknowns lists every setting and every question")
  func unknowns() throws {
    let page = BuiltCommand.root.appendingPathComponent(
      "Sources/PFSim/PFSim.docc/Articles/Unknowns.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    for key in HostSettingsReader.keys { #expect(text.contains("`\(key)`"), "\(key)") }
    for unknown in Unknown.allCases { #expect(text.contains("\n| \(unknown.code): ")) }
  }
}
