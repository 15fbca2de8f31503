/// Ports, users and groups.
extension Parser {
  /// One port as written.
  struct Port {
    var first: UInt16
    var second: UInt16 = 0
    var isRange = false
    var place: Place
  }

  mutating func parsePorts() throws(StatementError) -> [PortItem] {
    try oneOrList { parser throws(StatementError) in try parser.parsePortItem() }
  }

  private mutating func parsePortItem() throws(StatementError) -> PortItem {
    let place = peekPlace()
    if let comparison = try parseUnaryOperator() {
      let port = try parsePort()
      if port.isRange { throw mixedPortOperators(place) }
      return PortItem(match: PortMatch(comparison, port.first), place: place)
    }
    let first = try parsePort()
    if case .portRange(let comparison) = peek() {
      take()
      let second = try parsePort()
      if first.isRange || second.isRange { throw mixedPortOperators(place) }
      return PortItem(match: PortMatch(comparison, first.first, second.first), place: place)
    }
    let match = PortMatch(first.isRange ? .range : .equal, first.first, first.second)
    return PortItem(match: match, place: first.place)
  }

  private mutating func mixedPortOperators(_ place: Place) -> StatementError {
    fail("port-operator", "':' cannot be used with an other port operator", at: place)
  }

  /// `=`, `!=`, `<`, `<=`, `>`, `>=`, or nil.
  mutating func parseUnaryOperator() throws(StatementError) -> Comparison? {
    if accept("=") { return .equal }
    if accept("!") {
      try expect("=")
      return .notEqual
    }
    if accept("<") { return accept("=") ? .lessOrEqual : .less }
    if accept(">") { return accept("=") ? .greaterOrEqual : .greater }
    return nil
  }

  private mutating func parsePort() throws(StatementError) -> Port {
    let place = peekPlace()
    if peek() == .number {
      let value = take().number
      guard let port = UInt16(exactly: value) else {
        throw fail(
          "port-number", "illegal port value \(UInt64(bitPattern: value))", at: place)
      }
      return Port(first: port, place: place)
    }
    let word = try expectString().text
    guard let colon = word.firstIndex(of: ":") else {
      return Port(first: try service(word, at: place), place: place)
    }
    let first = try service(String(word[..<colon]), at: place)
    let second = try service(String(word[word.index(after: colon)...]), at: place)
    return Port(first: first, second: second, isRange: true, place: place)
  }

  /// The port of a service's name or of a number as C reads it.
  private mutating func service(
    _ name: String, at place: Place
  ) throws(StatementError) -> UInt16 {
    if let value = CNumber.unsigned(name) {
      guard let port = UInt16(exactly: value) else {
        throw fail("port-number", "illegal port value \(value)", at: place)
      }
      return port
    }
    guard let port = handler.servicePort(name) else {
      throw fail("unknown-port", "unknown port \(name)", at: place)
    }
    return port
  }

  /// The port behind a pool of an rdr or nat rule.
  mutating func parsePoolPort(_ redirection: inout Redirection) throws(StatementError) {
    let place = peekPlace()
    if peek() == .number {
      let value = take().number
      guard let port = UInt16(exactly: value) else {
        throw fail("port-number", "illegal port value \(value)", at: place)
      }
      redirection.firstPort = port
      return
    }
    let word = try expectString().text
    guard let colon = word.firstIndex(of: ":") else {
      redirection.firstPort = try service(word, at: place)
      return
    }
    redirection.firstPort = try service(String(word[..<colon]), at: place)
    let last = word[word.index(after: colon)...]
    if last == "*" {
      redirection.isOpenEnded = true
      return
    }
    redirection.lastPort = try service(String(last), at: place)
    if redirection.lastPort == redirection.firstPort { redirection.lastPort = 0 }
  }

  mutating func parseIDs(isGroup: Bool) throws(StatementError) -> [IDItem] {
    try oneOrList { parser throws(StatementError) in try parser.parseIDItem(isGroup) }
  }

  private mutating func parseIDItem(_ isGroup: Bool) throws(StatementError) -> IDItem {
    let place = peekPlace()
    if let comparison = try parseUnaryOperator() {
      let id = try parseID(isGroup)
      if id == IDMatch.unknown, comparison != .equal, comparison != .notEqual {
        throw unknownWithOperator(isGroup, place)
      }
      return IDItem(match: IDMatch(comparison, id), place: place)
    }
    let first = try parseID(isGroup)
    guard case .portRange(let comparison) = peek() else {
      return IDItem(match: IDMatch(.equal, first), place: place)
    }
    take()
    let second = try parseID(isGroup)
    if first == IDMatch.unknown || second == IDMatch.unknown {
      throw unknownWithOperator(isGroup, place)
    }
    return IDItem(match: IDMatch(comparison, first, second), place: place)
  }

  private mutating func unknownWithOperator(_ isGroup: Bool, _ place: Place) -> StatementError {
    let word = isGroup ? "group" : "user"
    return fail("unknown-id", "\(word) unknown requires operator = or !=", at: place)
  }

  private mutating func parseID(_ isGroup: Bool) throws(StatementError) -> UInt32 {
    let place = peekPlace()
    if peek() == .number {
      let value = take().number
      guard let id = UInt32(exactly: value), id < IDMatch.unknown else {
        throw fail(
          "id", "illegal \(isGroup ? "gid" : "uid") value \(UInt64(bitPattern: value))", at: place)
      }
      return id
    }
    let name = try expectString().text
    if name == "unknown" { return IDMatch.unknown }
    guard let id = isGroup ? handler.groupID(name) : handler.userID(name) else {
      throw fail("unknown-id", "unknown \(isGroup ? "group" : "user") \(name)", at: place)
    }
    return id
  }
}
