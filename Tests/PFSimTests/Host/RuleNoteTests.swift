import Testing

@testable import PFSim

@Suite("Every rule says why it did or did not decide")
struct RuleNoteTests {
  @Test("the first criterion that failed, the skip step that jumped, and what was not reached")
  func outcomes() throws {
    let rules = """
      set ruleset-optimization none
      pass out all
      block in proto udp from any to any port 53
      block in proto udp from any to any port 54
      block in quick proto tcp from any to any port 443
      pass in all

      """
    let fixture = try HostFixture(rules: rules, order: .afterVM)
    fixture.host.recordsRules = true
    let disposition = try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    #expect(disposition.fate == .dropped)
    let notes = try #require(fixture.hop(.in, "bridge100")?.ruleNotes)
    let filter = notes.filter { $0.rule.location?.file == "pf.conf" }
    #expect(
      filter.map(\.outcome) == [
        "direction does not match", "protocol does not match",
        "jumped by the skip step of rule 1: same protocol", "matched", "not reached",
      ])
  }
}
