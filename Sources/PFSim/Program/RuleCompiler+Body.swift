extension RuleCompiler {
  func describe(_ rule: Rule, _ body: inout RuleBody) {
    body.list = AnchorTree.list(anchor, kind)
    body.action = rule.action
    body.log = rule.log.rawValue
    body.logInterface = rule.logInterface
    body.quick = rule.quick
    body.direction = rule.direction.rawValue
    body.family = rule.family.rawValue
    body.blockReturn = rule.blockReturn
    body.allowOptions = rule.allowOptions
    body.scrub = rule.scrub
    body.passesTranslated = rule.passesTranslated
    body.hasPipe = rule.dummynet != nil
    describeCriteria(rule, &body)
    describeState(rule, &body)
    describePool(rule, &body)
    describeCall(rule, &body)
  }

  private func describeCriteria(_ rule: Rule, _ body: inout RuleBody) {
    body.tag = program.tags.number(rule.tag)
    body.matchTag = program.tags.number(rule.tagged)
    body.matchTagNegated = rule.taggedNegated
    body.hasTOS = (rule.tos ?? 0) != 0
    body.tos = rule.tos ?? 0
    body.probability = rule.probability
    body.rtable = rule.rtable ?? 0
    if let user = rule.user {
      body.userOperator = user.comparison.rawValue
      (body.user, body.user2) = (user.first, user.second)
    }
    if let group = rule.group {
      body.groupOperator = group.comparison.rawValue
      (body.group, body.group2) = (group.first, group.second)
    }
    if let wanted = rule.fingerprint { body.fingerprint = program.fingerprint(wanted) }
  }

  private func describeState(_ rule: Rule, _ body: inout RuleBody) {
    let options = rule.stateOptions
    body.keepState = rule.state
    body.interfaceBound = options.interfaceBound
    body.sourceTracking = options.sourceTrack
    body.overloadFlush = options.overloadFlush
    body.maxStates = options.max
    body.maxSourceNodes = options.maxSourceNodes
    body.maxSourceStates = options.maxSourceStates
    body.maxSourceConnections = options.maxSourceConnections
    body.connectionRateLimit = options.connectionRateLimit
    body.connectionRateSeconds = options.connectionRateSeconds
    if !options.overloadTable.isEmpty {
      body.overloadTable = program.tables.attach(options.overloadTable, anchor: anchor, now: now)
      // KERNEL: pfioctl_ioc_rule() sets PFR_TFLAG_ACTIVE on a rule's overload table.
      let flags = program.tables.records.base[Int(body.overloadTable)].flags
      program.tables.set(flags.union(.active), of: body.overloadTable)
    }
    guard !options.timeouts.isEmpty else { return }
    body.timeouts = Int32(truncatingIfNeeded: program.ruleTimeouts.count)
    for timeout in Timeout.allCases {
      _ = program.ruleTimeouts.append(options.timeouts[timeout] ?? 0)
    }
  }

  private func describeCall(_ rule: Rule, _ body: inout RuleBody) {
    guard let call = rule.anchorCall else { return }
    body.anchor = program.anchors.findOrMake(call.path)
    body.anchorWildcard = call.wildcard
    program.anchors.nodes.base[Int(body.anchor)].references += 1
  }

  private func describePool(_ rule: Rule, _ body: inout RuleBody) {
    if let routing = rule.routing { body.routing = routing.kind.rawValue }
    guard let source = rule.pool ?? rule.routing?.pool, !source.elements.isEmpty else { return }
    var pool = RulePool()
    pool.selection = source.selection
    pool.isSticky = source.sticky
    pool.family = rule.action == .nat64 ? AddressFamily.inet.rawValue : rule.family.rawValue
    pool.first = Int32(truncatingIfNeeded: program.elements.count)
    pool.current = pool.first
    pool.count = Int32(truncatingIfNeeded: source.elements.count)
    pool.firstPort = source.firstPort
    pool.lastPort = source.lastPort
    if source.hashKey.count == 4 {
      pool.key = (source.hashKey[0], source.hashKey[1], source.hashKey[2], source.hashKey[3])
    }
    for element in source.elements { add(element, rule) }
    body.externalFilter = source.externalFilter.rawValue
    body.externalMapping = source.externalMapping.rawValue
    body.pool = Int32(truncatingIfNeeded: program.pools.append(pool))
  }

  private func add(_ element: AddressPool.Element, _ rule: Rule) {
    let family = rule.action == .nat64 ? AddressFamily.inet : rule.family
    var compiled = RulePool.Element()
    (compiled.kind, compiled.operand) = operand(element.address, family)
    compiled.interface = element.interface.map { program.interfaces.index($0) } ?? -1
    _ = program.elements.append(compiled)
  }
}
