import Testing

@testable import PFSim

/// The short form of `pfsim bench --verify 1000000`.
@Suite struct EvaluatorComparisonTests {
  @Test(arguments: [1, 1_000, 2_000] as [UInt64])
  func `plain and fast agree on random rulesets that change`(seed: UInt64) throws {
    let compared = try EvaluatorComparison.run(packets: 2_000, seed: seed)
    #expect(compared.packets == 2_000)
    #expect(compared.byClasses > 100)
  }
}
