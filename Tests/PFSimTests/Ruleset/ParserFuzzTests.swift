import Foundation
import Testing

@testable import PFSim

/// Random, mutated and generated texts; `Fuzz/README.md` says how to run it for long.
struct ParserFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seconds = environment["PFSIM_FUZZ_SECONDS"].flatMap { Double($0) } ?? 2
  private static let firstSeed = environment["PFSIM_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  /// Real rulesets to mutate: the files of `PFSIM_CORPUS`, or the examples.
  private static let seeds: [[UInt8]] = {
    let examples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Examples").path
    let folder = environment["PFSIM_CORPUS"] ?? examples
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { FileManager.default.contents(atPath: "\(folder)/\($0)") }
      .filter { $0.count < 50_000 }.map { Array($0) }
  }()

  @Test("no text makes the parser crash, hang or print rules that it does not read")
  func fuzz() {
    let end = Date().addingTimeInterval(Self.seconds)
    var seed = Self.firstSeed
    var slowest = 0.0
    while Date() < end {
      let text = Self.text(seed)
      let start = Date()
      for level in [OptimizationLevel.none, .basic] {
        var options = PrintedRules.options
        options.optimization = level
        _ = parseRuleset(text, options: options)
      }
      slowest = max(slowest, Date().timeIntervalSince(start))
      if slowest > 30 {
        Issue.record("seed \(seed) takes \(slowest) s")
        return
      }
      seed += 1
    }
    print("parser fuzz: \(seed - Self.firstSeed) texts, the slowest took \(slowest) s")
  }

  private static func text(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    switch random.below(5) {
    case 0: return (0..<random.below(2_000)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    case 1: return words(&random)
    case 2:
      var generator = PFConfGenerator(seed: seed)
      return Array(generator.text().utf8)
    case 3:
      var generator = PFConfGenerator(seed: seed)
      return mutated(Array(generator.text().utf8), &random)
    default: return mutated(seeds.isEmpty ? [] : seeds[random.below(seeds.count)], &random)
    }
  }

  /// Keywords, signs and values in any order.
  private static func words(_ random: inout SplitMix64) -> [UInt8] {
    let signs = [
      "{", "}", "(", ")", ",", "/", "!", "<t>", "<", ">", "=", "->", "$m", "\n", "\"x\"", "10/8",
      "en0", "80", "::1", "m =", "\\\n", "-1", "# c", "'",
    ]
    var text = ""
    for _ in 0..<random.below(120) {
      if random.below(2) == 0 {
        text += Keyword(rawValue: UInt8(random.below(112)))?.spelling ?? "all"
      } else {
        text += signs[random.below(signs.count)]
      }
      text += random.below(12) == 0 ? "\n" : " "
    }
    return Array(text.utf8)
  }

  private static func mutated(_ text: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var text = text
    for _ in 0...random.below(12) where !text.isEmpty {
      let start = random.below(text.count)
      let end = min(text.count, start + 1 + random.below(40))
      switch random.below(5) {
      case 0: text[start] = UInt8(truncatingIfNeeded: random.next())
      case 1: text.removeSubrange(start..<end)
      case 2: text.insert(contentsOf: text[start..<end], at: random.below(text.count))
      case 3: text.insert(Array("{}()<>,!/$\"\\\n =".utf8)[random.below(15)], at: start)
      default: text.replaceSubrange(start..<end, with: words(&random))
      }
    }
    return text
  }
}
