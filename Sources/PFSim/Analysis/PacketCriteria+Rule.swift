extension PacketCriteria {
  /// What a rule asks for when `test` looks at it.
  /// - Parameters:
  ///   - anchor: The path of the ruleset that holds the rule, for its tables.
  ///   - tables: The tables known, by path and name.
  init(_ rule: Rule, test: RuleTest, anchor: String, tables: KnownTables) {
    interface = rule.interface
    interfaceNegated = rule.interfaceNegated
    direction = rule.direction
    family = rule.family
    proto = rule.proto
    source = Self.address(rule.source, rule, anchor, tables, isSource: true)
    destination = Self.address(rule.destination, rule, anchor, tables, isSource: false)
    switch test {
    case .filter: addFilterTests(rule)
    case .dummynet: addDummynetTests(rule)
    case .translation: addTranslationTests(rule)
    case .incomingBinat: turnBinat(rule, anchor, tables)
    case .scrubIP: addScrubIPTests()
    case .scrubTCP: addScrubTests(rule)
    }
  }

  private mutating func addFilterTests(_ rule: Rule) {
    addPorts(rule)
    addPacketTests(rule)
    // KERNEL: pf_test_rule tests common bits, pf_test_dummynet equality.
    if let tos = rule.tos { self.tos = .overlap(tos) }
    if rule.fragment { wholeness = .fragment }
    if let user = rule.user { unknowns.append(.user(user)) }
    if let group = rule.group { unknowns.append(.group(group)) }
    addOpenTests(rule)
  }

  private mutating func addDummynetTests(_ rule: Rule) {
    addPorts(rule)
    addPacketTests(rule)
    if let tos = rule.tos { self.tos = .equal(tos) }
    // KERNEL: pf_test_dummynet never matches a rule with `fragment`.
    if rule.fragment { source = .nothing }
    // KERNEL: pf_test_dummynet does not look at the OS fingerprint.
    var rule = rule
    rule.fingerprint = nil
    addOpenTests(rule)
  }

  private mutating func addTranslationTests(_ rule: Rule) {
    addPorts(rule)
    wholeness = .whole
    var rule = rule
    rule.probability = 0
    addOpenTests(rule)
  }

  /// KERNEL: pf_match_translation compares an incoming packet's source with a binat rule's
  /// destination and its destination with the rule's pool; `no binat` is not turned.
  private mutating func turnBinat(_ rule: Rule, _ anchor: String, _ tables: KnownTables) {
    addTranslationTests(rule)
    guard rule.action == .binat else { return }
    source = Self.address(rule.destination, rule, anchor, tables, isSource: true)
    sourcePorts = rule.destination.ports
    var target = RuleHost()
    if let element = rule.pool?.elements.first { target.address = element.address }
    destination = Self.address(target, rule, anchor, tables, isSource: false)
    destinationPorts = nil
  }

  private mutating func addScrubIPTests() {
    // KERNEL: pf_normalize_ip6 does not test the protocol.
    guard proto != .any, family != .inet else { return }
    proto = .any
    uncertain.append("the protocol, which is not tested for IPv6")
  }

  private mutating func addScrubTests(_ rule: Rule) {
    // KERNEL: pf_normalize_tcp hands pf_match_xport the operator's code as protocol: only
    // `><` and `>` are tested, every other operator always holds.
    if let ports = rule.source.ports, ports.comparison.isTestedByScrub { sourcePorts = ports }
    if let ports = rule.destination.ports, ports.comparison.isTestedByScrub {
      destinationPorts = ports
    }
    if let name = rule.fingerprint { unknowns.append(.fingerprint(name)) }
  }

  private mutating func addPorts(_ rule: Rule) {
    sourcePorts = rule.source.ports
    destinationPorts = rule.destination.ports
  }

  private mutating func addPacketTests(_ rule: Rule) {
    icmpType = rule.icmpType
    icmpCode = rule.icmpCode
    flags = rule.flags
    flagMask = rule.flagMask
  }

  private mutating func addOpenTests(_ rule: Rule) {
    if let name = rule.fingerprint { unknowns.append(.fingerprint(name)) }
    if rule.probability != 0 { uncertain.append("its probability") }
    if !rule.tagged.isEmpty { uncertain.append("the packet's tag \"\(rule.tagged)\"") }
  }

  private static func address(
    _ host: RuleHost, _ rule: Rule, _ anchor: String, _ tables: KnownTables, isSource: Bool
  ) -> AddressCriterion {
    let negated = host.negated
    switch host.address {
    case .any:
      return negated ? .nothing : .any
    case .network(let bits, let mask):
      return network(bits, mask, rule.family, negated, isSource)
    case .range(let low, let high):
      return .range(rule.family, low, high, negated: negated)
    case .dynamic(let interface, let modifiers, let length):
      // KERNEL: pfi_dynaddr_setup binds (self) to an interface without addresses.
      if interface == "self" { return negated ? .any : .nothing }
      if let prefixes = tables.prefixes(of: interface, modifiers, prefixLength: length) {
        return .prefixes(prefixes, negated: negated)
      }
      return .unknown(
        .dynamic(
          interface: interface, modifiers: modifiers, prefixLength: length, isSource: isSource),
        negated: negated)
    case .table(let name):
      return table(name, anchor, tables, negated, isSource)
    case .noRoute, .urpfFailed, .routeLabel:
      // KERNEL: pf_routable says yes to every address; route labels never match.
      return negated ? .any : .nothing
    }
  }

  private static func network(
    _ bits: AddressBits, _ mask: AddressBits, _ family: AddressFamily, _ negated: Bool,
    _ isSource: Bool
  ) -> AddressCriterion {
    if mask.isZero { return negated ? .nothing : .any }
    guard family != .unspecified, mask == AddressBits(prefixLength: mask.leadingOnes) else {
      return .unknown(
        .address(.network(bits, mask: mask), isSource: isSource), negated: negated)
    }
    let prefix = AddressPrefix(family: family, address: bits, length: mask.leadingOnes)
    return .prefixes([prefix], negated: negated)
  }

  private static func table(
    _ name: String, _ anchor: String, _ tables: KnownTables, _ negated: Bool, _ isSource: Bool
  ) -> AddressCriterion {
    guard let prefixes = tables.constantPrefixes(name, askedFrom: anchor) else {
      return .unknown(
        .table(anchor: tables.home(of: name, askedFrom: anchor), name: name, isSource: isSource),
        negated: negated)
    }
    return .prefixes(prefixes, negated: negated)
  }
}

extension Comparison {
  /// Whether a scrub rule's port test looks at the port at all.
  fileprivate var isTestedByScrub: Bool { self == .insideExclusive || self == .greater }
}
