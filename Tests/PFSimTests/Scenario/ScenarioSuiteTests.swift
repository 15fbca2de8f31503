import Foundation
import Testing

@testable import PFSim
@testable import PFSimCommand

@Suite("Scenario files")
struct ScenarioSuiteTests {
  static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Scenarios")
    .path

  /// The stories' files and those of Softnet's tables.
  static func files() throws -> [String] { try ScenarioFiles.find([folder]) }

  static func all() throws -> [Scenario] { try files().map { try ScenarioReader.read($0) } }

  @Test("the 34 stories and Softnet's tables pass in under five seconds")
  func storiesPass() throws {
    let scenarios = try Self.all()
    let stories = scenarios.filter { $0.name.hasPrefix("F") }
    #expect(stories.count == 34)
    #expect(scenarios.allSatisfy { !$0.teaches.isEmpty })
    let start = Date()
    let outcomes = ScenarioSuite.run(scenarios)
    #expect(Date().timeIntervalSince(start) < 5)
    for outcome in outcomes where !outcome.result.passed {
      Issue.record("\(ScenarioReport([outcome]).text(.text))")
    }
  }

  @Test(
    "what cannot be read names file, line and column",
    arguments: [
      ("vmz: []", "a.yaml:1:1: unknown key vmz; did you mean vms?"),
      ("timeline:\n  - pfctll: -d", "a.yaml:2:5: unknown key pfctll; did you mean pfctl?"),
      ("packets:\n  - tcp 1.2.3.4:1 > 5.6.7.8 S", "a.yaml:2:28: expected a port"),
      ("profile: 9", "a.yaml:1:10: expected a macOS version"),
      ("timeline:\n  - start: x", "a.yaml:2:12: no VM named x"),
      ("expect:\n  verdikt: pass", "a.yaml:2:3: unknown key verdikt; did you mean verdict?"),
      ("vms: [", "a.yaml:2:1"),
      ("seed: 1\nseed: 2", "a.yaml:1:1: written twice: seed"),
      ("timeline:\n  - wait: soon", "a.yaml:2:11: expected a duration"),
      ("timeline:\n  - pfctl: -Z", "a.yaml:2:12: invalid option -- 'Z'"),
      ("expect: {}", "a.yaml:1:9: nothing is expected"),
      ("expect: {effects: ['']}", "a.yaml:1:10: effects: an empty text is part of every line"),
    ])
  func errors(_ text: String, _ message: String) {
    let failure = #expect(throws: CommandFailure.self) {
      try ScenarioReader.read(text, file: "a.yaml")
    }
    #expect(failure?.status == .badInput)
    #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
  }

  @Test("all errors of a file are reported together, each with its place")
  func allErrors() {
    let failure = #expect(throws: CommandFailure.self) {
      try ScenarioReader.read(
        """
        nane: x
        profile: 9
        vms:
          - {name: vm, mode: nat}
          - {name: other, mode: nut}
        timeline:
          - start: vn
          - packet: tcp 1.2.3.4:1 > 5.6.7.8 S
            expect:
              verdikt: pass
              ends: []
              hopps: [a]
          - wait: soon
        """, file: "a.yaml")
    }
    let places = failure?.message.split(separator: "\n").map { $0.split(separator: " ")[0] }
    #expect(
      places == [
        "a.yaml:1:1:", "a.yaml:2:10:", "a.yaml:5:25:", "a.yaml:7:12:", "a.yaml:8:36:",
        "a.yaml:10:7:", "a.yaml:12:7:", "a.yaml:13:11:",
      ], "\(failure?.message ?? "")")
  }

  @Test(
    "what must not look like a success fails at its line",
    arguments: [
      ("vms: [{name: vm, mode: nat}]", "a.yaml: the scenario: nothing is expected"),
      (
        "timeline:\n  - pfctl: -d\nexpect: {status: disabled}",
        "a.yaml:2:5: pfctl -d: exits with 1, and no exit code is expected\n      pfctl: pf not enabled"
      ),
      (
        "name: x\nrules: {name: r.conf, text: passs}\nexpect: {status: disabled}",
        "a.yaml:2:1: pfctl -f r.conf: the rules are refused\n      r.conf:1: syntax error"
      ),
      (
        "timeline:\n  - reply: S\n    expect: pass",
        "a.yaml:2:5: the answer to it: there is no packet to answer"
      ),
    ])
  func falseSuccess(_ text: String, _ message: String) throws {
    let outcome = ScenarioSuite.run(try ScenarioReader.read(text, file: "a.yaml"))
    #expect(!outcome.result.passed)
    #expect(ScenarioReport([outcome]).text(.text).contains("FAIL  "))
    #expect(
      ScenarioReport([outcome]).text(.text).contains("  \(message)"),
      "\(ScenarioReport([outcome]).text(.text))")
  }

  @Test("an update rewrites what differs and keeps comments")
  func update() throws {
    let path = NSTemporaryDirectory() + "pfsim-update-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try """
    # a comment
    vms: [{name: vm, mode: nat, address: 192.168.64.5}]
    packets:
      - packet: tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM
        expect: {verdict: block, ends: host} # why
    expect:
      show:
        nat: |
          nothing
      status: enabled

    """.write(toFile: path, atomically: true, encoding: .utf8)
    try ScenarioUpdate.apply(ScenarioSuite.run(try ScenarioReader.read(path)).result)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == """
        # a comment
        vms: [{name: vm, mode: nat, address: 192.168.64.5}]
        packets:
          - packet: tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM
            expect: {verdict: "pass", ends: "left on en0"} # why
        expect:
          show:
            nat: |
              nat-anchor "com.apple/*" all
              nat-anchor "com.apple.internet-sharing" all
              rdr-anchor "com.apple/*" all
              rdr-anchor "com.apple.internet-sharing" all
          status: enabled

        """)
    #expect(ScenarioSuite.run(try ScenarioReader.read(path)).result.passed)
  }

  @Test("Tart refuses conflicting options and the article's spelling")
  func tart() throws {
    func refusal(_ words: [String]) -> TartError? {
      do {
        _ = try TartRun(words).machine()
        return nil
      } catch {
        return error
      }
    }
    let conflict = "--net-bridged, --net-softnet and --net-host are mutually exclusive"
    #expect(
      refusal(["run", "--net-host", "--net-softnet-block=0.0.0.0/0", "vm"])?.message == conflict)
    let misspelt = refusal(["run", "--net-bridge=en0", "vm"])
    #expect(misspelt?.message == "Unknown option '--net-bridge'. Did you mean '--net-bridged'?")
    #expect(misspelt?.hint?.contains("--net-bridged=INTERFACE") == true)
    #expect(
      try TartRun(["run", "vm", "--net-softnet-allow", "10.0.0.0/8"]).machine().mode == .softnet)
  }

  @Test("the JSON schema names every key of the format")
  func schema() throws {
    let path = Self.folder + "/../docs/scenario.schema.json"
    #expect(try String(contentsOfFile: path, encoding: .utf8) == ScenarioSchema.text)
  }
}
