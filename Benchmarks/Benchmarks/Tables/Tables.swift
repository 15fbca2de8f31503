import Benchmark
import Measuring
import PFSim

/// How long a packet takes whose only rule asks a table, by the table's size.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .pfsim(scalingFactor: .kilo)
  for count in [1_000, 100_000, 1_000_000] {
    Benchmark("hook-table-of-\(count)-addresses") { benchmark in
      let (filter, packets) = try tableWorkload(count)
      let buffer = PacketBuffer()
      benchmark.startMeasurement()
      for iteration in benchmark.scaledIterations {
        buffer.assign(packets[iteration % packets.count])
        blackHole(filter.process(buffer, .in, on: 1))
      }
    }
  }
}

/// A filter whose one rule blocks a table, and packets of which half come from it.
private func tableWorkload(_ count: Int) throws -> (PacketFilter, [[UInt8]]) {
  var random = SplitMix64(seed: 1)
  var table = TableDefinition(name: "sources")
  table.hasContents = true
  table.entries = (0..<count).map { _ in
    TableDefinition.Entry(
      family: .inet, address: AddressBits(ipv4: UInt32.random(in: 0 ... .max, using: &random)),
      prefixLength: 32)
  }
  table.sources = [.list(table.entries)]
  var rule = Rule(action: .block)
  rule.family = .inet
  rule.source.address = .table(table.name)
  var ruleset = Ruleset()
  ruleset.anchors[0].tables = [table]
  ruleset.anchors[0][.filter] = [rule]
  let filter = PacketFilter(interfaces: RulesetGenerator.interfaceNames.map { Interface(name: $0) })
  try filter.load(ruleset)
  filter.setEnabled(true)
  let packets = (0..<65_536).map { index in
    var packet = WorkloadPacket()
    packet.proto = .udp
    packet.source =
      index % 2 == 0
      ? table.entries[Int.random(in: 0..<count, using: &random)].address
      : AddressBits(ipv4: UInt32.random(in: 0 ... .max, using: &random))
    packet.destinationPort = 53
    return packet.bytes
  }
  return (filter, packets)
}
