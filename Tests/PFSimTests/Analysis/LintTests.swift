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

@Suite("The article on lints")
struct LintArticleTests {
  @Test func `the article lists every code`() throws {
    let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../Sources/PFSim/PFSim.docc/Articles/Lints.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    for code in LintCode.allCases { #expect(text.contains("| `\(code.rawValue)` |"), "\(code)") }
  }
}
