import Dispatch

/// Measures two threads that evaluate one trace over one ruleset, each with a filter of its own.
///
/// Compiled rules are immutable while packets are judged; what packets change (memory, counters)
/// belongs to one filter and so to one thread.
public enum CoresBenchmark {
  /// One engine that a thread works with.
  private final class Worker: @unchecked Sendable {
    let bench: EvaluationBenchmark
    init(_ bench: EvaluationBenchmark) { self.bench = bench }
  }

  /// How many times more packets two threads evaluate than one, the best of some pairs of runs.
  public static func measure(
    _ ruleset: Ruleset, _ packets: [WorkloadPacket], pairs: Int,
    clock: @escaping @Sendable () -> UInt64
  ) throws(LoadError) -> Double {
    let first = Worker(try EvaluationBenchmark(ruleset, packets, clock: clock))
    let second = Worker(try EvaluationBenchmark(ruleset, packets, clock: clock))
    for worker in [first, second] { _ = worker.bench.visitAll(.fast) }
    var best = 0.0
    for _ in 0..<pairs {
      let start = clock()
      for _ in 0..<4 { _ = first.bench.visitAll(.fast) }
      let alone = clock() &- start
      let begin = clock()
      DispatchQueue.concurrentPerform(iterations: 2) { index in
        let worker = index == 0 ? first : second
        for _ in 0..<4 { _ = worker.bench.visitAll(.fast) }
      }
      let together = clock() &- begin
      best = max(best, 2 * Double(alone) / Double(max(together, 1)))
    }
    return best
  }
}
