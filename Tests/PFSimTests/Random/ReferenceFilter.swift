@testable import PFSim

/// pf's filter in the plainest way: every rule is looked at, tables and states are lists.
///
/// Knows IPv4 filter rules without anchors, and states of UDP and ICMP.
struct ReferenceFilter {
  private struct State {
    var proto: IPProtocol
    var lan: UInt32, lanPort: UInt16
    var remote: UInt32, remotePort: UInt16
    /// Nil for floating states.
    var interface: String?
    var rule: Int
  }

  /// What becomes of a packet.
  struct Decision: Equatable {
    var passes: Bool
    var rule: Int
    var event: StateEvent
  }

  private let rules: [Rule]
  private let tables: [String: [TableDefinition.Entry]]
  private var states: [State] = []

  init(_ ruleset: Ruleset) {
    rules = ruleset.anchors.first?[.filter] ?? []
    var tables: [String: [TableDefinition.Entry]] = [:]
    for table in ruleset.anchors.first?.tables ?? [] { tables[table.name] = table.entries }
    self.tables = tables
  }

  var stateCount: Int { states.count }

  /// Lets so much time pass that every state ends.
  mutating func outlive() { states.removeAll() }

  mutating func process(_ packet: RandomPacket) -> Decision {
    let isOut = packet.direction == .out
    let hasState = packet.proto != .tcp
    let isICMP = packet.proto == .icmp
    var state = State(
      proto: packet.proto, lan: isOut ? packet.source : packet.destination,
      lanPort: isOut || isICMP ? packet.sourcePort : packet.destinationPort,
      remote: isOut ? packet.destination : packet.source,
      remotePort: isICMP ? 0 : isOut ? packet.destinationPort : packet.sourcePort,
      interface: nil, rule: -1)
    let same = states.filter { Self.isSameKey($0, state) }
    if hasState, let found = Self.onInterface(packet.interface, same) {
      return Decision(passes: true, rule: found.rule, event: .matched)
    }
    var decided = -1
    for (number, rule) in rules.enumerated() where matches(rule, packet) {
      decided = number
      if rule.quick { break }
    }
    guard decided >= 0 else { return Decision(passes: true, rule: -1, event: .none) }
    let rule = rules[decided]
    guard rule.action == .pass else { return Decision(passes: false, rule: decided, event: .none) }
    guard rule.state != .none, hasState else {
      return Decision(passes: true, rule: decided, event: .none)
    }
    state.interface = rule.stateOptions.interfaceBound ? packet.interface : nil
    state.rule = decided
    states.append(state)
    return Decision(passes: true, rule: decided, event: .created)
  }

  private static func isSameKey(_ one: State, _ other: State) -> Bool {
    one.proto == other.proto && one.lan == other.lan && one.lanPort == other.lanPort
      && one.remote == other.remote && one.remotePort == other.remotePort
  }

  private static func onInterface(_ name: String, _ states: [State]) -> State? {
    states.first { $0.interface == name } ?? states.first { $0.interface == nil }
  }

  private func matches(_ rule: Rule, _ packet: RandomPacket) -> Bool {
    if let interface = rule.interface,
      (interface == packet.interface) == rule.interfaceNegated
    {
      return false
    }
    if rule.direction != .any, rule.direction != packet.direction { return false }
    if rule.proto != .any, rule.proto != packet.proto { return false }
    guard matches(rule.source, packet.source), matches(rule.destination, packet.destination) else {
      return false
    }
    if rule.proto == .tcp || rule.proto == .udp {
      guard matches(rule.source.ports, packet.sourcePort),
        matches(rule.destination.ports, packet.destinationPort)
      else { return false }
    }
    return packet.proto != .tcp || packet.flags.rawValue & rule.flagMask == rule.flags
  }

  private func matches(_ host: RuleHost, _ address: UInt32) -> Bool {
    let bits = AddressBits(ipv4: address)
    let fits: Bool
    switch host.address {
    case .any: fits = true
    case .network(let network, let mask): fits = bits & mask == network & mask
    case .table(let name): fits = isListed(bits, in: tables[name] ?? [])
    default: fits = false
    }
    return fits != host.negated
  }

  private func isListed(_ bits: AddressBits, in entries: [TableDefinition.Entry]) -> Bool {
    let best = entries.filter {
      $0.family == .inet && bits & AddressBits(prefixLength: Int($0.prefixLength)) == $0.address
    }.max { $0.prefixLength < $1.prefixLength }
    return best.map { !$0.negated } ?? false
  }

  private func matches(_ ports: PortMatch?, _ port: UInt16) -> Bool {
    guard let ports else { return true }
    let (first, second) = (ports.first, ports.second)
    return switch ports.comparison {
    case .insideExclusive: port > first && port < second
    case .equal: port == first
    case .notEqual: port != first
    case .less: port < first
    case .lessOrEqual: port <= first
    case .greater: port > first
    case .greaterOrEqual: port >= first
    case .outside: port < first || port > second
    case .range: port >= first && port <= second
    }
  }
}
