import Testing

@testable import PFSim

struct FlowLayoutTests {
  @Test func `A flow's record and progress fill whole cache lines`() {
    #expect(MemoryLayout<FlowProgress>.stride == 128)
    #expect(MemoryLayout<FlowRecord>.stride == 192)
  }

  @Test func `An account counts what packets of a known hook left out of the details`() {
    var progress = FlowProgress()
    var details = FlowDetails()
    var result = HookResult()
    result.isSeen = true
    result.rule = RuleReference(id: 3, number: 0)
    for event in [StateEvent.created, .matched, .matched] {
      result.state = event
      let isNoted = withUnsafeMutablePointer(to: &details) {
        progress.count(.arrived, .question, $0)
        return progress.note(result, on: 1, .in, $0)
      }
      #expect(isNoted)
    }
    result.verdict = .block
    result.state = .none
    withUnsafeMutablePointer(to: &details) {
      _ = progress.note(result, on: 1, .in, $0)
      progress.count(.blocked, .question, $0)
    }
    let account = FlowAccount(progress, details)
    #expect(details.hooks.0.statesMatched == 0)
    #expect(account.hooks.count == 1)
    #expect(account.hooks.first?.passed == 3)
    #expect(account.hooks.first?.statesMatched == 2)
    #expect(account.hooks.first?.statesCreated == 1)
    #expect(account.hooks.first?.blocked == 1)
    #expect(account.hooks.first?.rule == RuleReference(id: 3, number: 0))
    #expect(account.count(.question, .arrived) == 3)
    #expect(account.count(.blocked) == 1)
    #expect(account.count(.answer, .arrived) == 0)
  }
}
