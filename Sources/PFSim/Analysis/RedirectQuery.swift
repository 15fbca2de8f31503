/// The packets that leave a redirection, as the filter rules see them.
enum RedirectQuery {
  /// The criteria of a rule's redirected packets; nil where the target is not one fixed address.
  static func after(_ rule: Rule) -> PacketCriteria? {
    guard rule.action == .rdr, rule.anchorCall == nil, let pool = rule.pool,
      pool.elements.count == 1, case .network(let bits, let mask) = pool.elements[0].address,
      mask == AddressBits(prefixLength: rule.family.addressBits), rule.family != .unspecified
    else { return nil }
    var criteria = PacketCriteria(
      rule, test: .translation, anchor: "", tables: KnownTables(Ruleset()))
    criteria.direction = .in
    criteria.destination = .host(IPAddress(family: rule.family, bits: bits))
    if pool.firstPort != 0 {
      criteria.destinationPorts =
        pool.lastPort > pool.firstPort
        ? PortMatch(.range, pool.firstPort, pool.lastPort) : PortMatch(.equal, pool.firstPort)
    }
    if rule.proto == .tcp {
      criteria.flags = TCPFlags.syn.rawValue
      criteria.flagMask = 0xff
    }
    return criteria
  }
}

extension Linter {
  /// Redirections whose packets the filter rules block.
  func redirectFindings(_ budget: inout AnalysisBudget) -> [Finding] {
    guard main != nil else { return [] }
    return ruleset.anchors.flatMap { $0[.rdr] }.compactMap { rule in
      guard !rule.passesTranslated, let query = RedirectQuery.after(rule),
        let blocker = blocker(of: query, in: filterWithVM, &budget)
      else { return nil }
      return Finding(
        code: LintCode.rdrWithoutPass.rawValue, severity: .warning,
        message: "the redirected packets are blocked",
        cause: "filter rules see the new destination; they are blocked by: \(blocker.rule.text())",
        location: rule.provenance.location,
        fix: Finding.Fix("write rdr pass, or add the line: \(passLine(rule, query))"),
        notes: [Finding.Note("blocks them", at: blocker.rule.provenance.location)],
        witness: blocker.witness)
    }
  }

  private func passLine(_ rule: Rule, _ query: PacketCriteria) -> String {
    var pass = Rule(action: .pass)
    pass.direction = .in
    pass.quick = true
    pass.interface = rule.interface
    pass.interfaceNegated = rule.interfaceNegated
    pass.family = rule.family
    pass.proto = rule.proto
    pass.source = rule.source
    pass.destination.address = rule.pool?.elements.first?.address ?? .any
    pass.destination.ports = query.destinationPorts
    return pass.text()
  }
}
