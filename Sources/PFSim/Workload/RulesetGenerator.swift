/// Makes rulesets of a given shape and size from a seed, for measuring and for cross-checking.
///
/// Equal parameters give equal rules. All rules are stateless, so that a packet's whole cost is
/// the evaluation of the rules.
public struct RulesetGenerator: Sendable {
  /// The kind of ruleset.
  public var shape: RulesetShape
  /// The number of filter rules, 1 or more; calls of anchors come on top.
  public var count: Int
  /// Which rule decides.
  public var order: MatchOrder
  /// The families of the rules.
  public var families: FamilyMix
  /// The seed.
  public var seed: UInt64

  /// The interfaces that generated rules and packets use.
  public static let interfaceNames = ["lo0", "en0", "en1", "bridge100", "utun0"]

  private static let wellKnownPorts: [UInt16] = [
    80, 443, 53, 22, 25, 123, 161, 3306, 8080, 21, 110, 143, 389, 445, 514, 636, 993, 995, 1433,
    1521, 3389, 5060, 5432, 6379, 8443, 9200, 27017, 23, 137, 139, 2049, 111,
  ]

  /// Makes a generator.
  public init(
    shape: RulesetShape, count: Int, order: MatchOrder = .last, families: FamilyMix = .inet,
    seed: UInt64 = 1
  ) {
    self.shape = shape
    self.count = max(count, 1)
    self.order = order
    self.families = families
    self.seed = seed
  }

  /// The ruleset.
  /// - Complexity: O(count), about a microsecond a rule.
  public func ruleset() -> Ruleset {
    var random = SplitMix64(seed: SplitMix64.mix(seed ^ UInt64(count)))
    let rules = distinctRules(random: &random)
    var ruleset = Ruleset()
    switch shape {
    case .anchors: place(rules, inAnchorsOf: 16, of: &ruleset)
    case .tables:
      ruleset.anchors[0][.filter] = useTables(rules, of: &ruleset, random: &random)
    default: ruleset.anchors[0][.filter] = rules
    }
    return ruleset
  }

  /// The rules in the order of evaluation, without regard to anchors and tables.
  private func distinctRules(random: inout SplitMix64) -> [Rule] {
    let profile = ShapeProfile.profile(of: shape)
    let sources = ClusteredAddresses(seed: seed, skew: profile.skew)
    let destinations = ClusteredAddresses(seed: ~seed, skew: profile.skew)
    var rules: [Rule] = []
    rules.reserveCapacity(count)
    var seen = Set<Int>(minimumCapacity: count)
    var attempts = 0
    while rules.count < count {
      var rule = makeRule(
        profile, from: sources, to: destinations, index: rules.count, random: &random)
      attempts += 1
      // Sets of many rules over few addresses run dry; duplicates are then let in.
      guard seen.insert(rule.hashValueOfCriteria).inserted || attempts > count * 4 else {
        continue
      }
      rule.provenance = Provenance(
        location: .init(file: "generated", line: rules.count + 1, column: 1))
      rules.append(rule)
    }
    return rules
  }

  private func makeRule(
    _ profile: ShapeProfile, from sources: ClusteredAddresses, to destinations: ClusteredAddresses,
    index: Int, random: inout SplitMix64
  ) -> Rule {
    var rule = Rule(action: random.below(2) == 0 ? .pass : .block)
    rule.quick = order == .quick
    rule.direction = .in
    rule.family = family(random: &random)
    rule.proto = proto(profile, family: rule.family, random: &random)
    if shape == .grouped { group(&rule, index: index) }
    rule.source = host(profile.sourceLengths, sources, rule.family, random: &random)
    rule.destination = host(profile.destinationLengths, destinations, rule.family, random: &random)
    if rule.proto == .tcp || rule.proto == .udp {
      rule.source.ports = ports(profile.sourcePorts, random: &random)
      rule.destination.ports = ports(profile.destinationPorts, random: &random)
    }
    return rule
  }

  private func family(random: inout SplitMix64) -> AddressFamily {
    switch families {
    case .inet: .inet
    case .inet6: .inet6
    case .mixed: random.below(2) == 0 ? .inet : .inet6
    }
  }

  private func proto(
    _ profile: ShapeProfile, family: AddressFamily, random: inout SplitMix64
  ) -> IPProtocol {
    switch random.pick(profile.protocols) {
    case 0: .tcp
    case 1: .udp
    case 2: family == .inet6 ? .icmpv6 : .icmp
    default: .any
    }
  }

  /// Gives runs of 64 rules one interface, direction and protocol.
  private func group(_ rule: inout Rule, index: Int) {
    let run = SplitMix64.mix(seed &+ UInt64(index / 64))
    rule.interface = Self.interfaceNames[1 + Int(run % 4)]
    rule.direction = run >> 8 & 1 == 0 ? .in : .out
    rule.proto = run >> 9 & 3 == 0 ? .udp : .tcp
  }

  private func host(
    _ lengths: [(length: Int, weight: Double)], _ addresses: ClusteredAddresses,
    _ family: AddressFamily, random: inout SplitMix64
  ) -> RuleHost {
    var host = RuleHost()
    var length = lengths[random.pick(lengths.map(\.weight))].length
    if length == 0 { return host }
    if family == .inet6 { length = length == 32 ? 128 : length * 2 }
    let bits = addresses.prefix(length: length, family: family, random: &random)
    host.address = .network(bits, mask: AddressBits(prefixLength: length))
    return host
  }

  private func ports(_ kinds: ShapeProfile.Ports, random: inout SplitMix64) -> PortMatch? {
    switch random.pick(kinds.weights) {
    case 0: return nil
    case 1: return PortMatch(.greaterOrEqual, 1024)
    case 2: return PortMatch(.less, 1024)
    case 3:
      let first = random.below(60_000)
      let width = shape == .random ? random.below(20_000) : 1 << random.below(11)
      return PortMatch(.range, UInt16(first), UInt16(min(first + width, 65_535)))
    default:
      let known = Self.wellKnownPorts
      // A few services make most of the rules.
      let rank = Int(Double(known.count * 4) * random.fraction() * random.fraction())
      return PortMatch(.equal, rank < known.count ? known[rank] : UInt16(1024 + rank * 37))
    }
  }

  /// Distributes rules over anchors that the main ruleset calls one after the other.
  private func place(_ rules: [Rule], inAnchorsOf size: Int, of ruleset: inout Ruleset) {
    for (index, start) in stride(from: 0, to: rules.count, by: size).enumerated() {
      let path = "group\(index)"
      var call = Rule(action: .pass)
      call.anchorCall = AnchorCall(name: path, path: path, wildcard: false)
      ruleset.anchors[0][.filter].append(call)
      var anchor = Ruleset.Anchor(path: path)
      anchor[.filter] = Array(rules[start..<min(start + size, rules.count)])
      ruleset.anchors.append(anchor)
    }
  }

  /// Moves the sources of the rules into tables, each of the sources of some 64 rules.
  private func useTables(
    _ rules: [Rule], of ruleset: inout Ruleset, random: inout SplitMix64
  ) -> [Rule] {
    var rules = rules
    for (index, start) in stride(from: 0, to: rules.count, by: 64).enumerated() {
      var table = TableDefinition(name: "sources\(index)")
      table.hasContents = true
      for position in start..<min(start + 64, rules.count) {
        let rule = rules[position]
        guard case .network(let bits, let mask) = rule.source.address else { continue }
        table.entries.append(
          .init(
            family: rule.family, address: bits, prefixLength: UInt8(mask.leadingOnes)))
        if random.below(2) == 0 { rules[position].source.address = .table(table.name) }
      }
      table.sources = [.list(table.entries)]
      ruleset.anchors[0].tables.append(table)
    }
    return rules
  }
}

extension Rule {
  /// A hash of the criteria that tell generated rules apart; equal in every process.
  fileprivate var hashValueOfCriteria: Int {
    var value = UInt64(proto.rawValue) << 8 | UInt64(family.rawValue)
    func add(_ word: UInt64) { value = SplitMix64.mix(value ^ word) &+ 1 }
    for host in [source, destination] {
      if case .network(let bits, let mask) = host.address {
        add(bits.high)
        add(bits.low)
        add(UInt64(mask.leadingOnes))
      } else {
        add(1)
      }
      if let ports = host.ports {
        add(
          UInt64(ports.comparison.rawValue) << 32 | UInt64(ports.first) << 16
            | UInt64(ports.second))
      } else {
        add(2)
      }
    }
    for byte in (interface ?? "").utf8 { add(UInt64(byte)) }
    return Int(truncatingIfNeeded: value)
  }
}
