import Benchmark
import Measuring
import PFSim

/// How long packets of established connections and new connections take.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .pfsim(scalingFactor: .kilo)
  for count in [1_000, 100_000] {
    Benchmark("state-hit-among-\(count)") { benchmark in
      let filter = try statefulFilter(limit: UInt32(count + 10))
      let packets = flows(count)
      let buffer = PacketBuffer()
      for packet in packets {
        buffer.assign(packet)
        blackHole(filter.process(buffer, .out, on: 1))
      }
      var random = SplitMix64(seed: 2)
      let order = (0..<65_536).map { _ in Int.random(in: 0..<count, using: &random) }
      benchmark.startMeasurement()
      for iteration in benchmark.scaledIterations {
        buffer.assign(packets[order[iteration & 65_535]])
        blackHole(filter.process(buffer, .out, on: 1))
      }
    }
  }
  Benchmark("new-state") { benchmark in
    let filter = try statefulFilter(limit: 2_000_000)
    let packets = flows(100_000)
    let buffer = PacketBuffer()
    benchmark.startMeasurement()
    for iteration in benchmark.scaledIterations {
      buffer.assign(packets[iteration % packets.count])
      blackHole(filter.process(buffer, .out, on: 1))
    }
  }
}

/// A filter that keeps state of everything.
private func statefulFilter(limit: UInt32) throws -> PacketFilter {
  var rule = Rule(action: .pass)
  rule.state = .keep
  var ruleset = Ruleset()
  ruleset.anchors[0][.filter] = [rule]
  ruleset.options.limits[.states] = limit
  let filter = PacketFilter(interfaces: RulesetGenerator.interfaceNames.map { Interface(name: $0) })
  try filter.load(ruleset)
  filter.setEnabled(true)
  return filter
}

/// A datagram of each of many flows.
private func flows(_ count: Int) -> [[UInt8]] {
  (0..<count).map { index in
    var packet = WorkloadPacket()
    packet.proto = .udp
    packet.source = AddressBits(ipv4: 0x0a00_0000 + UInt32(index / 60_000))
    packet.sourcePort = UInt16(1_024 + index % 60_000)
    packet.destination = AddressBits(ipv4: 0x0101_0101)
    packet.destinationPort = 53
    return packet.bytes
  }
}
