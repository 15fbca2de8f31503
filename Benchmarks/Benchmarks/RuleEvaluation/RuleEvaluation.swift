import Benchmark
import Dispatch
import Measuring
import PFSim

/// How long the evaluation of filter rules takes; the target `yardstick` compares with C.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .pfsim()
  for shape in [RulesetShape.acl, .fw, .ipc] {
    for count in [10, 100, 1_000] {
      for evaluator in EvaluationBenchmark.Evaluator.allCases {
        Benchmark("\(evaluator.rawValue)-\(shape.rawValue)-\(count)-rules-10000-packets") {
          benchmark in
          let ruleset = RulesetGenerator(shape: shape, count: count).ruleset()
          let packets = TraceGenerator(shape: .zipf).packets(count: 10_000, for: ruleset)
          let bench = try EvaluationBenchmark(ruleset, packets) {
            DispatchTime.now().uptimeNanoseconds
          }
          benchmark.startMeasurement()
          for _ in benchmark.scaledIterations {
            blackHole(bench.visitAll(evaluator))
          }
        }
      }
    }
  }
}
