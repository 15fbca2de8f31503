import Testing

@testable import PFSim

@Suite("Witness packets of lints")
struct WitnessTests {
  /// What the engine does with a finding's packet.
  private func judge(
    _ finding: Finding, _ ruleset: Ruleset, _ interfaces: String
  ) throws -> (result: HookResult, rule: Rule?, anchor: String) {
    let packet = try PacketNotation(finding.witness)
    guard case .bytes(let bytes) = packet.content,
      case .hook(let direction, let name) = packet.place
    else {
      Issue.record("no packet at a hook: \(finding.witness)")
      return (HookResult(), nil, "")
    }
    var list = try [Interface](parsing: interfaces)
    if !list.contains(where: { $0.name == name }) { list.append(Interface(name: name)) }
    let filter = PacketFilter(interfaces: list)
    try filter.load(ruleset)
    filter.setEnabled(true)
    let index = try #require(filter.interfaces.firstIndex { $0.name == name })
    let buffer = PacketBuffer()
    buffer.assign(bytes)
    let result = filter.process(buffer, direction, on: index)
    return (result, filter.rule(result.rule), filter.anchorPath(of: result.rule))
  }

  @Test(arguments: LintCase.all)
  func `the engine does with the packet what the lint says`(_ one: LintCase) throws {
    let ruleset = try LintFixture.ruleset(
      one.bad, anchors: one.anchors, interfaces: one.interfaces)
    var options = LintOptions()
    options.interfaces = try [Interface](parsing: one.interfaces)
    let linter = Linter(ruleset, options: options)
    for finding in linter.findings() where finding.code == one.code.rawValue {
      guard !finding.witness.isEmpty else { continue }
      try confirm(finding, one, linter)
    }
  }

  private func confirm(_ finding: Finding, _ one: LintCase, _ linter: Linter) throws {
    let loaded = [.blockOverriddenBySharing, .vmTrafficBlocked].contains(one.code)
    let judged = try judge(
      finding, loaded ? linter.withVM : linter.ruleset, one.interfaces)
    let place = judged.rule?.provenance.location
    switch one.code {
    case .ruleOverridden, .ruleUnreachable, .ruleNeverMatches, .vmenetInterface, .interfaceGroup,
      .anchorNotCalled, .tableUndefined, .tableEmpty, .tableNegatedOnly, .tagNeverSet, .notDecided:
      #expect(place == nil || place != finding.location, "\(finding.witness)")
    case .blockOverriddenBySharing:
      #expect(judged.result.verdict == .pass)
      #expect(judged.anchor.hasPrefix("com.apple.internet-sharing"))
    case .vmTrafficBlocked, .loopbackBlocked:
      #expect(judged.result.verdict == .block)
      #expect(place == finding.location)
    case .rdrWithoutPass:
      #expect(judged.result.verdict == .block)
      #expect(place == finding.notes.first?.location)
    case .ipv4Only: #expect(judged.result.verdict == .pass)
    case .skippedInterface: #expect(!judged.result.isSeen)
    case .natMissing, .sharingCallMissing, .loadDropsCalls:
      #expect(judged.result.translationRule == .none)
    default: break
    }
  }

  @Test func `a file that breaks VM networking is named with its cure`() throws {
    let broken = "pass out all\nblock in quick on bridge100 proto tcp\n"
    let findings = try LintFixture.findings(broken)
    let codes: [LintCode] = [.sharingCallMissing, .vmTrafficBlocked]
    for code in codes { #expect(findings.contains { $0.code == code.rawValue }) }
    let mended = try LintFixture.findings(
      Finding.Edit.applied(findings.flatMap { $0.fix?.edits ?? [] }, to: broken, file: "pf.conf"))
    for code in codes + [.comAppleCallMissing, .loadDropsCalls] {
      #expect(!mended.contains { $0.code == code.rawValue }, "\(code)")
    }
  }
}
