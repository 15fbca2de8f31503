import Foundation
import Testing

@testable import PFSim

/// What a new user does who has only a pf.conf that breaks VM networking.
@Suite("A new user's path")
struct NewUserTests {
  /// The flows of a recording in one mode, by destination and port.
  private struct Replayed: Decodable {
    struct Flow: Decodable {
      var proto: String
      var dst: String
      var dport: Int?
      var outcome: String
    }
    struct Mode: Decodable { var flows: [Flow] }
    var modes: [Mode]
    /// The outcomes of connections from the VM to a server in the Internet.
    var outcomes: Set<String> {
      Set(modes[0].flows.filter { $0.proto == "tcp" && $0.dport == 443 }.map(\.outcome))
    }
  }

  private struct Checked: Decodable {
    struct Edit: Decodable {
      var file: String
      var line: Int?
      var inserted: [String]
      var rank: Int
    }
    struct Finding: Decodable {
      var code: String
      var edits: [Edit]
      var fix: String?
    }
    var findings: [Finding]
  }

  private static let capture = BuiltCommand.root.appendingPathComponent(
    "Captures/web-vm.pcap"
  ).path

  private func check(_ folder: ScratchFolder) throws -> Checked {
    let run = try CommandRun(
      ["check", "pf.conf", "--json", "--load-order", "after-vm", "--fail-on", "none"], in: folder)
    return try JSONDecoder().decode(Checked.self, from: Data(run.output.utf8))
  }

  private func replay(_ folder: ScratchFolder) throws -> Set<String> {
    let run = try CommandRun(
      [
        "replay", Self.capture, "--rules", "pf.conf", "--load-order", "after-vm", "--json",
      ], in: folder)
    #expect(run.error.isEmpty)
    return try JSONDecoder().decode(Replayed.self, from: Data(run.output.utf8)).outcomes
  }

  @Test(
    "check names cause and cure; with the lines added the finding is gone and replay shows works",
    arguments: [
      ("pass out all\npass in all\n", "lost", ["sharing-call-missing"]),
      (
        "block in quick on bridge100 proto tcp\npass out all\n", "blocked",
        ["sharing-call-missing", "vm-traffic-blocked"]
      ),
      (
        "set skip on lo0\nblock quick all\n", "blocked",
        ["sharing-call-missing", "vm-traffic-blocked"]
      ),
    ])
  func path(_ text: String, _ outcome: String, _ codes: [String]) throws {
    let folder = try ScratchFolder(["pf.conf": text])
    let broken = try replay(folder)
    #expect(broken.contains(outcome) && !broken.contains("works"), "\(broken)")
    let report = try CommandRun(["check", "pf.conf", "--load-order", "after-vm"], in: folder)
    #expect(report.status == 1)
    let found = try check(folder)
    for code in codes {
      let finding = try #require(found.findings.first { $0.code == code })
      #expect(!finding.edits.isEmpty && finding.fix?.isEmpty == false)
      // What a program reads in the edits, a person reads in the text.
      for line in finding.edits.flatMap(\.inserted) {
        #expect(report.output.contains(": \(line)\n"))
      }
    }
    let edits = found.findings.flatMap(\.edits).map {
      Finding.Edit(
        file: $0.file, line: $0.line ?? Finding.Edit.endOfFile, inserted: $0.inserted,
        rank: $0.rank)
    }
    try folder.write("pf.conf", Finding.Edit.applied(edits, to: text, file: "pf.conf"))
    let left = try check(folder).findings.map(\.code)
    for code in codes { #expect(!left.contains(code), "\(left)") }
    let again = try CommandRun(["check", "pf.conf", "--load-order", "after-vm"], in: folder)
    #expect(again.status == 0, "\(again.output)")
    let outcomes = try replay(folder)
    #expect(outcomes.contains("works"), "\(outcomes)")
  }
}
