/// ICMP types, and the state clause of filter rules.
extension Parser {
  mutating func parseICMP(
    _ options: inout FilterOptions, isSix: Bool
  ) throws(StatementError) {
    let place = take().place
    let items = try oneOrList { parser throws(StatementError) in
      try parser.parseICMPItem(isSix ? .inet6 : .inet)
    }
    if options.hasICMP {
      throw fail("redefined", "icmp-type cannot be redefined", at: place)
    }
    options.hasICMP = true
    newestFilterHadICMP = true
    options.icmp = items
  }

  private mutating func parseICMPItem(_ family: AddressFamily) throws(StatementError) -> ICMPItem {
    let word = family == .inet6 ? "icmp6" : "icmp"
    let place = peekPlace()
    let type: UInt8
    if peek() == .number {
      type = try icmpByte("\(word)-type")
    } else {
      let name = try expectString().text
      guard let known = ICMPNames.type(of: name, family) else {
        throw fail("icmp-type", "unknown \(word)-type \(name)", at: place)
      }
      type = known
    }
    var item = ICMPItem(
      storedType: type &+ 1, proto: family == .inet6 ? .icmpv6 : .icmp, place: place)
    guard accept(.code) else { return item }
    if peek() == .number {
      // KERNEL: of numbers pfctl says icmp-code in both families.
      item.storedCode = try icmpByte("icmp-code") &+ 1
      return item
    }
    let name = try expectString()
    guard let code = ICMPNames.code(of: name.text, type: type, family) else {
      throw fail("icmp-code", "unknown \(word)-code \(name.text)", at: name.place)
    }
    item.storedCode = code &+ 1
    return item
  }

  private mutating func icmpByte(_ what: String) throws(StatementError) -> UInt8 {
    let token = take()
    guard let value = UInt8(exactly: token.number) else {
      throw fail(
        "icmp-type", "illegal \(what) \(UInt64(bitPattern: token.number))", at: token.place)
    }
    return value
  }

  /// `no state`, or `keep`, `modulate` or `synproxy state` with options.
  mutating func parseKeep(_ options: inout FilterOptions) throws(StatementError) {
    let word = take()
    var keep: KeepClause
    switch word.kind {
    case .keyword(.keep): keep = KeepClause(state: .keep)
    case .keyword(.modulate): keep = KeepClause(state: .modulate)
    case .keyword(.synproxy): keep = KeepClause(state: .synproxy)
    default: keep = KeepClause(state: .none)
    }
    try expect(.state)
    if keep.state != .none, accept("(") {
      var isFirst = true
      repeat {
        if !isFirst { _ = accept(",") }
        isFirst = false
        keep.options.append(try parseStateOption())
      } while !accept(")")
    }
    if keep.state != .none, keep.options.isEmpty, !canFollowOption(peek()) { throw .syntax }
    if options.keep != nil {
      throw fail("redefined", "modulate or keep cannot be redefined", at: word.place)
    }
    options.keep = keep
  }

  /// Whether a token may stand behind an option of a filter rule.
  private func canFollowOption(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .newline, .symbol(123), .symbol(33): true
    case .keyword(let keyword):
      switch keyword {
      case .user, .group, .flags, .icmpType, .icmp6Type, .tos, .no, .keep, .modulate, .synproxy,
        .fragment, .allowOpts, .label, .queue, .tag, .tagged, .probability, .rtable, .pipe:
        true
      default: false
      }
    default: false
    }
  }

  private mutating func parseStateOption() throws(StatementError) -> StateOption {
    guard case .keyword(let keyword) = peek() else { return try parseStateTimeout() }
    take()
    switch keyword {
    case .max: return .max(try positive())
    case .noSync: return .noSync
    case .maxSrcStates: return .maxSourceStates(try positive())
    case .maxSrcConn: return .maxSourceConnections(try positive())
    case .maxSrcNodes: return .maxSourceNodes(try positive())
    case .maxSrcConnRate: return try parseConnectionRate()
    case .overload: return try parseOverload()
    case .sourceTrack:
      if accept(.global) { return .sourceTrack(.global) }
      if accept(.rule) { return .sourceTrack(.rule) }
      return .sourceTrack(.none)
    case .ifBound: return .ifBound
    case .floating: return .floating
    default: throw .syntax
    }
  }

  private mutating func positive() throws(StatementError) -> UInt32 {
    let token = try expectNumber()
    guard let value = UInt32(exactly: token.number) else {
      throw fail("number-range", "only positive values permitted", at: token.place)
    }
    return value
  }

  private mutating func parseConnectionRate() throws(StatementError) -> StateOption {
    let count = try expectNumber()
    try expect("/")
    let seconds = try expectNumber()
    guard let limit = UInt32(exactly: count.number), let time = UInt32(exactly: seconds.number)
    else {
      throw fail(
        "number-range", "only positive values permitted",
        at: count.place.extended(to: seconds.place))
    }
    return .maxSourceConnectionRate(limit, seconds: time)
  }

  private mutating func parseOverload() throws(StatementError) -> StateOption {
    try expect("<")
    let name = try expectString()
    try expect(">")
    var flush = OverloadFlush.none
    if accept(.flush) { flush = accept(.global) ? .global : .rule }
    if isTableNameTooLong(name.text) {
      throw fail("name-too-long", "table name '\(name.text)' too long", at: name.place)
    }
    return .overload(table: name.text, flush: flush)
  }

  private mutating func parseStateTimeout() throws(StatementError) -> StateOption {
    let name = try expectString()
    // Where no number follows, the word may be another system's option.
    firstWord = name
    let seconds = try positive()
    firstWord = nil
    guard let timeout = Timeout.ofPFConf(name.text) else {
      throw fail("timeout-name", "illegal timeout name \(name.text)", at: name.place)
    }
    guard timeout.name.contains(".") else {
      throw fail("timeout-name", "illegal state timeout \(name.text)", at: name.place)
    }
    return .timeout(timeout, seconds)
  }
}

extension Timeout {
  /// The timeout of a name in pf.conf; pfctl does not know `esp.initiating`.
  static func ofPFConf(_ name: String) -> Timeout? {
    allCases.first { $0.name == name && $0 != .espInitiating }
  }
}
