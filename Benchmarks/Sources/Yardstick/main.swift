// Compares the evaluators with the yardstick in C: every ratio comes from one run.
import Dispatch
import PFSim

/// Measures something in windows of at least 0.2 ms and returns the best, in nanoseconds a packet.
func best(_ packets: Int, seconds: Double, _ run: (Range<Int>) -> Void) -> Double {
  var size = 64
  var start = 0
  var best = Double.infinity
  let end = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
  repeat {
    let count = min(size, packets - start)
    let before = DispatchTime.now().uptimeNanoseconds
    run(start..<(start + count))
    let elapsed = DispatchTime.now().uptimeNanoseconds - before
    if elapsed < 200_000, size < 1 << 16 {
      size *= 2
    } else if count == size {
      best = min(best, Double(elapsed) / Double(count))
    }
    start += count
    if start >= packets { start = 0 }
  } while DispatchTime.now().uptimeNanoseconds < end
  return best
}

/// A number with one digit behind the point, or with more, at the right end of a column.
func column(_ value: Double, _ width: Int, scale: Double = 10) -> String {
  let text = value.isFinite ? "\((value * scale).rounded() / scale)" : "-"
  return String(repeating: " ", count: max(0, width - text.count)) + text
}

/// A ratio with two digits behind the point.
func ratio(_ value: Double, _ width: Int) -> String { column(value, width, scale: 100) }

let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
print(
  "shape     rules    C ns C+counts   plain plain+c.    fast  fast+c.   plain/C  plain/C+counts"
    + "  C+counts/fast")
for shape in [RulesetShape.acl, .fw, .ipc, .grouped, .random] {
  for count in sizes.isEmpty ? [1, 10, 100, 1_000, 10_000] : sizes {
    let ruleset = RulesetGenerator(shape: shape, count: count).ruleset()
    let packets = TraceGenerator(shape: .zipf).packets(count: 200_000, for: ruleset)
    let yardstick = YardstickRules(ruleset, packets)
    let bench = try EvaluationBenchmark(ruleset, packets) { DispatchTime.now().uptimeNanoseconds }
    var checksum: Int64 = 0
    var minima: [Double] = []
    for counting in [false, true] {
      minima.append(
        best(packets.count, seconds: 0.3) { checksum &+= yardstick.run($0, counting: counting) })
    }
    for evaluator in [EvaluationBenchmark.Evaluator.plain, .fast] {
      for counting in [false, true] {
        minima.append(
          bench.measure(evaluator, counting: counting, seconds: 0.3, once: false).minimum)
      }
    }
    print(
      shape.rawValue + String(repeating: " ", count: 8 - shape.rawValue.count)
        + column(Double(count), 9) + minima.map { column($0, 8) }.joined()
        + ratio(minima[2] / minima[0], 10) + ratio(minima[3] / minima[1], 16)
        + column(minima[1] / minima[5], 15),
      checksum == 0 ? "!" : "")
  }
}
