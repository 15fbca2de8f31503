import Testing

@testable import PFSim

/// What `block return` and the SYN proxy send.
@Suite struct BlockAnswerTests {
  static let redirection =
    "rdr on en0 inet proto tcp from any to 203.0.113.5 port 80 -> 10.1.1.9 port 8080\n"
  static let translation4 = "on en0 inet from 10.1.1.0/24 to any -> 203.0.113.5\n"
  static let translation6 = "nat on en0 inet6 from 2001:db8:64::/64 to any -> 2001:db8:1::5\n"

  @Test(
    "a translated segment whose rule logs fails the checksum test and gets no reset",
    arguments: [
      (redirection + "block return in log all", Direction.in, "198.51.100.9", "203.0.113.5"),
      ("nat " + translation4 + "block return out log all", .out, "10.1.1.9", "198.51.100.9"),
      ("nat log " + translation4 + "block return out all", .out, "10.1.1.9", "198.51.100.9"),
      (translation6 + "block return out log all", .out, "2001:db8:64::7", "2001:db8:ffff::9"),
    ])
  func loggedAndTranslated(
    rules: String, direction: Direction, source: String, destination: String
  ) throws {
    let fixture = try FilterFixture(rules)
    let syn = try FilterFixture.packet(source, destination).tcp(from: 4000, to: 80, .syn)
    let result = try fixture.show(syn, direction, "en0")
    #expect(result.verdict == .block && result.reason == .protocolChecksum)
    #expect(FilterFixture.reasons(result) == [.match, .protocolChecksum])
    #expect(fixture.filter.emitted.isEmpty)
  }

  @Test(
    "a translated segment of a silent rule is reset in its sender's terms",
    arguments: [
      (redirection + "block return in all", Direction.in, "198.51.100.9", "203.0.113.5"),
      ("nat " + translation4 + "block return out all", .out, "10.1.1.9", "198.51.100.9"),
      // Without a change of address the checksum holds whatever the ports are.
      (
        "rdr on en0 inet proto tcp from any to any port 80 -> 203.0.113.5 port 8080\n"
          + "block return in log all", .in, "198.51.100.9", "203.0.113.5"
      ),
    ])
  func silentAndTranslated(
    rules: String, direction: Direction, source: String, destination: String
  ) throws {
    let fixture = try FilterFixture(rules)
    let syn = try FilterFixture.packet(source, destination).tcp(from: 4000, to: 80, .syn)
    let result = try fixture.show(syn, direction, "en0")
    #expect(FilterFixture.reasons(result) == [.match])
    let answer = try #require(fixture.filter.emitted.first)
    let expected = try FilterFixture.packet(destination, source)
      .tcp(from: 80, to: 4000, [.rst, .ack], acknowledgment: 1)
    #expect(answer.bytes[12..<24] == expected[12..<24])
    #expect(answer.bytes[33] == TCPFlags([.rst, .ack]).rawValue)
  }

  @Test("the SYN proxy offers IPv6 clients segments of 512 bytes, IPv4 clients what they offered")
  func proxySegmentSize() throws {
    let fixture = try FilterFixture("pass proto tcp synproxy state")
    for (source, destination, size) in [
      ("2001:db8:ffff::9", "2001:db8:1::5", [UInt8]([0x02, 0x00])),
      ("198.51.100.9", "203.0.113.5", [0x05, 0xa0]),
    ] {
      let syn = try FilterFixture.packet(source, destination)
        .tcp(from: 4000, to: 80, .syn, options: [2, 4, 0x05, 0xa0])
      #expect(try fixture.show(syn, .in, "en0").verdict == .synproxyDrop)
      let answer = try #require(fixture.filter.emitted.first)
      #expect(Array(answer.bytes.suffix(4)) == [2, 4] + size)
    }
  }
}
