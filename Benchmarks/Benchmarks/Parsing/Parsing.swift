import Benchmark
import Measuring
import PFSim

/// How long reading a pf.conf takes, from text to expanded rules.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .pfsim()
  for count in [100, 1_000, 10_000, 100_000] {
    let text = rulesText(count)
    Benchmark("parse-\(count)-rules") { benchmark in
      for _ in benchmark.scaledIterations {
        blackHole(parseRuleset(text, file: "generated.conf"))
      }
    }
  }
  let file = tableText(1_000_000)
  var options = ParseOptions()
  options.readFile = { _ in .success(file) }
  let table = Array("table <big> file \"big\"\nblock in from <big>\n".utf8)
  Benchmark("parse-table-of-1000000-addresses") { [options] benchmark in
    for _ in benchmark.scaledIterations {
      blackHole(parseRuleset(table, file: "generated.conf", options: options))
    }
  }
}

/// Addresses, one a line.
private func tableText(_ count: UInt32) -> [UInt8] {
  var text: [UInt8] = []
  for number in 0..<count {
    // An odd factor gives every number once, spread over the space.
    text += Array(IPAddress(ipv4: number &* 2_654_435_761).description.utf8)
    text.append(10)
  }
  return text
}

/// The pf.conf of a generated ruleset.
private func rulesText(_ count: Int) -> [UInt8] {
  let ruleset = RulesetGenerator(shape: .acl, count: count).ruleset()
  let lines = ruleset.anchors[0][.filter].map { $0.text() }
  return Array((lines.joined(separator: "\n") + "\n").utf8)
}
