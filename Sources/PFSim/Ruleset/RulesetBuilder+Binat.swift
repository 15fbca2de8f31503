/// binat rules, which are not expanded.
extension RulesetBuilder {
  mutating func add(
    _ statement: BinatStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    try enter(.translation, at: place, &lexer)
    if let host = statement.destination.first(where: { $0.kind == .urpfFailed }) {
      throw fail(
        "urpf-failed", "\"urpf-failed\" is not permitted as a binat destination", at: host.place,
        &lexer)
    }
    if statement.isNo, statement.passes {
      throw fail("no-pass", "\"pass\" not valid with \"no\"", at: place, &lexer)
    }
    var rule = Rule(action: statement.isNo ? .noBinat : .binat)
    rule.passesTranslated = statement.passes
    rule.log = statement.log
    rule.logInterface = statement.logInterface
    rule.family = try binatFamily(statement, &lexer)
    if let interface = statement.interfaces.first {
      rule.interface = interface.name
      rule.interfaceNegated = interface.isNegated
    }
    if let tag = statement.tag { rule.tag = try checkTag(tag, at: place, &lexer) }
    try setTagged(&rule, statement.tagged, at: place, &lexer)
    rule.rtable = kernelTable(statement.rtable)
    if let item = statement.protocols.first { rule.proto = item.proto }
    try checkBinatKinds(statement, &lexer)
    try setBinatHosts(&rule, statement, &lexer)
    try setBinatTarget(&rule, statement, &lexer)
    rule.provenance.location = lexer.location(of: place)
    try add(rule, at: place, &lexer)
  }

  private func binatFamily(
    _ statement: BinatStatement, _ lexer: inout Lexer
  ) throws(StatementError) -> AddressFamily {
    let candidates = [
      statement.family, statement.source.first?.family, statement.destination.first?.family,
      statement.redirection?.hosts.first?.family,
    ]
    for case .some(let family) in candidates where family != .unspecified { return family }
    throw fail(
      "binat-family", "address family (inet/inet6) undefined", at: statement.place, &lexer)
  }

  private func checkBinatKinds(
    _ statement: BinatStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let sides = [
      (statement.source, "source"), (statement.redirection?.hosts ?? [], "redirect"),
    ]
    for (hosts, side) in sides {
      for host in hosts {
        if case .table(let name) = host.kind {
          throw fail(
            "binat-address",
            "invalid use of table <\(name)> as the \(side) address of a binat rule",
            at: host.place, &lexer)
        }
      }
      for host in hosts where host.hasSeveralAddresses {
        guard case .dynamic(let name, _) = host.kind else { continue }
        throw fail(
          "binat-address",
          "invalid use of interface (\(name)) as the \(side) address of a binat rule",
          at: host.place, &lexer)
      }
    }
  }

  private func setBinatHosts(
    _ rule: inout Rule, _ statement: BinatStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    if var host = statement.source.first {
      if statement.source.count > 1 { throw severalAddresses(place, &lexer) }
      if host.isDynamic { host.family = rule.family }
      if host.family != rule.family { throw mixedVersions(place, &lexer) }
      if !host.checkMask(rule.family, &lexer) { throw .abandoned }
      rule.source.address = host.spec(rule.family)
    }
    if var host = statement.destination.first {
      if statement.destination.count > 1 { throw severalAddresses(place, &lexer) }
      if host.family != rule.family, host.family != .unspecified {
        throw mixedVersions(place, &lexer)
      }
      if !host.checkMask(rule.family, &lexer) { throw .abandoned }
      rule.destination.address = host.spec(rule.family)
      rule.destination.negated = host.isNegated
    }
  }

  private func severalAddresses(_ place: Place, _ lexer: inout Lexer) -> StatementError {
    fail("binat-address", "multiple binat ip addresses", at: place, &lexer)
  }

  private func mixedVersions(_ place: Place, _ lexer: inout Lexer) -> StatementError {
    fail("binat-family", "binat ip versions must match", at: place, &lexer)
  }

  private func setBinatTarget(
    _ rule: inout Rule, _ statement: BinatStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    if statement.isNo {
      if statement.redirection != nil {
        throw fail(
          "no-redirection", "'no binat' rule does not need '->'", at: place, &lexer)
      }
      return
    }
    guard let redirection = statement.redirection else {
      throw fail(
        "no-redirection", "'binat' rule requires '-> address'", at: place, &lexer)
    }
    let hosts = compatibleHosts(redirection.hosts, &rule.family)
    guard var host = hosts.first else {
      throw fail(
        "pool-families", "no translation address with matching address family found.", at: place,
        &lexer)
    }
    if hosts.count > 1 {
      throw fail(
        "binat-address", "binat rule must redirect to a single address", at: place, &lexer)
    }
    if !host.checkMask(rule.family, &lexer) { throw .abandoned }
    let mask = statement.source.first.map { source -> AddressBits in
      var source = source
      return source.checkMask(rule.family, &lexer) ? source.mask : source.mask
    }
    if let mask, !mask.isZero, mask != host.mask {
      throw fail(
        "binat-mask", "'binat' source mask and redirect mask must be the same", at: place, &lexer)
    }
    var pool = AddressPool()
    pool.elements = [AddressPool.Element(address: host.spec(rule.family))]
    rule.pool = pool
  }
}
