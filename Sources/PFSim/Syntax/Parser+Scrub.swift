extension Parser {
  /// `scrub …`; the keyword comes next, or `no` was read.
  mutating func parseScrub(isNo: Bool, _ place: Place) throws(StatementError) {
    take()
    var statement = ScrubStatement(isNo: isNo, place: place)
    statement.direction = parseDirection()
    statement.logQuick = try parseLogQuick()
    statement.interfaces = try parseInterfaces()
    statement.family = parseFamily()
    statement.protocols = try parseProtocols()
    statement.fromTo = try parseFromTo()
    var hasFragments = false
    while try parseScrubOption(&statement, &hasFragments) {}
    try finish(.scrub(statement))
  }

  private mutating func parseScrubOption(
    _ statement: inout ScrubStatement, _ hasFragments: inout Bool
  ) throws(StatementError) -> Bool {
    let place = peekPlace()
    switch peek() {
    case .keyword(.noDF):
      take()
      if statement.options.noDF { throw respecified("no-df", place) }
      statement.options.noDF = true
    case .keyword(.randomID):
      take()
      if statement.options.randomID { throw respecified("random-id", place) }
      statement.options.randomID = true
    case .keyword(.minTTL): try parseMinTTL(&statement, place)
    case .keyword(.maxMSS): try parseMaxMSS(&statement, place)
    case .keyword(.fragment):
      statement.options.fragments = try parseFragments()
      if hasFragments { throw respecified("fragcache", place) }
      hasFragments = true
    case .keyword(.reassemble):
      take()
      let word = try expectString().text
      guard word.lowercased() == "tcp" else {
        throw fail("scrub-option", "scrub reassemble supports only tcp, not '\(word)'", at: place)
      }
      if statement.options.reassembleTCP { throw respecified("reassemble tcp", place) }
      statement.options.reassembleTCP = true
    case .keyword(.rtable):
      take()
      statement.rtable = try parseRoutingTable()
    case .keyword(.tagged), .symbol(33):
      statement.tagged = try parseTagMatch()
    default: return false
    }
    return true
  }

  private mutating func respecified(_ word: String, _ place: Place) -> StatementError {
    fail("redefined", "\(word) cannot be respecified", at: place)
  }

  private mutating func parseMinTTL(
    _ statement: inout ScrubStatement, _ place: Place
  ) throws(StatementError) {
    take()
    let number = try expectNumber().number
    if statement.hasMinTTL { throw respecified("min-ttl", place) }
    guard let ttl = UInt8(exactly: number) else {
      throw fail("scrub-option", "illegal min-ttl value \(Int32(truncatingIfNeeded: number))")
    }
    statement.hasMinTTL = true
    statement.options.minTTL = ttl
  }

  private mutating func parseMaxMSS(
    _ statement: inout ScrubStatement, _ place: Place
  ) throws(StatementError) {
    take()
    let number = try expectNumber().number
    if statement.hasMaxMSS { throw respecified("max-mss", place) }
    guard let size = UInt16(exactly: number) else {
      throw fail("scrub-option", "illegal max-mss value \(Int32(truncatingIfNeeded: number))")
    }
    statement.hasMaxMSS = true
    statement.options.maxMSS = size
  }

  private mutating func parseFragments() throws(StatementError) -> ScrubOptions.Fragments {
    take()
    if accept(.reassemble) { return .reassemble }
    if accept(.crop) { return .crop }
    try expect(.dropOverlap)
    return .dropOverlap
  }

  /// `tagged NAME` or `! tagged NAME`.
  mutating func parseTagMatch() throws(StatementError) -> TagMatch {
    let isNegated = accept("!")
    try expect(.tagged)
    return TagMatch(name: try expectStrings(), isNegated: isNegated)
  }
}
