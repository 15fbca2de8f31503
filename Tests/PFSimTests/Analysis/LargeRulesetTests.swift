import Foundation
import Testing

@testable import PFSim

@Suite("Checks of large rulesets")
struct LargeRulesetTests {
  /// Rules that differ in interface, protocol, network and port.
  private func ruleset(_ count: Int) throws -> Ruleset {
    let lines = (0..<count).map { number in
      let action = number % 3 == 0 ? "block" : "pass"
      let network = "10.\(number >> 8 & 255).\(number & 255).0/24"
      return "\(action) in on en\(number % 2) inet proto \(number % 5 == 0 ? "udp" : "tcp") "
        + "from \(network) to any port \(1 + number % 60000)"
    }
    return try LintFixture.ruleset(lines.joined(separator: "\n") + "\n")
  }

  private func findings(_ ruleset: Ruleset, largestWalk: Int? = nil) -> [Finding] {
    var options = LintOptions()
    if let largestWalk { options.largestWalk = largestWalk }
    return Linter(ruleset, options: options).findings()
  }

  @Test func `a list beyond the bound is said not to be compared`() throws {
    let found = findings(try ruleset(300), largestWalk: 299)
    let open = found.filter { $0.code == LintCode.notDecided.rawValue }
    #expect(open.count == 1)
    #expect(
      open.first?.message
        == "300 filter rules are too many: no two of them were compared (at most 299 are)")
    #expect(open.first?.line == 1)
    #expect(found.contains { $0.code == LintCode.sharingCallMissing.rawValue })
    let compared = findings(try ruleset(300), largestWalk: 300)
    #expect(!compared.contains { $0.code == LintCode.notDecided.rawValue })
  }

  @Test func `a check that runs out of steps says so`() throws {
    var options = LintOptions()
    options.steps = 10
    let text = "block in proto tcp to port 22\nblock in on en0\n"
    let found = Linter(try LintFixture.ruleset(text), options: options).findings()
    #expect(found.contains { $0.message.contains("ended after 10 steps") })
  }

  @Test func `a list far beyond the bound takes linear time`() throws {
    let ruleset = try ruleset(25_000)
    let start = Date()
    let found = findings(ruleset)
    // Without optimisation the check takes about ten times as long as a user sees.
    #expect(Date().timeIntervalSince(start) < 30)
    #expect(found.contains { $0.message.hasPrefix("25000 filter rules are too many") })
  }
}
