import Foundation
import Testing

@testable import PFSim

@Suite("Lints")
struct LintTests {
  @Test(arguments: LintCase.all)
  func `a lint finds the fault`(_ one: LintCase) throws {
    let findings = try LintFixture.findings(
      one.bad, anchors: one.anchors, interfaces: one.interfaces, afterVM: one.afterVM)
    let found = findings.filter { $0.code == one.code.rawValue }
    #expect(!found.isEmpty, "only found: \(findings.map(\.code))")
    if let line = one.line {
      #expect(found.contains { $0.line == line }, "found in lines \(found.map(\.line))")
    }
  }

  @Test(arguments: LintCase.all)
  func `a lint is silent where there is no fault`(_ one: LintCase) throws {
    let findings = try LintFixture.findings(
      one.good, anchors: one.goodAnchors ?? one.anchors, interfaces: one.interfaces,
      afterVM: one.afterVM)
    let found = findings.filter { $0.code == one.code.rawValue }
    #expect(found.isEmpty, "\(found.map(\.message)) \(found.map(\.cause))")
  }

  @Test func `every code has a test and a description`() {
    let tested = Set(LintCase.all.map(\.code))
    for code in LintCode.allCases {
      #expect(!code.title.isEmpty)
      #expect(code.explanation.hasSuffix("."))
      #expect(tested.contains(code), "\(code)")
    }
  }
}

@Suite("A file's own nat rules beside the sharing service's")
struct OwnTranslationTests {
  @Test(
    arguments: [
      ("pass\n", "packets of VMs leave untranslated, with a private source", .warning),
      (
        "nat on en0 inet from 192.168.64.0/24 to any -> (en0)\n",
        "only the file's own nat rules translate packets of VMs", .note
      ),
      (
        "nat on en0 inet proto tcp from 192.168.64.0/24 to any -> (en0)\n",
        "the file's own nat rules leave packets of VMs untranslated on en0", .warning
      ),
      (
        "no nat on en0 inet from any to 10.0.0.0/8\nnat on en0 inet from any to any -> (en0)\n",
        "the file's own nat rules leave packets of VMs untranslated on en0", .warning
      ),
      (
        "nat on en0 inet from any to any -> (en0)\nno nat on en0 inet from any to 10.0.0.0/8\n",
        "only the file's own nat rules translate packets of VMs", .note
      ),
      (
        "table <vms> persist { 192.168.64.0/24 }\n"
          + "nat on en0 inet from <vms> to any -> (en0)\n",
        "not decided by the file alone", .warning
      ),
      ("nat-anchor mine\n", "not decided by the file alone", .warning),
      (
        "nat on en0 from any to any -> (en0)\n",
        "packets of VMs leave untranslated, with a private source", .warning
      ),
    ] as [(String, String, Finding.Severity)])
  func `the missing call is weighed by what they translate`(
    _ text: String, _ cause: String, _ severity: Finding.Severity
  ) throws {
    let finding = try LintFixture.findings(text).first {
      $0.code == LintCode.sharingCallMissing.rawValue && $0.message.contains("nat-anchor")
    }
    #expect(finding?.cause.contains(cause) == true, "\(finding?.cause ?? "nothing found")")
    #expect(finding?.severity == severity)
  }
}

@Suite("The article on lints")
struct LintArticleTests {
  @Test func `the article lists every code`() throws {
    let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/PFSim/PFSim.docc/Articles/Lints.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    for code in LintCode.allCases { #expect(text.contains("| `\(code.rawValue)` |"), "\(code)") }
  }
}
