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
