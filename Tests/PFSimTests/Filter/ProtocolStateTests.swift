import Testing

@testable import PFSim

/// States of protocols without ports, and rules that name interfaces' addresses.
@Suite struct ProtocolStateTests {
  /// A PPTP packet of a call.
  static func call(_ id: UInt8) -> [UInt8] {
    [0x30, 0x01, 0x88, 0x0b, 0, 4, 0, id] + [1, 2, 3, 4]
  }

  @Test("PPTP calls have states of their own over IPv4, over IPv6 they share one")
  func callStates() throws {
    let fixture = try FilterFixture("pass all")
    let builder4 = try FilterFixture.packet("198.51.100.9", "203.0.113.5")
    let builder6 = try FilterFixture.packet("2001:db8:ffff::9", "2001:db8:1::5")
    for (builder, second) in [(builder4, StateEvent.created), (builder6, .matched)] {
      let first = try fixture.show(builder.packet(.gre, Self.call(7)), .in, "en0")
      let next = try fixture.show(builder.packet(.gre, Self.call(8)), .in, "en0")
      #expect(first.state == .created && next.state == second)
    }
    let ports = fixture.filter.stateSnapshots.map { [$0.lan.port, $0.remote.port] }
    #expect(ports == [[7, 7], [8, 8], [0, 0]])
  }

  @Test("a redirected IPv6 call keeps its id in the first packet and loses it in later ones")
  func redirectedCall() throws {
    let fixture = try FilterFixture(
      "rdr on en0 inet6 proto gre from any to 2001:db8:1::5 -> 2001:db8:64::9\npass all")
    let packet = try FilterFixture.packet("2001:db8:ffff::9", "2001:db8:1::5")
      .packet(.gre, Self.call(7))
    #expect(try fixture.show(packet, .in, "en0").state == .created)
    #expect(Array(fixture.buffer.array[40...]) == Self.call(7))
    #expect(try fixture.show(packet, .in, "en0").state == .matched)
    #expect(Array(fixture.buffer.array[40...]) == Self.call(0))
  }

  @Test("a PPTP packet that the first rule test blocks stays blocked when nothing matches then")
  func blockedCall() throws {
    let fixture = try FilterFixture("block in inet proto gre all probability 50%")
    var blocked = 0
    for host in UInt8(1)...200 {
      let before = fixture.evaluations[0]
      let packet = try FilterFixture.packet("198.51.100.\(host)", "203.0.113.5")
        .packet(.gre, Self.call(7))
      let isBlocked = try fixture.show(packet, .in, "en0").verdict == .block
      // A second test is made only after the first one blocked.
      #expect(isBlocked == (fixture.evaluations[0] - before == 2))
      if isBlocked { blocked += 1 }
    }
    #expect((60...140).contains(blocked))
  }

  @Test("a tunnel's state whose reply would make it another's twin is gone at once")
  func completedTwin() throws {
    let fixture = try FilterFixture("set state-policy if-bound\npass all")
    func payload(_ spi: UInt8) -> [UInt8] {
      [0, 0, 0, spi, 0, 0, 0, 1] + [1, 2, 3, 4, 5, 6, 7, 8]
    }
    let out = try FilterFixture.packet("203.0.113.5", "198.51.100.9")
    let back = try FilterFixture.packet("198.51.100.9", "203.0.113.5")
    try fixture.show(out.packet(.esp, payload(9)), .out, "en1")
    try fixture.show(back.packet(.esp, payload(5)), .in, "en0")
    #expect(fixture.filter.statusInfo.stateRemovals == 0)
    let last = try fixture.show(back.packet(.esp, payload(5)), .in, "en1")
    #expect(last.state == .created)
    #expect(fixture.filter.statusInfo.stateRemovals == 1 && fixture.filter.stateCount == 2)
    #expect(fixture.filter.stateSnapshots.allSatisfy { !$0.isUnlinked })
    fixture.filter.advance(to: 100_000)
    #expect(fixture.filter.stateCount == 0)
  }

  @Test("a state's packet that its options drop carries the state's tag all the same")
  func taggedThenDropped() throws {
    let fixture = try FilterFixture("pass in tag seen keep state")
    var builder = try FilterFixture.packet("198.51.100.9", "203.0.113.5")
    let first = try fixture.show(builder.udp(from: 1000, to: 53), .in, "en0")
    builder.options = [1, 1, 1, 0]
    let second = try fixture.show(builder.udp(from: 1000, to: 53), .in, "en0")
    #expect(second.verdict == .block && second.reason == .ipOption)
    #expect(second.tag == first.tag && first.tag != 0)
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
