/// Scrub, filter and dummynet rules.
extension RulesetBuilder {
  mutating func add(
    _ statement: ScrubStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    try enter(.normalization, at: place, &lexer)
    var rule = Rule(action: statement.isNo ? .noScrub : .scrub)
    rule.direction = statement.direction
    rule.log = statement.logQuick.log
    rule.logInterface = statement.logQuick.logInterface
    if statement.logQuick.quick {
      throw fail(
        "scrub-option", "scrub rules do not support 'quick'", at: statement.logQuick.quickPlace,
        &lexer)
    }
    rule.family = statement.family
    rule.scrub = statement.options
    if statement.options.reassembleTCP, statement.direction != .any {
      throw fail(
        "scrub-option", "reassemble tcp rules can not specify direction", at: place, &lexer)
    }
    try setTagged(&rule, statement.tagged, at: place, &lexer)
    rule.rtable = kernelTable(statement.rtable)
    var lists = ExpansionLists(statement.fromTo)
    lists.interfaces = statement.interfaces
    lists.protocols = statement.protocols
    try expand(rule, &lists, at: place, &lexer)
  }

  /// The routing table as the kernel keeps it: 0 stands for none.
  func kernelTable(_ number: Int32?) -> Int32? { number == 0 ? nil : number }

  func setTagged(
    _ rule: inout Rule, _ tagged: TagMatch?, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    guard let tagged else { return }
    rule.tagged = try checkTag(tagged.name, at: place, &lexer)
    rule.taggedNegated = tagged.isNegated
  }

  mutating func add(
    _ statement: FilterStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    let options = statement.options
    try enter(.filtering, at: place, &lexer)
    var rule = Rule(action: statement.block == nil ? .pass : .block)
    if let block = statement.block { rule.blockReturn = blockReturn(block) }
    try setCommon(&rule, statement, &lexer)
    try checkTCP(
      options, statement.fromTo, statement.protocols, "OS fingerprinting only apply to tcp",
      at: place, &lexer)
    try setState(&rule, options, at: place, &lexer)
    rule.fragment = options.fragment
    rule.allowOptions = options.allowOptions
    decideFamily(statement.fromTo.source, &rule.family)
    decideFamily(statement.fromTo.destination, &rule.family)
    let hops = try setRouting(&rule, statement.route, at: place, &lexer)
    try checkQueue(options, at: place, &lexer)
    rule.queue = options.queue ?? ""
    rule.priorityQueue = options.priorityQueue
    var lists = lists(of: statement)
    try expand(rule, &lists, hops: hops, at: place, &lexer)
  }

  private func lists(of statement: FilterStatement) -> ExpansionLists {
    var lists = ExpansionLists(statement.fromTo)
    lists.familyPlace = statement.familyPlace
    lists.interfaces = statement.interfaces
    lists.protocols = statement.protocols
    lists.users = statement.options.users
    lists.groups = statement.options.groups
    lists.icmp = statement.options.icmp
    return lists
  }

  private func setCommon(
    _ rule: inout Rule, _ statement: FilterStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let options = statement.options
    let place = statement.place
    rule.direction = statement.direction
    rule.log = statement.logQuick.log
    rule.logInterface = statement.logQuick.logInterface
    rule.quick = statement.logQuick.quick
    rule.probability = options.probability
    rule.rtable = kernelTable(options.rtable)
    rule.family = statement.family
    if let tag = options.tag { rule.tag = try checkTag(tag, at: place, &lexer) }
    try setTagged(&rule, options.tagged, at: place, &lexer)
    rule.label = try checkLabel(options.label, at: place, &lexer)
    rule.tos = options.tos
    rule.flags = options.flags
    rule.flagMask = options.flagMask
    if options.flags & options.flagMask != options.flags {
      throw fail("tcp-flags", "flags always false", at: place, &lexer)
    }
  }

  /// `flags` and `os` need TCP among the protocols, where some are given.
  func checkTCP(
    _ options: FilterOptions, _ fromTo: FromTo, _ protocols: [ProtocolItem],
    _ systemMessage: String, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    let hasFlags = options.flags != 0 || options.flagMask != 0
    guard hasFlags || !fromTo.systems.isEmpty, let first = protocols.first,
      !protocols.contains(where: { $0.proto == .tcp })
    else { return }
    if hasFlags {
      let message = "flags only apply to tcp"
      lexer.report("tcp-flags", message, pfctl: message, at: first.place)
    }
    if let system = fromTo.systems.first {
      lexer.report("fingerprint", systemMessage, pfctl: systemMessage, at: system.place)
    }
    throw .abandoned
  }

  private func blockReturn(_ block: BlockSpec) -> BlockReturn {
    let four: UInt16 = 3 << 8 | 3
    let six: UInt16 = 1 << 8 | 4
    switch block {
    case .policy:
      return blockPolicyReturns ? BlockReturn(kind: .return, icmp: four, icmp6: six) : .drop
    case .drop: return .drop
    case .return: return BlockReturn(kind: .return, icmp: four, icmp6: six)
    case .reset(let ttl): return BlockReturn(kind: .returnReset, ttl: ttl)
    case .icmp(let code, let code6):
      return BlockReturn(kind: .returnICMP, icmp: code, icmp6: code6)
    }
  }

  /// The family of a list, if all its items agree (`decide_address_family`).
  func decideFamily(_ hosts: [HostItem], _ family: inout AddressFamily) {
    guard family == .unspecified, let first = hosts.first else { return }
    if hosts.allSatisfy({ $0.family == first.family }) { family = first.family }
  }

  private func checkQueue(
    _ options: FilterOptions, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    if let name = options.queue, name.utf8.count > 63 {
      throw fail("name-too-long", "rule qname too long (max 63 chars)", at: place, &lexer)
    }
    if options.priorityQueue.utf8.count > 63 {
      throw fail("name-too-long", "rule pqname too long (max 63 chars)", at: place, &lexer)
    }
  }

  private func setRouting(
    _ rule: inout Rule, _ route: RouteClause?, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) -> [HostItem] {
    guard let route else { return [] }
    if rule.direction == .any {
      throw fail(
        "routing", "direction must be explicit with rules that specify routing", at: place,
        &lexer)
    }
    var pool = AddressPool()
    pool.selection = route.pool.selection
    pool.hashKey = route.pool.hashKey
    pool.sticky = route.pool.isSticky
    if route.kind == .fastRoute {
      rule.routing = Routing(kind: .fastRoute, pool: AddressPool())
      return []
    }
    decideFamily(route.hosts, &rule.family)
    let hosts = compatibleHosts(route.hosts, &rule.family)
    guard let first = hosts.first else {
      throw fail(
        "pool-families", "no routing address with matching address family found.", at: place,
        &lexer)
    }
    if pool.selection == .none, hosts.count > 1 || first.needsRoundRobin {
      pool.selection = .roundRobin
    }
    try checkPool(hosts, pool.selection, "routing pools", at: place, &lexer)
    if hosts.count > 1, pool.selection != .roundRobin {
      throw fail("pool-type", "r.rpool.opts must be PF_POOL_ROUNDROBIN", at: place, &lexer)
    }
    rule.routing = Routing(kind: route.kind, pool: pool)
    return hosts
  }

  /// Dummynet's rules share the filter rules' options; their own checks are Apple's.
  mutating func addDummynet(
    _ statement: FilterStatement, _ isNo: Bool, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    let options = statement.options
    try enter(.filtering, at: place, &lexer)
    var rule = Rule(action: isNo ? .noDummynet : .dummynet)
    try setCommon(&rule, statement, &lexer)
    try checkTCP(
      options, statement.fromTo, statement.protocols, "OS fingerprinting only apply to tcp",
      at: place, &lexer)
    if isNo, options.dummynet != nil {
      throw fail(
        "dummynet", "'no dummynet' does not take a pipe or queue", at: options.place, &lexer)
    }
    if !isNo, options.dummynet == nil {
      throw fail("dummynet", "dummynet rule requires a pipe or queue", at: place, &lexer)
    }
    if let keep = options.keep, keep.state != .none {
      throw fail("dummynet", "cannot specify state handling on dummynet rules", at: place, &lexer)
    }
    rule.dummynet = options.dummynet
    rule.fragment = options.fragment
    rule.allowOptions = options.allowOptions
    decideFamily(statement.fromTo.source, &rule.family)
    decideFamily(statement.fromTo.destination, &rule.family)
    var lists = lists(of: statement)
    try expand(rule, &lists, at: place, &lexer)
  }
}
