import Foundation
import Testing

@testable import PFSim

/// Runs `pfsim check`, copies the packet of the finding into `pfsim explain`, and compares what it
/// says with the finding's claim.
@Suite("Witness packets in pfsim explain")
struct ExplainedWitnessTests {
  @Test("explain confirms the finding", arguments: LintCase.all)
  func confirms(_ one: LintCase) throws {
    let folder = try one.folder()
    let finding = try #require(try one.checked(in: folder))
    let witness = try #require(finding.witness, "\(one.code) has no packet")
    let explained = try Explained(witness, one, in: folder)
    Claim(one: one, finding: finding, explained: explained, folder: folder).check()
  }

  @Test("every code has a case")
  func everyCode() {
    #expect(Set(LintCase.all.map(\.code)) == Set(LintCode.allCases))
  }
}

/// A finding as `pfsim check --json` prints it.
struct CheckedFinding: Decodable {
  /// Another place that belongs to it.
  struct Note: Decodable {
    var line: Int?
  }
  var code: String
  var line: Int?
  var file: String?
  var message: String
  var witness: String?
  var notes: [Note]
}

extension LintCase {
  /// The files of the faulty text.
  func folder() throws -> ScratchFolder {
    let folder = try ScratchFolder([
      "pf.conf": bad, "no-vm.yaml": "timeline: []\n",
      "emptied.yaml": "timeline:\n  - pfctl: -e\n  - pfctl: -t lan -T flush\n",
    ])
    for (index, anchor) in anchors.sorted(by: { $0.key < $1.key }).enumerated() {
      try folder.write("anchor\(index).conf", anchor.value)
    }
    return folder
  }

  private var rulesArguments: [String] {
    anchors.keys.sorted().enumerated().flatMap { ["--anchor", "\($1)=anchor\($0).conf"] }
  }

  /// The finding of the case's code, at its line where it has one.
  func checked(in folder: ScratchFolder) throws -> CheckedFinding? {
    struct Document: Decodable { var findings: [CheckedFinding] }
    let run = try CommandRun(
      ["check", "pf.conf", "--json", "--fail-on", "none", "--interfaces", interfaces]
        + rulesArguments, in: folder)
    let document = try JSONDecoder().decode(Document.self, from: Data(run.output.utf8))
    return document.findings.first {
      $0.code == code.rawValue && (line == nil || $0.line == line)
    }
  }

  /// The arguments of a run of `pfsim explain` on the case's rules.
  func explainArguments(
    _ packet: String, order: String = "before-vm", interfaces: String? = nil
  ) -> [String] {
    ["explain", packet, "--rules", "pf.conf", "--json", "--all-rules", "--load-order", order]
      + ["--interfaces", interfaces ?? self.interfaces] + rulesArguments
  }
}

/// What `pfsim explain --json` says.
struct Explained {
  /// A rule.
  struct Rule: Decodable {
    var file: String?
    var line: Int?
    var text: String
    var anchor: String
  }
  /// One note of `--all-rules`.
  struct Note: Decodable {
    var rule: Rule
    var outcome: String
  }
  /// One hop.
  struct Hop: Decodable {
    var verdict: String
    var stage: String
    var rule: Rule?
    var translationRule: Rule?
    var translation: String?
    var rules: [Note]?
    var stateRoom: StateRoom?
  }
  /// The bounds on states.
  struct StateRoom: Decodable {
    var all: Int
    var allBy: String
    var rule: Int?
    var source: Int?
  }
  private struct Document: Decodable {
    var hops: [Hop]
    var verdict: String
  }
  var verdict = ""
  var hops: [Hop] = []
  var run: CommandRun

  /// Explains a packet with a case's rules, loaded after the VM started where the claim is about
  /// that.
  init(_ packet: String, _ one: LintCase, in folder: ScratchFolder) throws {
    let afterVM: [LintCode] = [
      .sharingCallMissing, .comAppleCallMissing, .loadDropsCalls, .natMissing, .bridgeAddressAtLoad,
      .skippedInterface, .rdrWithoutPass,
    ]
    let order = afterVM.contains(one.code) || one.reloadsInVM ? "after-vm" : "before-vm"
    try self.init(one.explainArguments(packet, order: order), in: folder)
  }

  /// Runs an explanation.
  init(_ arguments: [String], in folder: ScratchFolder) throws {
    run = try CommandRun(arguments, in: folder)
    guard run.status == 0 else { return }
    let document = try JSONDecoder().decode(Document.self, from: Data(run.output.utf8))
    verdict = document.verdict
    hops = document.hops
  }

  /// What pf said.
  var hop: Hop? { hops.first { $0.stage == "pf" } }
}

extension LintCase {
  /// Whether the sharing service's pass, which would come last, must be kept out.
  fileprivate var reloadsInVM: Bool {
    [
      .ruleOverridden, .ruleUnreachable, .ruleDuplicate, .negatedList, .rangeByteOrder, .ipv4Only,
      .bridgeNeedsVM, .loopbackBlocked, .synproxyBroken, .interfaceGroup, .stateLimit,
      .tableOverlap,
    ].contains(code)
  }
}

/// What a finding claims of its packet.
private struct Claim {
  var one: LintCase
  var finding: CheckedFinding
  var explained: Explained
  var folder: ScratchFolder

  private var text: String {
    "\(finding.code): \(finding.witness ?? "")\n\(explained.run.output)\(explained.run.error)"
  }

  /// Whether the finding's rule, in the file, decides or translates the packet.
  private var isDecided: Bool {
    guard let hop = explained.hop else { return false }
    return [hop.rule, hop.translationRule].contains {
      $0?.file == finding.file && $0?.line == finding.line
    }
  }

  /// What --all-rules says.
  private var notes: [Explained.Note] { explained.hops.flatMap { $0.rules ?? [] } }

  /// What --all-rules says of the finding's rule.
  private var outcomes: [String] {
    notes.filter {
      $0.rule.file == finding.file && $0.rule.line == finding.line
    }.map(\.outcome)
  }

  func check() {
    #expect(explained.run.status == 0, "\(text)")
    switch one.code {
    case .ruleOverridden: #expect(!isDecided && outcomes == ["matched"], "\(text)")
    case .interfaceGroup where finding.message.hasPrefix("set skip"):
      #expect(explained.hop?.verdict == "pass", "\(text)")
    case .ruleUnreachable, .ruleNeverMatches, .vmenetInterface, .interfaceGroup, .tableUndefined,
      .tableEmpty, .tableNegatedOnly, .tagNeverSet:
      #expect(!isDecided && !outcomes.contains("matched"), "\(text)")
    case .anchorNotCalled: #expect(!isDecided && outcomes.isEmpty, "\(text)")
    case .ruleDuplicate:
      let lines = [finding.line] + finding.notes.map(\.line)
      #expect(lines.contains(explained.hop?.rule?.line), "\(text)")
    case .negatedList, .bridgeNeedsVM, .natFixedAddress, .stickyRedirect, .synproxyBroken:
      #expect(isDecided, "\(text)")
    case .notDecided, .tableUnused, .tableOverlap, .stateLimit, .macroUnused:
      checkWithoutEffect()
    case .rangeByteOrder:
      #expect(isDecided != finding.message.contains("no address"), "\(text)")
    default: checkNetworking()
    }
    checkMore()
  }

  /// Claims that something changes nothing, or not for certain.
  private func checkWithoutEffect() {
    switch one.code {
    case .tableUnused:
      #expect(!notes.isEmpty && !notes.contains { $0.rule.text.contains("<t>") }, "\(text)")
      checkSame(without: "table <t> { 10.0.0.1 }")
    case .macroUnused: checkSame(without: "lan = \"10.0.0.0/8\"")
    case .tableOverlap:
      #expect(finding.witness?.contains("10.1.0.1:") == true && explained.hop?.rule?.line == 2)
      checkSame(without: ", 10.1.0.0/16")
    case .stateLimit: checkRoom()
    case .notDecided:
      // The table decides which of two rules does, and programs may fill and empty it.
      #expect(explained.hop?.rule?.line == 2 && !isDecided, "\(text)")
      let emptied = try? Explained(
        one.explainArguments(finding.witness ?? "") + ["--host", "emptied.yaml"], in: folder)
      #expect(emptied?.hop?.rule?.line == finding.line, "\(emptied?.run.error ?? "")")
    default: Issue.record("no claim for \(one.code)")
    }
  }

  /// Explains the packet without a part of the rules, which changes no word of the answer.
  private func checkSame(without part: String) {
    #expect(one.bad.contains(part))
    var other = one
    other.bad = one.bad.replacing(part, with: "")
    let run = try? Explained(finding.witness ?? "", other, in: other.folder())
    #expect(run?.run.output == explained.run.output, "\(text)\(run?.run.output ?? "")")
  }

  private func checkRoom() {
    guard let room = explained.hops.compactMap(\.stateRoom).first else {
      Issue.record("no state: \(text)")
      return
    }
    if finding.message.hasPrefix("no more than") {
      #expect(room.allBy == "adaptive.end" && finding.message.contains(" \(room.all) states"))
    } else {
      #expect(isDecided && room.allBy == "limit states" && room.rule ?? 0 > room.all, "\(text)")
    }
  }

  private func checkNetworking() {
    let hop = explained.hop
    switch one.code {
    case .blockOverriddenBySharing:
      #expect(
        hop?.verdict == "pass"
          && hop?.rule?.anchor.hasPrefix("com.apple.internet-sharing") == true, "\(text)")
    case .vmTrafficBlocked, .loopbackBlocked:
      #expect(hop?.verdict == "block" && isDecided, "\(text)")
    case .rdrWithoutPass:
      #expect(hop?.verdict == "block" && hop?.rule?.line == finding.notes[0].line, "\(text)")
    case .poolWithoutFamily: #expect(hop != nil && hop?.translation == nil, "\(text)")
    case .ipv4Only: #expect(hop?.verdict == "pass", "\(text)")
    case .skippedInterface, .loopbackSkippedByVM:
      #expect(explained.verdict == "not-seen-by-pf", "\(text)")
    case .comAppleCallMissing, .sharingCallMissing, .loadDropsCalls, .natMissing:
      #expect(hop != nil && hop?.translationRule == nil, "\(text)")
      let path = one.code == .natMissing ? "-" : "com.apple"
      #expect(
        !notes.contains { $0.rule.anchor.hasPrefix(path) },
        "\(text)")
    case .scrubPanic: #expect(outcomes == ["matched"], "\(text)")
    case .bridgeAddressAtLoad: #expect(isDecided, "\(text)")
    default: Issue.record("no claim for \(one.code)")
    }
  }

  /// Claims that a second run shows.
  private func checkMore() {
    switch one.code {
    case .bridgeAddressAtLoad:
      let early = explain(order: "before-vm")
      #expect(early?.run.status == 65)
      #expect(early?.run.error.contains("no IP address found for bridge100") == true)
    case .bridgeNeedsVM:
      let without = try? CommandRun(
        ["explain", finding.witness ?? "", "--rules", "pf.conf", "--host", "no-vm.yaml"], in: folder
      )
      #expect(without?.status == 64)
      #expect(without?.error.contains("the host has no interface bridge100") == true)
    case .loopbackSkippedByVM:
      #expect(explain(order: "after-vm")?.hop?.verdict != nil)
    case .natFixedAddress where one.bad.contains("192.168.1.20"):
      let moved = explain(
        order: "before-vm",
        interfaces: one.interfaces.replacing("192.168.1.20", with: "192.168.1.99"))
      #expect(
        moved?.hop?.translation?.contains("→ 192.168.1.20") == true, "\(moved?.run.output ?? "")")
    default: break
    }
  }

  private func explain(order: String, interfaces: String? = nil) -> Explained? {
    try? Explained(
      one.explainArguments(finding.witness ?? "", order: order, interfaces: interfaces),
      in: folder)
  }
}
