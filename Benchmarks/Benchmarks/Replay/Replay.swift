import Benchmark
import Measuring
import PFSim

/// How long a packet takes through both hooks that it meets on its way from a VM to the Internet.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .pfsim(scalingFactor: .kilo)
  for count in [10, 1_000] {
    Benchmark("two-hooks-\(count)-rules") { benchmark in
      let ruleset = RulesetGenerator(shape: .acl, count: count).ruleset()
      let filter = PacketFilter(
        interfaces: RulesetGenerator.interfaceNames.map { Interface(name: $0) })
      try filter.load(ruleset)
      filter.setEnabled(true)
      let packets = TraceGenerator(shape: .zipf).packets(count: 65_536, for: ruleset)
        .map(\.bytes)
      let buffer = PacketBuffer()
      benchmark.startMeasurement()
      for iteration in benchmark.scaledIterations {
        buffer.assign(packets[iteration & 65_535])
        blackHole(filter.process(buffer, .in, on: 3))
        blackHole(filter.process(buffer, .out, on: 1))
      }
    }
  }
}
