import Testing

@testable import PFSim

/// What a user sees of translation beside the kernel's vectors.
@Suite struct TranslationTests {
  static let inside = IPAddress(ipv4: 0xc0a8_4007)
  static let gateway = IPAddress(ipv4: 0xcb00_7105)
  static let server = IPAddress(ipv4: 0xc633_6409)

  /// A filter on one interface and the packet in its hands.
  struct Fixture {
    let filter: PacketFilter
    let buffer = PacketBuffer()
    private let index: Int

    init(_ rules: String, seed: UInt64 = 1) throws {
      filter = try PacketFilterTests.filter(rules, seed: seed)
      index = try PacketFilterTests.index("en0", filter)
    }

    func send(_ packet: [UInt8], _ direction: Direction = .out) -> HookResult {
      buffer.assign(packet)
      return filter.process(buffer, direction, on: index)
    }

    /// The IPv4 source that the last packet left with.
    var source: UInt32 { buffer.base.reading.big32(12) }

    /// The IPv4 destination that the last packet left with.
    var destination: UInt32 { buffer.base.reading.big32(16) }
  }

  // MARK: IKE

  private static func ike(_ last: UInt32, _ payload: [UInt8]) -> [UInt8] {
    PacketBuilder(from: IPAddress(ipv4: 0xc0a8_4000 | last), to: server)
      .udp(from: 500, to: 500, payload)
  }

  private static func message(_ cookie: UInt8) -> [UInt8] {
    [UInt8](repeating: cookie, count: 8) + [UInt8](repeating: 0x11, count: 40)
  }

  @Test("an IKE message without a cookie does not take the place of one with a cookie")
  func zeroCookie() throws {
    let fixture = try Fixture(
      "nat on en0 inet from 192.168.64.0/24 to any -> 203.0.113.5 static-port\npass all no state")
    #expect(fixture.send(Self.ike(7, Self.message(0))).state == .created)
    let second = fixture.send(Self.ike(7, Self.message(0xaa)))
    #expect(second.state == .created && second.stateID == 1)
    #expect(fixture.send(Self.ike(7, Self.message(0xaa))).stateID == 1)
  }

  @Test("a short IKE message of one host blocks no other host, nor later ones of its own")
  func shortMessage() throws {
    let fixture = try Fixture(
      "nat on en0 inet from 192.168.64.0/24 to any -> 203.0.113.5 static-port\npass all no state")
    #expect(fixture.send(Self.ike(7, Array("abc".utf8))).state == .created)
    #expect(fixture.send(Self.ike(8, Self.message(0xaa))).state == .created)
    // The other host's message has the cookie and, translated, the same ends.
    let third = fixture.send(Self.ike(7, Self.message(0xaa)))
    #expect(third.verdict == .block && third.reason == .stateInsert)
    #expect(fixture.send(Self.ike(7, Self.message(0xbb))).state == .created)
  }

  @Test("an error about a translated IKE message is searched with a cookie and without")
  func quotedCookie() throws {
    let fixture = try Fixture(
      "rdr on en0 inet proto udp from any to 203.0.113.5 port 500 -> 192.168.64.7\npass all")
    let request = PacketBuilder(from: Self.server, to: Self.gateway)
      .udp(from: 500, to: 500, Self.message(0xaa))
    #expect(fixture.send(request, .in).state == .created)
    let before = fixture.filter.status.stateSearches
    let quoted = PacketBuilder(from: Self.server, to: Self.inside).udp(from: 500, to: 500)
    let error = PacketBuilder(from: Self.inside, to: Self.server).icmp(type: 3, code: 3, quoted)
    #expect(fixture.send(error).state == .matched)
    #expect(fixture.filter.status.stateSearches == before + 2)
  }

  // MARK: Pools

  @Test("a pool with a range of addresses is refused like by the kernel, and nothing is replaced")
  func rangePool() throws {
    let fixture = try Fixture("block all")
    let text = "pass all\nnat on en0 inet from any to any -> 203.0.113.5 - 203.0.113.9\n"
    let sorted = "nat on en0 inet from any to any -> 203.0.113.5 - 203.0.113.9\npass all\n"
    var options = ParseOptions(interfaces: fixture.filter.interfaces)
    options.optimization = OptimizationLevel.none
    #expect(parseRuleset(Array(text.utf8), options: options).hasErrors)
    let parsed = parseRuleset(Array(sorted.utf8), options: options)
    #expect(!parsed.hasErrors)
    let error = #expect(throws: LoadError.self) { try fixture.filter.load(parsed.ruleset) }
    #expect(error?.message == "DIOCADDADDR: Invalid argument")
    #expect(error?.location?.line == 1)
    let packet = PacketBuilder(from: Self.inside, to: Self.server).udp(from: 9, to: 53)
    #expect(fixture.send(packet).verdict == .block)
  }

  @Test("a redirection of a range gives its target's packets bits of both ends")
  func redirectedRange() throws {
    let fixture = try Fixture(
      """
      rdr on en0 inet proto tcp from any to 203.0.113.5 - 203.0.113.9 port 80 -> \
        192.168.64.7 port 8080
      pass all
      """)
    let packet = PacketBuilder(from: Self.inside, to: Self.server).tcp(from: 8080, to: 999, .syn)
    #expect(fixture.send(packet).translationRule.number == 0)
    // The first end under the last one as a mask, and the server's bits elsewhere.
    #expect(fixture.source == 0xcf33_7501)
  }

  @Test("a random pool gives every address of its network")
  func randomPool() throws {
    let fixture = try Fixture(
      "nat on en0 inet from 192.168.64.0/24 to any -> 203.0.113.0/24 random\npass all")
    var seen: Set<UInt8> = []
    for port in UInt16(1)...2000 {
      let packet = PacketBuilder(from: Self.inside, to: Self.server).udp(from: 9, to: port)
      #expect(fixture.send(packet).translationRule.number == 0)
      seen.insert(UInt8(fixture.source & 0xff))
    }
    #expect(seen.count > 250)
  }

  @Test("a rule without a family puts no address of its pool into packets")
  func poolWithoutFamily() throws {
    let table = try Fixture(
      """
      table <t> { 203.0.113.7, 203.0.113.8 }
      nat on en0 from any to any -> <t>
      pass all
      """)
    let interface = try Fixture("nat on en0 from any to any -> (en0)\npass all")
    let first = try Fixture("nat on en0 from any to any -> (en0:0)\npass all")
    for port in UInt16(1)...3 {
      let packet = PacketBuilder(from: Self.inside, to: Self.server).udp(from: 9, to: port)
      #expect(table.send(packet).translationRule == .none)
      // The one address is passed over by the first packet; later choices change nothing.
      #expect((interface.send(packet).translationRule == .none) == (port == 1))
      #expect(first.send(packet).translationRule.number == 0)
      for fixture in [table, interface, first] {
        #expect(fixture.source == Self.inside.bits.ipv4)
        #expect(fixture.buffer.base.reading.big16(20) == 9)
      }
    }
  }

  @Test("a port that is taken ends the choice from a pool without a family")
  func takenPortWithoutFamily() throws {
    let fixture = try Fixture(
      """
      nat on en0 from any to any -> (en0) static-port
      rdr on en0 inet proto tcp from any to 192.168.64.7 port 9 -> 192.168.64.8
      pass all
      """)
    let request = PacketBuilder(from: Self.server, to: Self.inside).tcp(from: 80, to: 9, .syn)
    #expect(fixture.send(request, .in).state == .created)
    let builder = PacketBuilder(from: Self.inside, to: Self.server)
    #expect(fixture.send(builder.udp(from: 9, to: 53)).translationRule == .none)
    #expect(fixture.send(builder.udp(from: 9, to: 54)).translationRule.number == 0)
    // The redirected connection has these ends outside, and the pool has no other address.
    let taken = fixture.send(builder.tcp(from: 9, to: 80, .syn))
    #expect(taken.translationRule == .none && taken.reason == .stateInsert)
  }

  // MARK: Checksums

  @Test("a quoted UDP packet over IPv6 lets the error's checksum be taken for UDP's")
  func quotedChecksum6() throws {
    let fixture = try Fixture(
      "nat on en0 inet6 from 2001:db8:64::/64 to any -> 2001:db8:1::5 static-port\npass all")
    let host = try #require(IPAddress("2001:db8:64::7"))
    let gateway = try #require(IPAddress("2001:db8:1::5"))
    let server = try #require(IPAddress("2001:db8:9::9"))
    let packet = PacketBuilder(from: host, to: server).udp(from: 1234, to: 80, [1])
    #expect(fixture.send(packet).state == .created)
    let quoted = PacketBuilder(from: gateway, to: server).udp(from: 1234, to: 80, [1])
    var error = PacketBuilder(from: server, to: gateway).icmp(type: 1, code: 4, quoted)
    error.replaceSubrange(42..<44, with: [0, 0])
    #expect(fixture.send(error, .in).isChanged)
    // As UDP's, a missing checksum stays one.
    #expect(fixture.buffer.base.reading.big16(42) == 0)
  }

  @Test("the form of a zero header checksum depends on the protocol", arguments: [false, true])
  func zeroForm(isEcho: Bool) throws {
    let fixture = try Fixture(
      "nat on en0 inet from 192.168.64.0/24 to any -> 198.51.100.77\npass all")
    var builder = PacketBuilder(from: IPAddress(ipv4: 0xc0a8_4002), to: Self.server)
    func packet() -> [UInt8] {
      isEcho ? builder.echo(identifier: 7) : builder.udp(from: 9, to: 53)
    }
    // The datagram's number that makes the header's checksum 0x29d6.
    let plain = packet()
    let checksum = Int(plain[10]) << 8 | Int(plain[11])
    builder.identification = UInt16(truncatingIfNeeded: (checksum - 0x29d6 + 0xffff) % 0xffff)
    #expect(Array(packet()[10..<12]) == [0x29, 0xd6])
    #expect(fixture.send(packet()).state == .created)
    #expect(fixture.source == 0xc633_644d)
    // Echoes change the address's lower half first, UDP the upper one.
    #expect(fixture.buffer.base.reading.big16(10) == (isEcho ? 0xffff : 0))
  }

  // MARK: Criteria

  @Test("urpf-failed in a redirection does not bar its target's packets")
  func redirectedUnverified() throws {
    let fixture = try Fixture(
      """
      rdr on en0 inet proto tcp from urpf-failed to 203.0.113.5 port 80 -> 192.168.64.7 port 8080
      pass all
      """)
    let out = PacketBuilder(from: Self.inside, to: Self.server).tcp(from: 8080, to: 999, .syn)
    #expect(fixture.send(out).translationRule.number == 0)
    #expect(fixture.source == Self.gateway.bits.ipv4)
    let back = PacketBuilder(from: Self.server, to: Self.gateway).tcp(from: 5, to: 80, .syn)
    #expect(fixture.send(back, .in).translationRule == .none)
  }
}
