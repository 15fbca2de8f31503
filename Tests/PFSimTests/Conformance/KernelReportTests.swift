import PFSim
import Testing

@testable import PFSimCommand

/// What the runner of vectors makes of packets that pf sends.
@Suite struct KernelReportTests {
  @Test("routed fragments are entries of their own, the pieces of a long packet one pair")
  func routedFragments() throws {
    let fixture = try FilterFixture(
      "pass in on en0 route-to (en1 10.1.1.254) inet all no state\npass out all no state")
    var builder = try FilterFixture.packet("198.51.100.9", "192.0.2.7")
    for field in [UInt16(0x2000), 8] {
      builder.fragmentField = field
      let packet = builder.packet(.udp, [UInt8](repeating: 1, count: 64))
      try fixture.show(packet, .in, "en0")
      let entries = KernelReport(fixture.filter).generated
      #expect(entries.map { $0["via"] as? String } == ["route"])
      #expect(entries.map { $0["hex"] as? String } == [packet.hexadecimal])
    }
    builder.fragmentField = 0
    let long = builder.packet(
      .udp, [0, 1, 0, 2, 0x06, 0x48, 0, 0] + [UInt8](repeating: 1, count: 1600))
    try fixture.show(long, .in, "en0")
    let entries = KernelReport(fixture.filter).generated
    #expect(entries.map { $0["via"] as? String } == ["ip_fragment", "route"])
    #expect(entries.allSatisfy { ($0["hex"] as? String)?.count == long.count * 2 })
  }
}
