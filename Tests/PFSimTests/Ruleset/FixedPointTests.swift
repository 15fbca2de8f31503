import Foundation
import Testing

@testable import PFSim
@testable import PFSimCommand

/// What is printed reads back as the same rules.
struct FixedPointTests {
  /// `PFSIM_RULESETS=10000 swift test --filter FixedPoint` runs the long form.
  private static let count =
    ProcessInfo.processInfo.environment["PFSIM_RULESETS"].flatMap { Int($0) } ?? 400

  @Test("generated rulesets print as rules that mean the same", arguments: [true, false])
  func generated(isCareful: Bool) {
    var accepted = 0
    for seed in 0..<UInt64(Self.count) {
      var generator = PFConfGenerator(seed: seed)
      generator.isCareful = isCareful
      let text = generator.text()
      let printed = PrintedRules(Array(text.utf8))
      if printed.isAccepted { accepted += 1 }
      if let difference = printed.difference {
        Issue.record("seed \(seed): \(text)--- printed:\n\(difference)")
        return
      }
    }
    // The generator would test nothing if most of its texts were refused.
    #expect(accepted > Self.count / (isCareful ? 4 : 50))
  }

  @Test(
    "pfctl's own examples print as rules that mean the same",
    arguments: ["valid", "fuzz", "reference"])
  func vectors(_ name: String) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("Conformance/Vectors/language/\(name).jsonl")
    guard let data = FileManager.default.contents(atPath: file.path) else {
      print("skipped: \(file.path) is not there")
      return
    }
    for line in data.split(separator: 10) {
      let vector = try #require(ConformanceVector(line: line, fileName: name))
      let arguments = vector.object["args"] as? [String] ?? []
      let text = vector.text("input")
      // What anchors load from files is printed behind the main rules; -vv prints numbers.
      guard arguments == ["-o", "none", "-nvf", "-"], vector.object["files"] == nil,
        !text.contains("load anchor"), !Self.unprintable.contains(vector.name)
      else { continue }
      var options = PrintedRules.options
      options.interfaces = try [Interface](parsing: vector.text("interfaces"))
      let printed = PrintedRules(Array(text.utf8), options)
      #expect(printed.difference == nil, "\(vector.name): \(printed.difference ?? "")")
    }
  }

  /// Vectors with rules of other lists in the braces of a filter anchor, which no list prints.
  private static let unprintable: Set<String> = ["bad-anchor-21"]
}
