import Foundation
import Testing

@testable import PFSim
@testable import PFSimCommand

@Suite("pfsim pfctl keeps a Mac in a session file")
struct PfctlSessionTests {
  /// Runs `pfsim pfctl --session FILE …`.
  private static func run(_ session: String, _ words: [String]) throws -> PfctlResult {
    let command = try Pfctl.parse(["--session", session] + words)
    return try PfctlRun(command, try PfctlArguments(command.arguments)).run()
  }

  private static func text(_ path: String) throws -> String {
    String(decoding: try InputFile.bytes(of: path), as: UTF8.self)
  }

  @Test("what one run does, the next one finds")
  func keeps() throws {
    try ScratchFolder.with { scratch in
      let folder = scratch.path
      let session = folder + "/mac.yaml"
      let rules = folder + "/pf.conf"
      try Data("block in proto tcp to port 22\n\npass\n".utf8)
        .write(to: URL(fileURLWithPath: rules))
      _ = try Self.run(session, ["-s", "info"])
      #expect(!FileManager.default.fileExists(atPath: session))
      let started = try Self.run(session, ["--event", "vm start nat"])
      #expect(started.output.hasPrefix("VM vm starts (nat)\n  bridge100 comes up"))
      #expect(try Self.run(session, ["-sr"]).output.contains("com.apple.internet-sharing"))
      let token = try Self.run(session, ["-E"]).error
      let loaded = try Self.run(session, ["-f", rules])
      #expect(loaded.status == 0)
      // What was loaded counts, not what stands in the file now.
      try Data("pass\n".utf8).write(to: URL(fileURLWithPath: rules))
      #expect(
        try Self.run(session, ["-sr"]).output
          == "block drop in proto tcp from any to any port = 22\npass all flags S/SA keep state\n")
      let references = try Self.run(session, ["-s", "References"]).output
      let value = try #require(token.split(separator: " ").last?.dropLast())
      #expect(references.contains(value))
      #expect(try Self.run(session, ["-X", String(value)]).error.contains("1 more pf enable"))
      _ = try Self.run(session, ["--event", "wait 90s", "-s", "info"])
      #expect(
        try Self.run(session, ["-s", "info"]).output
          .hasPrefix("Status: Enabled for 0 days 00:01:30"))
    }
  }

  @Test("the file can be read: a step for each change, files as they were")
  func readable() throws {
    try ScratchFolder.with { scratch in
      let folder = scratch.path
      let session = folder + "/mac.yaml"
      let rules = folder + "/pf.conf"
      try Data("block\npass out\n".utf8).write(to: URL(fileURLWithPath: rules))
      _ = try Self.run(session, ["--event", "vm start softnet web", "-ef", rules])
      let text = try Self.text(session)
      #expect(
        text.hasSuffix(
          """
          timeline:
            - vm start softnet web
            - pfctl:
                args: ["-ef","\(rules.replacingOccurrences(of: "/", with: "\\/"))"]
                files:
                  "\(rules.replacingOccurrences(of: "/", with: "\\/"))": |
                    block
                    pass out

          """) || text.contains("args: [\"-ef\",\"\(rules)\"]\n"), "\(text)")
      let deployment = try HostDescription(file: session).deployment
      #expect(deployment.timeline.count == 2)
    }
  }

  @Test("runs at the same time do not lose each other's changes")
  func locked() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/pfsim-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let session = folder + "/mac.yaml"
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...6 {
        group.addTask {
          _ = try Self.run(session, ["-t", "t", "-T", "add", "192.0.2.\(number)"])
        }
      }
      try await group.waitForAll()
    }
    let shown = try Self.run(session, ["-t", "t", "-T", "show"]).output
    #expect(shown.split(separator: "\n").count == 6)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["mac.yaml"])
  }

  @Test(
    "a damaged session says where, and stays as it was",
    arguments: [
      ("timeline: [\n", "mac.yaml:"), ("timeline:\n  - explode\n", "mac.yaml:2:5: unknown key"),
      ("timeline:\n  - vm start nut\n", "mac.yaml:2:5: expected nat, softnet"),
      ("just words\n", "mac.yaml:1:1: expected a mapping"),
      ("timeline:\n  - enable\nseed: 3\n", "the timeline must be the last section"),
    ])
  func damaged(_ text: String, _ message: String) throws {
    try ScratchFolder.with { scratch in
      let folder = scratch.path
      let session = folder + "/mac.yaml"
      try Data(text.utf8).write(to: URL(fileURLWithPath: session))
      do {
        _ = try Self.run(session, ["-E"])
        Issue.record("the session was accepted")
      } catch let failure as CommandFailure {
        #expect(failure.status == .badInput)
        #expect(failure.message.contains(message), "\(failure.message)")
      }
      #expect(try Self.text(session) == text)
    }
  }

  @Test("a session starts from a host file and goes on from it")
  func base() throws {
    try ScratchFolder.with { scratch in
      let folder = scratch.path
      let host = folder + "/host.yaml"
      try Data("interfaces: 'en5=10.0.0.2/24'\nprofile: 26\n".utf8)
        .write(to: URL(fileURLWithPath: host))
      let session = folder + "/mac.yaml"
      _ = try Self.run(session, ["--host", host, "-e"])
      #expect(try Self.run(session, ["-s", "Interfaces"]).output == "ALL\nen5\nlo0\n")
      #expect(try Self.run(session, ["-s", "info"]).output.contains("invalid-port"))
      #expect(throws: CommandFailure.self) {
        try Self.run(session, ["--host", host, "-d"])
      }
    }
  }
}
