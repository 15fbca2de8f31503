extension Linter {
  /// A packet that fits a rule, or would fit it after a change of its criteria; empty where there
  /// is none.
  ///
  /// Unknowns and uncertain criteria are taken to hold.
  func example(
    of rule: Rule, test: RuleTest = .filter, direction: Direction = .any,
    _ change: (inout PacketCriteria) -> Void = { _ in }
  ) -> String {
    var criteria = PacketCriteria(rule, test: test, anchor: "", tables: KnownTables(Ruleset()))
    criteria.tos = rule.family == .inet6 ? .none : criteria.tos
    if direction != .any { criteria.direction = direction }
    change(&criteria)
    let classes = PacketClasses(
      [criteria], interfaces: options.interfaces.map(\.name), unseen: [])
    let set = classes.match(criteria).set
    return classes.witness(of: PacketRegion([set]))?.notation ?? ""
  }

  /// A packet with an address of a table, as a rule over the table meets it; of any rule where none
  /// uses the table.
  func example(
    of entry: TableDefinition.Entry?, in table: TableDefinition, for rule: Rule?
  ) -> String {
    guard let entry else { return anyExample }
    let prefix = AddressPrefix(
      family: entry.family, address: entry.address, length: Int(entry.prefixLength))
    let rule = rule ?? Rule(action: .pass)
    let isDestination =
      rule.destination.address == .table(table.name) && rule.source.address != .table(table.name)
    return example(of: rule, test: rule.kind.test, direction: rule.kind.direction) {
      $0.family = entry.family
      if isDestination {
        $0.destination = .prefixes([prefix], negated: false)
      } else {
        $0.source = .prefixes([prefix], negated: false)
      }
    }
  }

  /// A packet for claims that hold for every packet: a VM's connection where there is an uplink.
  var anyExample: String {
    let packet = leavingExample
    return packet.isEmpty ? example(of: Rule(action: .pass)) : packet
  }

  /// A VM's connection to the Internet as it leaves, before translation.
  var leavingExample: String {
    guard let uplink = options.uplinks.first else { return "" }
    let host = IPAddress(
      family: .inet, bits: AddressBits(ipv4: options.gateway.bits.ipv4 &+ 4))
    let packet = WitnessPacket(
      interface: uplink, direction: .out, source: host,
      destination: IPAddress(ipv4: 0x0101_0101), proto: .tcp, sourcePort: 50000,
      destinationPort: 443, flags: TCPFlags.syn.rawValue)
    return packet.notation
  }
}

extension Rule {
  /// The list that holds rules of this action.
  var kind: RuleKind {
    switch action {
    case .scrub, .noScrub: .scrub
    case .nat, .noNat: .nat
    case .binat, .noBinat: .binat
    case .rdr, .noRdr, .nat64, .noNat64: .rdr
    case .dummynet, .noDummynet: .dummynet
    case .pass, .block, .synproxyDrop: .filter
    }
  }
}
