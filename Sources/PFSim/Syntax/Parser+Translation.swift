extension Parser {
  /// `nat …` or `rdr …`; the keyword comes next, or `no` was read.
  mutating func parseTranslation(isNo: Bool, _ place: Place) throws(StatementError) {
    let isNAT = take().kind == .keyword(.nat)
    var statement = TranslationStatement(
      action: isNAT ? (isNo ? .noNat : .nat) : (isNo ? .noRdr : .rdr), place: place)
    let passPlace = peekPlace()
    try parsePassLog(&statement.passes, &statement.log, &statement.logInterface)
    if isNo, statement.passes {
      throw fail("no-pass", "\"pass\" not valid with \"no\"", at: passPlace)
    }
    statement.interfaces = try parseInterfaces()
    statement.family = parseFamily()
    statement.protocols = try parseProtocols()
    statement.fromTo = try parseFromTo()
    try parseTags(&statement.tag, &statement.tagged, &statement.rtable)
    if peek() == .arrow {
      take()
      let hosts = accept("{") ? try parsePoolList() : try parseHost()
      var redirection = Redirection(hosts: hosts)
      if accept(.port) { try parsePoolPort(&redirection) }
      statement.redirection = redirection
    }
    statement.pool = try parsePoolOptions(allowsMapping: true)
    try finish(.translation(statement))
  }

  /// `pass`, `log`, or `pass log`.
  private mutating func parsePassLog(
    _ passes: inout Bool, _ log: inout LogOptions, _ interface: inout UInt8
  ) throws(StatementError) {
    passes = accept(.pass)
    if peek() == .keyword(.log) { try parseLog(&log, &interface) }
  }

  private mutating func parseTags(
    _ tag: inout String?, _ tagged: inout TagMatch?, _ rtable: inout Int32?
  ) throws(StatementError) {
    if accept(.tag) { tag = try expectString().text }
    if peek() == .keyword(.tagged) || peek() == .symbol(33) { tagged = try parseTagMatch() }
    if accept(.rtable) { rtable = try parseRoutingTable() }
  }

  private mutating func parsePoolList() throws(StatementError) -> [HostItem] {
    try restOfList { parser throws(StatementError) in try parser.parseHost() }.flatMap { $0 }
  }

  /// `binat …`; the keyword comes next, or `no` was read.
  mutating func parseBinat(isNo: Bool, _ place: Place) throws(StatementError) {
    take()
    var statement = BinatStatement(isNo: isNo, place: place)
    try parsePassLog(&statement.passes, &statement.log, &statement.logInterface)
    statement.interfaces = try parseInterfaces()
    statement.family = parseFamily()
    statement.protocols = try parseProtocols()
    try expect(.from)
    statement.source = try parseHost()
    if accept(.to) { statement.destination = try parseHosts() }
    try parseTags(&statement.tag, &statement.tagged, &statement.rtable)
    if peek() == .arrow {
      take()
      var redirection = Redirection(hosts: try parseHost())
      if accept(.port) { try parsePoolPort(&redirection) }
      statement.redirection = redirection
    }
    try finish(.binat(statement))
  }

  /// Pool types, `static-port`, `sticky-address` and Apple's words.
  mutating func parsePoolOptions(
    allowsMapping: Bool
  ) throws(StatementError) -> PoolOptions {
    var options = PoolOptions()
    while case .keyword(let keyword) = peek() {
      let place = peekPlace()
      switch keyword {
      case .bitmask: try setSelection(.bitmask, &options, place)
      case .random: try setSelection(.random, &options, place)
      case .roundRobin: try setSelection(.roundRobin, &options, place)
      case .sourceHash: try parseSourceHash(&options, place)
      case .staticPort:
        take()
        if options.isStaticPort {
          throw fail("redefined", "static-port cannot be redefined", at: place)
        }
        options.isStaticPort = true
      case .stickyAddress:
        take()
        // KERNEL: pfctl looks at the filter rules' marks here, where this bit means icmp-type.
        if newestFilterHadICMP {
          throw fail("redefined", "sticky-address cannot be redefined", at: place)
        }
        options.isSticky = true
      case .extFilter where allowsMapping: options.filter = try parseDependence()
      case .extMap where allowsMapping: options.mapping = try parseDependence()
      default: return options
      }
    }
    return options
  }

  private mutating func setSelection(
    _ selection: PoolSelection, _ options: inout PoolOptions, _ place: Place
  ) throws(StatementError) {
    take()
    if options.selection != .none {
      throw fail("redefined", "pool type cannot be redefined", at: place)
    }
    options.selection = selection
  }

  private mutating func parseSourceHash(
    _ options: inout PoolOptions, _ place: Place
  ) throws(StatementError) {
    take()
    var key = Self.unwrittenKey
    if peek() == .string { key = try parseHashKey() }
    if options.selection != .none {
      throw fail("redefined", "pool type cannot be redefined", at: place)
    }
    options.selection = .sourceHash
    options.hashKey = key
  }

  /// Where no key is written, pfctl draws one at random; a fixed one keeps replays repeatable.
  private static var unwrittenKey: [UInt32] {
    [0x7543_2777, 0xcd30_5e6a, 0x25db_fac1, 0x4b5c_952c]
  }

  private mutating func parseHashKey() throws(StatementError) -> [UInt32] {
    let place = peekPlace()
    let text = try expectStrings()
    guard text.hasPrefix("0x") else { return MD5.hash(Array(text.utf8)) }
    guard text.utf8.count == 34 else {
      throw fail(
        "hash-key", "hex key must be 128 bits (32 hex digits) long", at: place)
    }
    var words: [UInt32] = []
    let digits = Array(text.utf8.dropFirst(2))
    for index in 0..<4 {
      var part = String(decoding: digits[(index * 8)..<(index * 8 + 8)], as: UTF8.self)[...]
      // What stands behind the last word's good digits is not looked at.
      if index == 3 { part = part.prefix { $0.isASCII && $0.isHexDigit } }
      guard let word = UInt32(part, radix: 16) else {
        throw fail("hash-key", "invalid hex key", at: place)
      }
      words.append(word)
    }
    return words
  }

  private mutating func parseDependence() throws(StatementError) -> EndpointDependence {
    take()
    let word = try expectString()
    switch word.text {
    case "ei": return .independent
    case "ad": return .address
    case "apd": return .addressAndPort
    default:
      throw fail("mapping-mode", "unknown mode \(word.text)", at: word.place)
    }
  }

  /// `route-to`, `reply-to`, `dup-to` with hops, `fastroute`, or nothing.
  mutating func parseRoute() throws(StatementError) -> RouteClause? {
    var route: RouteClause
    switch peek() {
    case .keyword(.fastRoute):
      take()
      return RouteClause(kind: .fastRoute)
    case .keyword(.routeTo): route = RouteClause(kind: .routeTo)
    case .keyword(.replyTo): route = RouteClause(kind: .replyTo)
    case .keyword(.dupTo): route = RouteClause(kind: .dupTo)
    default: return nil
    }
    take()
    if accept("{") {
      skipNewlines()
      route.hosts = try parseHop()
      skipNewlines()
      while !accept("}") {
        _ = accept(",")
        let more = try parseHop()
        skipNewlines()
        if route.hosts[0].family == .unspecified { route.hosts[0].family = more[0].family }
        if route.hosts[0].family != more[0].family {
          throw fail(
            "pool-families", "all pool addresses must be in the same address family",
            at: more[0].place)
        }
        route.hosts += more
      }
    } else {
      route.hosts = try parseHop()
    }
    route.pool = try parsePoolOptions(allowsMapping: false)
    return route
  }

  private mutating func parseHop() throws(StatementError) -> [HostItem] {
    if peek() == .string {
      let name = take()
      return [
        HostItem(
          mask: AddressBits(prefixLength: 128), hopInterface: Self.hopInterface(name),
          place: name.place)
      ]
    }
    try expect("(")
    let name = try expectString()
    var hosts = try parseHost()
    try expect(")")
    // KERNEL: of the several addresses of one name only the first gets the interface.
    hosts[0].hopInterface = Self.hopInterface(name)
    return hosts
  }

  private static func hopInterface(_ name: Token) -> String? {
    name.text.isEmpty ? nil : name.text
  }
}
