import Testing

@testable import PFSim

/// Packets that `route-to` and `dup-to` send elsewhere.
@Suite struct RoutedPacketTests {
  @Test("an error about a routed packet comes from the interface that received it")
  func errorSource() throws {
    let fixture = try FilterFixture(
      """
      pass in on en0 route-to (en1 10.1.1.254) inet proto udp all no state
      block return out on en1 inet proto udp all
      """)
    let packet = try FilterFixture.packet("198.51.100.9", "192.0.2.7").udp(from: 1000, to: 53)
    #expect(try fixture.show(packet, .in, "en0").verdict == .consumed)
    #expect(fixture.filter.nested.map(\.result.verdict) == [.block])
    let error = try #require(fixture.filter.emitted.first)
    #expect(Array(error.bytes[12..<16]) == [203, 0, 113, 5])
  }

  @Test("a fragment that the cache let in is no duplicate when it is routed out")
  func fragmentCache() throws {
    let fixture = try FilterFixture(
      """
      scrub all fragment crop
      pass in on en0 route-to (en1 10.1.1.254) inet all no state
      """)
    var builder = try FilterFixture.packet("198.51.100.9", "192.0.2.7")
    builder.identification = 7
    builder.fragmentField = 0x2000
    let first = builder.packet(.udp, [UInt8](repeating: 1, count: 64))
    #expect(try fixture.show(first, .in, "en0").verdict == .consumed)
    #expect(fixture.filter.nested.map(\.result.verdict) == [.pass])
    #expect(fixture.filter.emitted.map(\.bytes) == [first])
  }

  @Test("an IPv6 datagram that pf put together leaves by route-to in fragments again")
  func refragmentation() throws {
    let fixture = try FilterFixture(
      """
      scrub all fragment reassemble
      pass in on en0 route-to (en1 2001:db8:9::1) inet6 all no state
      """)
    let fragments = try FilterFixture.fragments6("2001:db8:ffff::9", "2001:db8:64::7")
    for fragment in fragments { try fixture.show(fragment, .in, "en0") }
    #expect(fixture.filter.emitted.map(\.bytes) == fragments)
    #expect(try fixture.filter.emitted.allSatisfy { $0.interface == (try fixture.index("en1")) })
    #expect(fixture.filter.pieces.isEmpty)
  }

  @Test("a datagram goes out in fragments only by another interface than it came in by")
  func refragmentedWhenForwarded() throws {
    for (received, isCut) in [("en0", true), ("bridge100", false)] {
      let fixture = try FilterFixture("scrub all fragment reassemble\npass all no state")
      let fragments = try FilterFixture.fragments6("2001:db8:ffff::9", "2001:db8:64::7")
      for fragment in fragments {
        try fixture.show(fragment, .out, "bridge100", receivedOn: received)
      }
      #expect(fixture.filter.pieces == (isCut ? fragments : []), "\(received)")
    }
  }

  @Test(
    "a datagram that stays after a rule's routing goes on in fragments",
    arguments: [
      "pass out on bridge100 dup-to (en1 2001:db8:9::1) inet6 all no state",
      "pass out on bridge100 reply-to (en1 2001:db8:9::1) inet6 all no state",
    ])
  func refragmentedAfterRouting(rule: String) throws {
    let fixture = try FilterFixture("scrub all fragment reassemble\n" + rule)
    let fragments = try FilterFixture.fragments6("2001:db8:ffff::9", "2001:db8:64::7")
    var results: [HookResult] = []
    for fragment in fragments {
      results.append(try fixture.show(fragment, .out, "bridge100", receivedOn: "en0"))
    }
    #expect(results.map(\.verdict) == [.block, .pass])
    #expect(fixture.filter.pieces == fragments)
    // The copy is cut on its own way.
    if rule.contains("dup-to") { #expect(fixture.filter.emitted.map(\.bytes) == fragments) }
  }

  @Test("a sticky route counts a state's packets twice on the source's node")
  func stickyRoute() throws {
    let fixture = try FilterFixture(
      "pass in on en0 route-to { (en1 10.1.1.1), (en1 10.1.1.2) } round-robin sticky-address "
        + "inet proto tcp all keep state")
    let builder = try FilterFixture.packet("198.51.100.9", "192.0.2.7")
    try fixture.show(builder.tcp(from: 1000, to: 53, .syn), .in, "en0")
    try fixture.show(builder.tcp(from: 1001, to: 53, .syn), .in, "en0")
    let node = try #require(fixture.filter.sourceNodeSnapshots.first)
    #expect(fixture.filter.sourceNodeSnapshots.count == 1)
    #expect(node.traffic.packetsIn == 4 && node.states == 2)
    fixture.filter.advance(to: 10_000)
    #expect(fixture.filter.stateCount == 0 && fixture.filter.sourceNodeSnapshots.isEmpty)
  }

  @Test("the hop of any route replaces what a sticky nat's node remembers")
  func routeAfterStickyNAT() throws {
    let fixture = try FilterFixture(
      """
      nat on en0 inet from 10.1.1.0/24 to any -> { 203.0.113.5, 203.0.113.6 } \
      round-robin sticky-address
      pass out on en0 route-to (utun0 10.8.0.2) inet all keep state
      """)
    let syn = try FilterFixture.packet("10.1.1.7", "198.51.100.9").tcp(from: 1000, to: 53, .syn)
    try fixture.show(syn, .out, "en0")
    let nodes = fixture.filter.sourceNodeSnapshots
    #expect(nodes.contains { $0.translated == IPAddress("10.8.0.2") })
  }

  @Test("the fifth copy in a row destroys the packet that was to be copied")
  func endlessCopies() throws {
    let interfaces = (0...5).map { "en\($0)=10.0.\($0).1/24" }.joined(separator: ";")
    let rules = (0..<5).map {
      "pass out on en\($0) dup-to (en\($0 + 1) 10.0.\($0 + 1).9) inet all no state\n"
    }
    let fixture = try FilterFixture(rules.joined(), interfaces: interfaces)
    let packet = try FilterFixture.packet("10.9.9.9", "198.51.100.9").udp(from: 1, to: 2)
    #expect(try fixture.show(packet, .out, "en0").verdict == .pass)
    let verdicts = fixture.filter.nested.map(\.result.verdict)
    #expect(verdicts == [.consumed, .pass, .pass, .pass])
    #expect(fixture.filter.emitted.count == 3)
  }

  @Test("a routed fragment that is too long is cut where it stands in its datagram")
  func cutFragment() throws {
    let fixture = try FilterFixture(
      "pass in on en0 route-to (en1 10.1.1.254) inet all no state\npass out all no state")
    var builder = try FilterFixture.packet("198.51.100.9", "192.0.2.7")
    builder.fragmentField = 0x2000 | 100
    let payload = [UInt8](repeating: 1, count: 1600)
    try fixture.show(builder.packet(.udp, payload), .in, "en0")
    let pieces = fixture.filter.emitted
    #expect(pieces.map(\.followingPieces) == [1, 0])
    // 1,480 bytes are 185 times eight.
    #expect(pieces.map { Array($0.bytes[6..<8]) } == [[0x20, 100], [0x21, 29]])
  }

  @Test(
    "a routed IPv6 packet that is too long is quoted as its last hook left it",
    arguments: ["2001:db8:2::5", "ff0e::5"])
  func packetTooBig(destination: String) throws {
    let fixture = try FilterFixture(
      """
      nat on en1 inet6 from 2001:db8:ffff::/64 to any -> 2001:db8:7::7
      pass in on en0 route-to (en1 2001:db8:9::1) inet6 all no state
      """)
    let packet = try FilterFixture.packet("2001:db8:ffff::9", destination)
      .udp(from: 1000, to: 53, [UInt8](repeating: 1, count: 1500))
    #expect(try fixture.show(packet, .in, "en0").verdict == .consumed)
    let error = try #require(fixture.filter.emitted.first)
    #expect(fixture.filter.emitted.count == 1 && !error.skipsFilter)
    #expect(Array(error.bytes[40..<42]) == [2, 0])
    let translated = try #require(IPAddress("2001:db8:7::7"))
    #expect(IPAddress(family: .inet6, bits: error.bytes.address6(56)) == translated)
    #expect(IPAddress(family: .inet6, bits: error.bytes.address6(24)) == translated)
  }
}

extension [UInt8] {
  /// The IPv6 address at an offset.
  fileprivate func address6(_ offset: Int) -> AddressBits {
    func half(_ start: Int) -> UInt64 {
      self[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    return AddressBits(high: half(offset), low: half(offset + 8))
  }
}
