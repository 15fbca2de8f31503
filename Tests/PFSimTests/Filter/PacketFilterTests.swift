import Testing

@testable import PFSim

/// What a user of the filter sees, on rulesets of its own.
@Suite struct PacketFilterTests {
  static let interfaces = "en0=203.0.113.5/24;bridge100=192.168.64.1/24"

  static func filter(_ rules: String, seed: UInt64 = 1) throws -> PacketFilter {
    let filter = PacketFilter(interfaces: try [Interface](parsing: interfaces), seed: seed)
    filter.setEnabled(true)
    var options = ParseOptions(interfaces: filter.interfaces)
    options.optimization = OptimizationLevel.none
    let parsed = parseRuleset(Array((rules + "\n").utf8), options: options)
    #expect(!parsed.hasErrors)
    try filter.load(parsed.ruleset)
    return filter
  }

  static func udp(_ from: UInt32, _ port: UInt16, _ to: UInt32, _ toPort: UInt16) -> [UInt8] {
    PacketBuilder(from: IPAddress(ipv4: from), to: IPAddress(ipv4: to))
      .udp(from: port, to: toPort, Array("hello".utf8))
  }

  static func index(_ name: String, _ filter: PacketFilter) throws -> Int {
    try #require(filter.interfaces.firstIndex { $0.name == name })
  }

  @Test("anchors that call each other by wildcards leave the verdict open instead of hanging")
  func endlessAnchors() throws {
    let calls = "anchor \"/w/*\"\n"
    let fixture = try HostFixture(rules: "anchor \"w/*\"\n", anchors: ["w/a": calls, "w/b": calls])
    let buffer = PacketBuffer()
    for evaluator in [RuleEvaluator.plain, .fast] {
      fixture.host.filter.evaluator = evaluator
      let en0 = try Self.index("en0", fixture.host.filter)
      // What is remembered of earlier packets must not decide later ones.
      for _ in 0..<4 {
        buffer.assign(Self.udp(0xc0a8_0109, 1, 0x0101_0101, 53))
        let result = fixture.host.filter.process(buffer, .out, on: en0)
        #expect(result.verdict == .undetermined && result.undetermined == .endlessAnchors)
      }
    }
    fixture.host.apply(.load(RulesFile(name: "own", text: "pass\n", anchor: "w/b")))
    buffer.assign(Self.udp(0xc0a8_0109, 1, 0x0101_0101, 53))
    let en0 = try Self.index("en0", fixture.host.filter)
    #expect(fixture.host.filter.process(buffer, .out, on: en0).verdict == .pass)
  }

  @Test("more anchor calls than a walk goes into leave the verdict open, nested deeply or not")
  func manyAnchors() throws {
    var anchors = ["u/rules": "pass no state\n"]
    for number in 0..<300 {
      anchors["w/\(number)"] = "anchor \"/v/*\"\n"
      anchors["v/\(number)"] = "anchor \"/u/*\"\n"
    }
    let fixture = try HostFixture(rules: "anchor \"w/*\"\n", anchors: anchors)
    let filter = fixture.host.filter
    let en0 = try Self.index("en0", filter)
    let buffer = PacketBuffer()
    for evaluator in [RuleEvaluator.plain, .fast] {
      filter.evaluator = evaluator
      for _ in 0..<4 {
        buffer.assign(Self.udp(0xc0a8_0109, 1, 0x0101_0101, 53))
        #expect(filter.process(buffer, .out, on: en0).undetermined == .endlessAnchors)
      }
    }
  }

  @Test("the reply to a translated packet comes back with the original address and port")
  func translationIsUndone() throws {
    let filter = try Self.filter(
      "nat on en0 inet from 192.168.64.0/24 to any -> 203.0.113.5\npass all")
    let en0 = try Self.index("en0", filter)
    let buffer = PacketBuffer()
    for port in UInt16(2000)..<2200 {
      // A server of its own for each: two flows to one server may draw one port, and the kernel
      // drops the second of them.
      let server = 0xc633_0000 | UInt32(port)
      buffer.assign(Self.udp(0xc0a8_4007, port, server, 53))
      #expect(filter.process(buffer, .out, on: en0).state == .created)
      let source = buffer.base.reading.big32(12)
      let chosen = buffer.base.reading.big16(20)
      #expect(source == 0xcb00_7105)
      #expect(chosen >= 50_001)
      #expect(Self.checksumsAreRight(buffer))
      buffer.assign(Self.udp(server, 53, source, chosen))
      #expect(filter.process(buffer, .in, on: en0).state == .matched)
      #expect(buffer.base.reading.big32(16) == 0xc0a8_4007)
      #expect(buffer.base.reading.big16(22) == port)
      #expect(Self.checksumsAreRight(buffer))
    }
  }

  private static func checksumsAreRight(_ buffer: PacketBuffer) -> Bool {
    let bytes = buffer.base.reading
    return Checksum.internet(bytes, count: 20) == 0
      && Checksum.transport(
        bytes + 20, count: buffer.count - 20, source: AddressBits(ipv4: bytes.big32(12)),
        destination: AddressBits(ipv4: bytes.big32(16)), proto: .udp) == 0
  }

  @Test("states exceed their limit by the one that the kernel admits, and all end with time")
  func statesAreLimited() throws {
    let filter = try Self.filter("set limit states 20\npass all")
    let en0 = try Self.index("en0", filter)
    let buffer = PacketBuffer()
    for port in UInt16(1)...100 {
      buffer.assign(Self.udp(0xc633_6409, port, 0xcb00_7105, 53))
      _ = filter.process(buffer, .in, on: en0)
    }
    #expect(filter.stateCount == 21)
    filter.advance(to: 100_000)
    #expect(filter.stateCount == 0)
  }

  @Test("a replaced rule lives on in its states with number -2")
  func reloadKeepsStates() throws {
    let filter = try Self.filter("pass in all")
    let en0 = try Self.index("en0", filter)
    let buffer = PacketBuffer()
    buffer.assign(Self.udp(0xc633_6409, 9, 0xcb00_7105, 53))
    #expect(filter.process(buffer, .in, on: en0).rule.number == 0)
    var options = ParseOptions(interfaces: filter.interfaces)
    options.optimization = OptimizationLevel.none
    try filter.load(parseRuleset(Array("block all\n".utf8), options: options).ruleset)
    buffer.assign(Self.udp(0xc633_6409, 9, 0xcb00_7105, 53))
    let result = filter.process(buffer, .in, on: en0)
    #expect(result.verdict == .pass)
    #expect(result.rule.number == -2)
  }

  @Test("a rule with a user leaves the verdict open while nobody knows the socket")
  func unknownSocketIsUndetermined() throws {
    let filter = try Self.filter("block in proto udp from any to any user 501")
    let en0 = try Self.index("en0", filter)
    let buffer = PacketBuffer()
    buffer.assign(Self.udp(0xc633_6409, 9, 0xcb00_7105, 53))
    #expect(filter.process(buffer, .in, on: en0).undetermined == .unknownSocket)
    filter.socketOwner = .owner(user: 501, group: 20)
    buffer.assign(Self.udp(0xc633_6409, 9, 0xcb00_7105, 53))
    #expect(filter.process(buffer, .in, on: en0).verdict == .block)
  }

  @Test("tables fill up to the limit and one more; a reload counts old and new entries")
  func tableEntriesAreLimited() throws {
    let rules = "set limit table-entries 3\ntable <t> { 10.0.0.1, 10.0.0.2 }\nblock from <t>"
    let filter = try Self.filter(rules)
    let entries = (3...5).map {
      TableDefinition.Entry(
        family: .inet, address: AddressBits(ipv4: 0x0a00_0000 | $0), prefixLength: 32)
    }
    #expect(try filter.addToTable("t", Array(entries[..<2])).added == 2)
    #expect(throws: LoadError.self) { try filter.addToTable("t", [entries[2]]) }
    #expect(filter.table("t")?.entries.count == 4)
    #expect(throws: LoadError.self) {
      var options = ParseOptions(interfaces: filter.interfaces)
      options.optimization = OptimizationLevel.none
      try filter.load(parseRuleset(Array((rules + "\n").utf8), options: options).ruleset)
    }
    #expect(filter.table("t")?.entries.count == 4)
  }

  @Test("PPTP data between the ends of a translated control connection is left open")
  func pptpIsOpen() throws {
    let filter = try Self.filter("nat on en0 from 192.168.64.0/24 to any -> 203.0.113.5\npass")
    let en0 = try Self.index("en0", filter)
    let (inside, server) = (IPAddress(ipv4: 0xc0a8_4007), IPAddress(ipv4: 0xc633_6409))
    let data: [UInt8] = [0x20, 0x01, 0x88, 0x0b, 0, 0, 0, 9, 0, 0, 0, 0]
    let buffer = PacketBuffer()
    buffer.assign(PacketBuilder(from: inside, to: server).packet(.gre, data))
    #expect(filter.process(buffer, .out, on: en0).undetermined == .none)
    filter.killAllStates()
    buffer.assign(PacketBuilder(from: inside, to: server).tcp(from: 4000, to: 1723, .syn))
    #expect(filter.process(buffer, .out, on: en0).verdict == .pass)
    buffer.assign(PacketBuilder(from: inside, to: server).packet(.gre, data))
    #expect(filter.process(buffer, .out, on: en0).undetermined == .notModelled)
  }
}
