import Testing

@testable import PFSim

/// pfctl's command line.
struct PfctlArgumentsTests {
  @Test(
    "the optimiser's level may be cut short",
    arguments: [
      ("n", OptimizationLevel.none), ("b", .basic), ("p", .profile), ("prof", .profile),
      ("none", .none),
    ])
  func levels(_ word: String, _ level: OptimizationLevel) throws {
    #expect(try PfctlArguments(["-o", word, "-nf", "-"]).optimization == level)
  }

  @Test("a level that none begins with is refused", arguments: ["x", "basics", ""])
  func unknownLevel(_ word: String) {
    #expect(throws: PfctlArguments.Refusal.self) { try PfctlArguments(["-o", word, "-nf", "-"]) }
  }
}
