import Testing

@testable import PFSim

/// What goes to pflog, and what dummynet rules leave behind.
@Suite struct FilterLogTests {
  /// What a test looks at of an entry.
  struct Entry: Equatable {
    var reason: Reason
    var rule: Int32
    var anchorRule: Int32
    var anchor: String
    var user: UInt32
    var family: AddressFamily
    var record: [UInt8]
  }

  final class Sink {
    var entries: [Entry] = []
  }

  static func sink(_ filter: PacketFilter) -> Sink {
    let sink = Sink()
    filter.logSink = { entry in
      sink.entries.append(
        Entry(
          reason: entry.reason, rule: entry.rule.number, anchorRule: entry.anchorRule.number,
          anchor: entry.anchor, user: entry.user, family: entry.family,
          record: LogHeader.record(of: entry, on: "en0")))
    }
    return sink
  }

  @Test("log (all, user) names the socket's user in later packets of the state too")
  func userOfLaterPackets() throws {
    let fixture = try FilterFixture("pass in log (all, user) all keep state")
    fixture.filter.socketOwner = .owner(user: 501, group: 20)
    let sink = Self.sink(fixture.filter)
    let packet = try FilterFixture.packet("198.51.100.9", "203.0.113.5").udp(from: 1000, to: 53)
    for _ in 0..<2 { try fixture.show(packet, .in, "en0") }
    #expect(sink.entries.map(\.user) == [501, 501])
    // Nobody knows the socket: the log says so, the verdict does not depend on it.
    fixture.filter.socketOwner = .unknown
    #expect(try fixture.show(packet, .in, "en0").verdict == .pass)
    #expect(sink.entries.last?.user == IDMatch.unknown)
  }

  @Test("TCP scrubbing logs what it drops of IPv6 as IPv4, other scrubbing does not")
  func scrubFamily() throws {
    let fixture = try FilterFixture("scrub in log all")
    let sink = Self.sink(fixture.filter)
    let builder = try FilterFixture.packet("2001:db8:ffff::9", "2001:db8:1::5")
    try fixture.show(builder.tcp(from: 1, to: 2, [.syn, .rst]), .in, "en0")
    try fixture.show(builder.packet(.fragment, [17, 0, 0, 1, 0, 0, 0, 9, 1, 2, 3]), .in, "en0")
    #expect(sink.entries.map(\.family) == [.inet, .inet6])
  }

  @Test("the record of an outgoing IPv4 packet has a right header checksum")
  func headerChecksum() throws {
    let fixture = try FilterFixture("pass log all no state")
    let sink = Self.sink(fixture.filter)
    let right = try FilterFixture.packet("203.0.113.5", "198.51.100.9").udp(from: 1, to: 2)
    var wrong = right
    wrong[10] ^= 0xff
    try fixture.show(wrong, .out, "en0")
    try fixture.show(wrong, .in, "en0")
    #expect(sink.entries.map { Array($0.record[64...]) } == [right, wrong])
    #expect(fixture.buffer.array == wrong)
  }

  @Test("a dummynet rule logs its own reason and anchor, and no later entry does")
  func dummynetEntry() throws {
    let fixture = try FilterFixture(
      "dummynet-anchor \"shape\" all\npass in log (all) all keep state",
      anchors: ["shape": "dummynet in log quick all pipe 1"])
    fixture.filter.isDummynetLoaded = true
    let sink = Self.sink(fixture.filter)
    let packet = try FilterFixture.packet("198.51.100.9", "203.0.113.5").udp(from: 1000, to: 53)
    for _ in 0..<2 { try fixture.show(packet, .in, "en0") }
    #expect(sink.entries.map(\.reason) == [.dummynet, .match, .dummynet, .match])
    #expect(sink.entries.map(\.anchor) == ["shape", "", "shape", ""])
    #expect(sink.entries[0].anchorRule == 0 && sink.entries[1].anchorRule != 0)
  }

  @Test("an applied dummynet rule tags the packet, no dummynet does not")
  func dummynetTag() throws {
    for (rule, isTagged) in [
      ("dummynet in all tag shaped pipe 1", true), ("no dummynet in all tag shaped", false),
    ] {
      let fixture = try FilterFixture(rule + "\npass in all no state")
      fixture.filter.isDummynetLoaded = true
      let packet = try FilterFixture.packet("198.51.100.9", "203.0.113.5").udp(from: 1, to: 2)
      let result = try fixture.show(packet, .in, "en0")
      #expect((result.tag != 0) == isTagged, "\(rule)")
      #expect(FilterFixture.reasons(result) == [.match, .dummynet])
    }
  }
}
