extension Parser {
  /// `anchor …`, with rules in braces where they stand; the keyword comes next.
  mutating func parseAnchor(_ place: Place) throws(StatementError) {
    take()
    var statement = AnchorStatement(place: place)
    if peek() == .string { statement.name = take().text }
    statement.direction = parseDirection()
    statement.quick = accept(.quick)
    statement.interfaces = try parseInterfaces()
    statement.family = parseFamily()
    statement.protocols = try parseProtocols()
    statement.fromTo = try parseFromTo()
    statement.options = try parseFilterOptions()
    // The mark that `sticky-address` looks at is that of the newest rule with options, which the
    // rules in the braces replace.
    if peek() == .symbol(123) {
      try parseBraces()
    } else if peek() != .newline {
      throw .syntax
    }
    try handle(.anchor(statement))
  }

  /// The rules in braces: each on a line of its own.
  private mutating func parseBraces() throws(StatementError) {
    let place = take().place
    anchorDepth += 1
    defer { anchorDepth -= 1 }
    if anchorDepth > 63 { throw fail("too-deep", "anchors are nested too deeply", at: place) }
    handler.openAnchor(at: place, &lexer)
    guard peek() == .newline else { throw .syntax }
    take()
    while !accept("}") {
      if peek() == .newline {
        take()
        continue
      }
      let place = peekPlace()
      switch peek() {
      case .keyword(.pass), .keyword(.block): try parseFilter(place)
      case .keyword(.anchor): try parseAnchor(place)
      case .keyword(.natAnchor), .keyword(.rdrAnchor), .keyword(.binatAnchor),
        .keyword(.scrubAnchor), .keyword(.dummynetAnchor):
        try parseListAnchor(place)
      default: throw .syntax
      }
      guard peek() == .newline else { throw .syntax }
      take()
    }
    handler.closeAnchor()
  }

  /// An anchor of one of the other lists; the keyword comes next.
  ///
  /// `fragment reassemble` stands behind a scrub anchor in pfctl's output, so that it is read too.
  mutating func parseListAnchor(_ place: Place) throws(StatementError) {
    let keyword = take().kind
    let action: RuleAction =
      switch keyword {
      case .keyword(.natAnchor): .nat
      case .keyword(.rdrAnchor): .rdr
      case .keyword(.binatAnchor): .binat
      case .keyword(.scrubAnchor): .scrub
      default: .dummynet
      }
    var statement = ListAnchorStatement(action: action, name: try expectStrings(), place: place)
    if action == .scrub || action == .dummynet { statement.direction = parseDirection() }
    statement.interfaces = try parseInterfaces()
    statement.family = parseFamily()
    statement.protocols = try parseProtocols()
    statement.fromTo = try parseFromTo()
    if action == .scrub, accept(.fragment) { try expect(.reassemble) }
    if action != .scrub, action != .dummynet, accept(.rtable) {
      statement.rtable = try parseRoutingTable()
    }
    try finish(.listAnchor(statement))
  }
}
