import Testing

@testable import PFSim

/// States of protocols without ports, and rules that name interfaces' addresses.
@Suite struct ProtocolStateTests {
  /// A PPTP packet of a call.
  static func call(_ id: UInt8) -> [UInt8] {
    [0x30, 0x01, 0x88, 0x0b, 0, 4, 0, id] + [1, 2, 3, 4]
  }

  @Test("rules that name one interface's addresses skip together whatever their family")
  func dynamicAddressesSkip() throws {
    for evaluator in [RuleEvaluator.plain, .fast] {
      let fixture = try FilterFixture(
        """
        pass in inet from (en0) to any no state
        pass in inet6 from (en0) to any no state
        pass in inet6 from (en0:network) to any no state
        """)
      fixture.filter.evaluator = evaluator
      let packet = try FilterFixture.packet("198.51.100.9", "192.0.2.7").udp(from: 1, to: 2)
      try fixture.show(packet, .in, "en0")
      #expect(fixture.evaluations == [1, 0, 1])
    }
  }
}
