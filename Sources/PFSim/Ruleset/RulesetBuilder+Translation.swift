/// nat, rdr and binat rules, and the pools behind them.
extension RulesetBuilder {
  mutating func add(
    _ statement: TranslationStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    try enter(.translation, at: place, &lexer)
    var rule = Rule(action: statement.action)
    rule.passesTranslated = statement.passes
    rule.log = statement.log
    rule.logInterface = statement.logInterface
    rule.family = statement.family
    if rule.family == .unspecified {
      if let host = statement.fromTo.source.first, host.family != .unspecified, host.scope == nil {
        rule.family = host.family
      } else if let host = statement.fromTo.destination.first, host.scope == nil {
        rule.family = host.family
      }
    }
    if let tag = statement.tag { rule.tag = try checkTag(tag, at: place, &lexer) }
    try setTagged(&rule, statement.tagged, at: place, &lexer)
    rule.rtable = kernelTable(statement.rtable)
    let hosts = try setRedirection(&rule, statement, &lexer)
    var lists = ExpansionLists(statement.fromTo)
    lists.interfaces = statement.interfaces
    lists.protocols = statement.protocols
    try expand(rule, &lists, hops: hosts, at: place, &lexer)
  }

  private func setRedirection(
    _ rule: inout Rule, _ statement: TranslationStatement, _ lexer: inout Lexer
  ) throws(StatementError) -> [HostItem] {
    let place = statement.place
    var pool = AddressPool()
    var hosts: [HostItem] = []
    if rule.action == .noNat || rule.action == .noRdr {
      if statement.redirection != nil {
        throw fail(
          "no-redirection", "translation rule with 'no' does not need '->'", at: place, &lexer)
      }
    } else {
      guard let redirection = statement.redirection, let first = redirection.hosts.first else {
        throw fail(
          "no-redirection", "translation rule requires '-> address'", at: place, &lexer)
      }
      if rule.family == .unspecified, first.scope == nil { rule.family = first.family }
      hosts = compatibleHosts(redirection.hosts, &rule.family)
      try checkRedirect(hosts, rule.family, at: place, &lexer)
      if !hosts[0].checkMask(rule.family, &lexer) { throw .abandoned }
      setPorts(&pool, rule.action, redirection, statement.fromTo.destinationPorts.first)
      pool.selection = statement.pool.selection
      if pool.selection == .none, hosts.count > 1 || hosts[0].needsRoundRobin {
        pool.selection = .roundRobin
      }
      try checkPool(hosts, pool.selection, "redirection pools", at: place, &lexer)
      if hosts.count > 1, pool.selection != .roundRobin {
        throw fail(
          "pool-type", "only round-robin valid for multiple redirection addresses", at: place,
          &lexer)
      }
    }
    pool.hashKey = statement.pool.hashKey
    pool.sticky = statement.pool.isSticky
    pool.externalFilter = statement.pool.filter
    pool.externalMapping = statement.pool.mapping
    try setStaticPort(&pool, rule.action, statement.pool, at: place, &lexer)
    if !hosts.isEmpty { rule.pool = pool }
    return hosts
  }

  private func setPorts(
    _ pool: inout AddressPool, _ action: RuleAction, _ redirection: Redirection,
    _ destination: PortItem?
  ) {
    pool.firstPort = redirection.firstPort
    pool.lastPort = redirection.lastPort
    if action == .rdr {
      if redirection.lastPort == 0, redirection.isOpenEnded, let ports = destination?.match {
        pool.lastPort = redirection.firstPort &+ (ports.second &- ports.first)
      }
      if pool.firstPort != 0 {
        pool.portOperator = (pool.lastPort == 0 ? Comparison.equal : .range).rawValue
      }
    } else if pool.firstPort == 0, pool.lastPort == 0 {
      pool.firstPort = AddressPool.firstNATPort
      pool.lastPort = AddressPool.lastNATPort
    } else if pool.lastPort == 0 {
      pool.lastPort = pool.firstPort
    }
  }

  private func setStaticPort(
    _ pool: inout AddressPool, _ action: RuleAction, _ options: PoolOptions, at place: Place,
    _ lexer: inout Lexer
  ) throws(StatementError) {
    guard options.isStaticPort else { return }
    if action != .nat {
      throw fail(
        "static-port", "the 'static-port' option is only valid with nat rules", at: place,
        &lexer)
    }
    if pool.firstPort != AddressPool.firstNATPort, pool.lastPort != AddressPool.lastNATPort {
      throw fail(
        "static-port", "the 'static-port' option can't be used when specifying a port range",
        at: place, &lexer)
    }
    pool.firstPort = 0
    pool.lastPort = 0
  }

  /// The hosts of the rule's family, which the first host with one decides where it is open
  /// (`remove_invalid_hosts`).
  func compatibleHosts(_ hosts: [HostItem], _ family: inout AddressFamily) -> [HostItem] {
    var kept: [HostItem] = []
    for host in hosts {
      if family != .unspecified, host.family != .unspecified, host.family != family { continue }
      if family == .unspecified { family = host.family }
      kept.append(host)
    }
    return kept
  }

  private func checkRedirect(
    _ hosts: [HostItem], _ family: AddressFamily, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    if family == .unspecified,
      hosts.contains(where: { !$0.isTable && !$0.isDynamic })
    {
      throw fail(
        "pool-families",
        "address family not given and translation address expands to multiple address families",
        at: place, &lexer)
    }
    if hosts.isEmpty {
      throw fail(
        "pool-families", "no translation address with matching address family found.", at: place,
        &lexer)
    }
  }

  /// Tables and interfaces with several addresses need round-robin.
  func checkPool(
    _ hosts: [HostItem], _ selection: PoolSelection, _ pools: String, at place: Place,
    _ lexer: inout Lexer
  ) throws(StatementError) {
    guard selection != .roundRobin else { return }
    if let host = hosts.first(where: \.isTable) {
      throw fail(
        "pool-type", "tables are only supported in round-robin \(pools)", at: host.place, &lexer)
    }
    for host in hosts {
      guard host.hasSeveralAddresses, case .dynamic(let name, _) = host.kind else { continue }
      throw fail(
        "pool-type", "interface (\(name)) is only supported in round-robin \(pools)",
        at: host.place, &lexer)
    }
  }
}

extension HostItem {
  var isTable: Bool { if case .table = kind { true } else { false } }

  var isDynamic: Bool { if case .dynamic = kind { true } else { false } }

  /// Whether a dynamic address may stand for several: without `:0`, or for a kind of interfaces.
  var hasSeveralAddresses: Bool {
    guard case .dynamic(let name, let modifiers) = kind else { return false }
    let endsInDigit = name.utf8.last.map { (48...57).contains($0) } ?? false
    return !modifiers.contains(.noAlias) || !endsInDigit
  }

  var needsRoundRobin: Bool { isTable || hasSeveralAddresses }
}
