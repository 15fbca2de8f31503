import Testing

@testable import PFSim

/// Timeouts that lead beyond what a clock of 32 bits can tell.
@Suite struct LongTimeoutTests {
  @Test("a state with the longest timeout outlives the purge")
  func longestTimeout() throws {
    let filter = try PacketFilterTests.filter(
      "pass all keep state (udp.first 4294967295, udp.single 4294967295)")
    let en0 = try PacketFilterTests.index("en0", filter)
    let buffer = PacketBuffer()
    for (second, event) in [(5.0, StateEvent.created), (40, .matched)] {
      filter.advance(to: second)
      buffer.assign(PacketFilterTests.udp(0xcb00_7105, 1024, 0x0101_0101, 53))
      #expect(filter.process(buffer, .out, on: en0).state == event)
    }
    #expect(filter.stateSnapshots.map(\.expires) == [40 + 4_294_967_295])
  }

  @Test("a source node with the longest timeout stays")
  func longestSourceTracking() throws {
    let filter = try PacketFilterTests.filter(
      "set timeout src.track 4294967295\n"
        + "pass proto udp all keep state (source-track rule, udp.first 1, udp.single 1)")
    let en0 = try PacketFilterTests.index("en0", filter)
    let buffer = PacketBuffer()
    filter.advance(to: 5)
    buffer.assign(PacketFilterTests.udp(0xcb00_7105, 1024, 0x0101_0101, 53))
    #expect(filter.process(buffer, .out, on: en0).state == .created)
    filter.advance(to: 60)
    #expect(filter.stateCount == 0)
    #expect(filter.sourceNodeSnapshots.count == 1)
  }
}
