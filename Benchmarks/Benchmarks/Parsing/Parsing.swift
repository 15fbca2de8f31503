import Benchmark
import PFSim

/// How long reading a pf.conf takes, from text to expanded rules.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .peakMemoryResident], maxDuration: .seconds(3))
  for count in [100, 1_000, 10_000] {
    let text = rulesText(count)
    Benchmark("Parse \(count) rules") { benchmark in
      for _ in benchmark.scaledIterations {
        blackHole(parseRuleset(text, file: "generated.conf"))
      }
    }
  }
}

/// The pf.conf of a generated ruleset.
private func rulesText(_ count: Int) -> [UInt8] {
  let ruleset = RulesetGenerator(shape: .acl, count: count).ruleset()
  let lines = ruleset.anchors[0][.filter].map { $0.text() }
  return Array((lines.joined(separator: "\n") + "\n").utf8)
}
