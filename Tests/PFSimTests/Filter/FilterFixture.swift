import Testing

@testable import PFSim

/// A filter with rules of its own, to which packets are shown one by one.
struct FilterFixture {
  /// Two networks on the outside, one behind the host and a tunnel.
  static let interfaces =
    "en0=203.0.113.5/24,2001:db8:1::5/64;en1=10.1.1.1/24;"
    + "bridge100=192.168.64.1/24,2001:db8:64::1/64;utun0=10.8.0.1/32->10.8.0.2"

  let filter: PacketFilter
  let buffer = PacketBuffer()

  init(
    _ rules: String, anchors: KeyValuePairs<String, String> = [:],
    interfaces: String = Self.interfaces
  ) throws {
    filter = PacketFilter(interfaces: try [Interface](parsing: interfaces))
    filter.setEnabled(true)
    try load(rules)
    for (path, text) in anchors { try load(text, anchor: path) }
  }

  private func load(_ text: String, anchor: String = "") throws {
    var options = ParseOptions(interfaces: filter.interfaces)
    options.optimization = OptimizationLevel.none
    options.anchorPath = anchor
    if !anchor.isEmpty { options.parts = .anchor }
    let parsed = parseRuleset(Array((text + "\n").utf8), options: options)
    #expect(!parsed.hasErrors)
    try filter.load(parsed.ruleset)
  }

  func index(_ name: String) throws -> Int {
    try #require(filter.interfaces.firstIndex { $0.name == name })
  }

  /// Shows a packet to the filter; the buffer then holds what goes on.
  @discardableResult
  func show(
    _ packet: [UInt8], _ direction: Direction, _ interface: String, receivedOn: String? = nil
  ) throws -> HookResult {
    buffer.assign(packet)
    if let receivedOn { buffer.receivedOn = Int32(try index(receivedOn)) }
    return filter.process(buffer, direction, on: try index(interface))
  }

  /// A template of packets between two addresses.
  static func packet(_ source: String, _ destination: String) throws -> PacketBuilder {
    PacketBuilder(
      from: try #require(IPAddress(source)), to: try #require(IPAddress(destination)))
  }

  /// An IPv6 datagram in two fragments, the first with `cut` bytes of its payload.
  static func fragments6(
    _ source: String, _ destination: String, payload: Int = 1400, cut: Int = 1240
  ) throws -> [[UInt8]] {
    let builder = try packet(source, destination)
    let datagram = builder.udp(from: 1000, to: 53, [UInt8](repeating: 7, count: payload))[40...]
    func header(_ field: UInt16) -> [UInt8] {
      [17, 0, UInt8(field >> 8), UInt8(field & 0xff), 0, 0, 0, 9]
    }
    return [
      builder.packet(.fragment, header(1) + datagram.prefix(cut)),
      builder.packet(.fragment, header(UInt16(cut)) + datagram.dropFirst(cut)),
    ]
  }

  /// The reasons that a packet was counted for.
  static func reasons(_ result: HookResult) -> [Reason] {
    Reason.allCases.filter { result.counters >> UInt32($0.rawValue) & 1 != 0 }
  }

  /// The evaluations of the main ruleset's filter rules.
  var evaluations: [UInt64] {
    filter.rules(.filter, anchor: "").map { UInt64($0.counters.evaluations) }
  }
}
