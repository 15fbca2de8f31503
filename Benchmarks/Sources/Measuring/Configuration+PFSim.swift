import Benchmark

extension Benchmark.Configuration {
  /// What all benchmarks of pfsim measure, and how far they may stray from `Thresholds`.
  ///
  /// Shared machines are up to three times slower than they were a minute ago, so that time only
  /// tells of gross faults; memory is repeatable. What decides are the ratios that the target
  /// `yardstick` and `pfsim bench` take from one run. Names of benchmarks have no spaces: the file of
  /// thresholds would not be found.
  /// - Parameter scalingFactor: How many iterations count as one measurement.
  public static func pfsim(
    scalingFactor: BenchmarkScalingFactor = .one
  ) -> Benchmark.Configuration {
    Benchmark.Configuration(
      metrics: [.wallClock, .throughput, .peakMemoryResident], scalingFactor: scalingFactor,
      maxDuration: .seconds(3),
      thresholds: [
        .wallClock: BenchmarkThresholds(relative: [.p90: 200]),
        .throughput: BenchmarkThresholds(),
        .peakMemoryResident: BenchmarkThresholds(relative: [.p90: 40]),
      ])
  }
}
