import Testing

@testable import PFSim

/// Operating systems by their first segment.
@Suite struct FingerprintTests {
  private static let file = """
    # window:ttl:DF:length:options:genre:version:subtype:details
    16384:64:1:44:M1460:Alpha:4.0-4.2::plain numbers
    S4:64:1:60:M*,S,T,N,W0:Beta:2.6:.1-7:a multiple of the segment size
    T2:64:0:48:M%4,N,N,S:Beta:3:5-6:a multiple of the packet size, no DF
    *:128:1:*:.:*Gamma::SP1:no options at all
    %8192:128:1:52:M*,N,W*,N,N,T0:@Delta:9 x::a zero timestamp
    """

  private static func list() -> FingerprintList { FingerprintList(parsing: Array(file.utf8)) }

  private static let segment1460: [UInt8] = [2, 4, 0x05, 0xb4]
  private static let betaOptions: [UInt8] =
    segment1460 + [4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 6]

  private static func builder(ttl: UInt8 = 64, mayFragment: Bool = false) -> PacketBuilder {
    var builder = PacketBuilder(
      from: IPAddress(ipv4: 0xc633_6409), to: IPAddress(ipv4: 0xcb00_7105))
    builder.ttl = ttl
    builder.fragmentField = mayFragment ? 0 : 0x4000
    return builder
  }

  private static func filter(_ rules: String) throws -> PacketFilter {
    let filter = PacketFilter(interfaces: try [Interface](parsing: "en0=203.0.113.5/24"))
    filter.setEnabled(true)
    filter.fingerprints = list()
    var options = ParseOptions(interfaces: filter.interfaces)
    options.isDryRun = false
    let parsed = parseRuleset(Array((rules + "\n").utf8), options: options)
    #expect(!parsed.hasErrors)
    try filter.load(parsed.ruleset)
    return filter
  }

  private static func isBlocked(_ packet: [UInt8], _ rules: String) throws -> Bool {
    let filter = try filter(rules)
    let buffer = PacketBuffer()
    buffer.assign(packet)
    return filter.process(buffer, .in, on: 1).verdict == .block
  }

  @Test("a SYN is blocked by the rule that names its system")
  func systemsMatch() throws {
    let alpha = Self.builder(ttl: 52).tcp(
      from: 1, to: 2, .syn, window: 16384, options: Self.segment1460)
    let beta = Self.builder().tcp(from: 1, to: 2, .syn, window: 5840, options: Self.betaOptions)
    let packets = Self.builder(mayFragment: true).tcp(
      from: 1, to: 2, .syn, window: 3000, options: Self.segment1460 + [1, 1, 4, 2])
    let gamma = Self.builder(ttl: 128).tcp(from: 1, to: 2, .syn, window: 7)
    for (packet, name) in [(alpha, "Alpha"), (beta, "Beta"), (packets, "Beta"), (gamma, "Gamma")] {
      #expect(try Self.isBlocked(packet, "block in proto tcp from any os \"\(name)\""), "\(name)")
      #expect(try !Self.isBlocked(packet, "block in proto tcp from any os \"unknown\""), "\(name)")
      #expect(try !Self.isBlocked(packet, "block in proto tcp from any os \"Delta\""), "\(name)")
    }
    #expect(try Self.isBlocked(beta, "block in proto tcp from any os \"beta 2.6\""))
    #expect(try Self.isBlocked(beta, "block in proto tcp from any os \"Beta 2.6 .1-7\""))
    #expect(try !Self.isBlocked(beta, "block in proto tcp from any os \"Beta 3\""))
    #expect(try Self.isBlocked(packets, "block in proto tcp from any os \"Beta 3.6\""))
    #expect(try Self.isBlocked(alpha, "block in proto tcp from any os \"Alpha 4.1\""))
  }

  @Test("what no signature fits is unknown, and so is every segment that is no SYN")
  func restIsUnknown() throws {
    let rules = "block in proto tcp from any os \"unknown\""
    let far = Self.builder(ttl: 23).tcp(
      from: 1, to: 2, .syn, window: 16384, options: Self.segment1460)
    #expect(try Self.isBlocked(far, rules))
    let scaled = Self.builder().tcp(
      from: 1, to: 2, .syn, window: 5841, options: Self.betaOptions)
    #expect(try Self.isBlocked(scaled, rules))
    let answer = Self.builder().tcp(
      from: 1, to: 2, [.syn, .ack], window: 16384, options: Self.segment1460)
    #expect(try Self.isBlocked(answer, rules))
    #expect(try !Self.isBlocked(answer, "block in proto tcp from any os \"Alpha\""))
  }

  @Test("IPv6 packets are twenty bytes longer and count as unfragmented")
  func inet6() throws {
    let from = try #require(IPAddress("2001:db8::9")), to = try #require(IPAddress("2001:db8::5"))
    let packet = PacketBuilder(from: from, to: to).tcp(
      from: 1, to: 2, .syn, window: 16384, options: Self.segment1460)
    #expect(packet.count == 64)
    #expect(try Self.isBlocked(packet, "block in proto tcp from any os \"Alpha\""))
  }

  @Test("lines that cannot be read are named, the others count")
  func problems() {
    let text =
      "16384:64:1:44:M*:A:1::x y\n16384:64:2:44:M*:A:1::x y\n:64:1:44:M*:A:1::x y\n"
      + "1:64:1:44:Mx:A:1::x y\n1:64:1:44:M*:nomatch:1::x y\n"
    let list = FingerprintList(parsing: Array(text.utf8))
    #expect(list.count == 2)
    #expect(
      list.problems.map { "\($0.line) \($0.message)" } == [
        "2 don't fragment frag value 2 > 1", "3 empty window size",
        "4 unknown character 'x' in M TCP opt", "5 fingerprint class \"nomatch\" is reserved",
      ])
  }

  @Test("ranges stand for their members, and the listing names all")
  func listing() {
    let lines = Self.list().listing().split(separator: "\n")
    #expect(
      lines.prefix(2) == [
        "Class\tVersion\tSubtype(subversion)", "-----\t-------\t-------------------",
      ])
    #expect(lines.contains("Alpha\t4.1\t"))
    #expect(lines.contains("Alpha\t4.0-4.2\t"))
    #expect(lines.contains("Beta\t3\t6\t"))
    #expect(lines.contains("Delta\t9 x\t"))
  }

  @Test("a name that only a Mac's own list could tell leaves the verdict open")
  func openNames() throws {
    let filter = try Self.filter("block in proto tcp from any os \"Plan9\"")
    let buffer = PacketBuffer()
    buffer.assign(Self.builder().tcp(from: 1, to: 2, .syn))
    #expect(filter.process(buffer, .in, on: 1).verdict == .pass)
    filter.fingerprints = .builtIn
    buffer.assign(Self.builder().tcp(from: 1, to: 2, .syn))
    #expect(filter.process(buffer, .in, on: 1).undetermined == .unknownSystem)
    buffer.assign(Self.builder().tcp(from: 1, to: 2, .ack))
    #expect(filter.process(buffer, .in, on: 1).undetermined == .none)
  }
}
