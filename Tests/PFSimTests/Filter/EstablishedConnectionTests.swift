import Testing

@testable import PFSim

/// Which packets take the short way of established connections, and that it shows nowhere.
@Suite struct EstablishedConnectionTests {
  private static let client = IPAddress(ipv4: 0xc0a8_4002)
  private static let server = IPAddress(ipv4: 0x0101_0101)

  private static func segment(
    _ flags: TCPFlags, isAnswer: Bool = false, sequence: UInt32, _ acknowledgment: UInt32,
    _ payload: Int = 0, change: (inout PacketBuilder) -> Void = { _ in }
  ) -> [UInt8] {
    var builder = PacketBuilder(
      from: isAnswer ? server : client, to: isAnswer ? client : server)
    builder.fragmentField = 0x4000
    change(&builder)
    return builder.tcp(
      from: isAnswer ? 443 : 50_000, to: isAnswer ? 50_000 : 443, flags, sequence: sequence,
      acknowledgment: acknowledgment, [UInt8](repeating: 1, count: payload))
  }

  /// A filter that knows an open connection: 101 and 201 come next.
  private static func connected(_ rules: String) throws -> (PacketFilter, Int) {
    let filter = try PacketFilterTests.filter(rules)
    let interface = try PacketFilterTests.index("bridge100", filter)
    let buffer = PacketBuffer()
    for (bytes, direction) in [
      (segment(.syn, sequence: 100, 0), Direction.in),
      (segment([.syn, .ack], isAnswer: true, sequence: 200, 101), .out),
      (segment(.ack, sequence: 101, 201), .in),
    ] {
      buffer.assign(bytes)
      #expect(filter.process(buffer, direction, on: interface).verdict != .block)
    }
    return (filter, interface)
  }

  private static func isShort(_ bytes: [UInt8], _ filter: PacketFilter, _ interface: Int) -> Bool {
    let buffer = PacketBuffer()
    buffer.assign(bytes)
    var result = HookResult()
    let isShort = filter.passEstablished(buffer, isOut: false, interface, &result)
    #expect(isShort == (result.state == .matched))
    if !isShort { #expect(buffer.array == bytes) }
    return isShort
  }

  @Test("data takes the short way, with scrub rules as soon as their walks are remembered")
  func dataIsShort() throws {
    for rules in ["pass all keep state", "scrub in all no-df min-ttl 70\npass all keep state"] {
      let (filter, interface) = try Self.connected(rules)
      let data = Self.segment([.ack, .psh], sequence: 101, 201, 50)
      #expect(Self.isShort(data, filter, interface))
      filter.evaluator = .plain
      #expect(!Self.isShort(data, filter, interface))
    }
  }

  @Test("what opens, closes or breaks a connection, or is unusual, takes the long way")
  func restIsLong() throws {
    let (filter, interface) = try Self.connected("pass all keep state")
    var padded = Self.segment(.ack, sequence: 101, 201)
    padded.append(0)
    let others = [
      Self.segment([.ack, .fin], sequence: 101, 201), Self.segment(.rst, sequence: 101, 0),
      Self.segment(.syn, sequence: 101, 0), Self.segment([.ack, .urg], sequence: 101, 201),
      Self.segment(.ack, sequence: 0x4000_0000, 201, 50),
      Self.segment(.ack, sequence: 101, 201) { $0.fragmentField = 0x2000 },
      Self.segment(.ack, sequence: 101, 201) { $0.options = [1, 1, 1, 1] },
      Self.segment(.ack, isAnswer: true, sequence: 201, 101), padded,
    ]
    for (number, bytes) in others.enumerated() {
      #expect(!Self.isShort(bytes, filter, interface), "packet \(number)")
    }
    #expect(Self.isShort(Self.segment(.ack, sequence: 101, 201), filter, interface))
  }

  @Test(
    "states and rules that ask for more take the long way",
    arguments: [
      "pass log (all) all keep state", "pass all keep state tag T",
      "pass in route-to (en0 203.0.113.1) all keep state\npass out all keep state",
      "scrub all reassemble tcp\npass all keep state", "scrub all random-id\npass all keep state",
      "table <t> { 192.168.64.0/24 }\npass from <t> to any keep state\npass out all keep state",
      "pass proto tcp all keep state (source-track rule)",
    ])
  func demandingRulesAreLong(rules: String) throws {
    let (filter, interface) = try Self.connected(rules)
    #expect(!Self.isShort(Self.segment(.ack, sequence: 101, 201), filter, interface))
  }
}
