/// Direction, log, quick, interface, family and protocol: the fixed parts of rules.
extension Parser {
  mutating func parseDirection() -> Direction {
    if accept(.in) { return .in }
    if accept(.out) { return .out }
    return .any
  }

  mutating func parseFamily() -> AddressFamily {
    if accept(.inet) { return .inet }
    if accept(.inet6) { return .inet6 }
    return .unspecified
  }

  /// `log` and `quick` in either order.
  mutating func parseLogQuick() throws(StatementError) -> LogQuick {
    var result = LogQuick()
    if peek() == .keyword(.quick) {
      result.quickPlace = take().place
      result.quick = true
      if peek() == .keyword(.log) { try parseLog(&result.log, &result.logInterface) }
    } else if peek() == .keyword(.log) {
      try parseLog(&result.log, &result.logInterface)
      if peek() == .keyword(.quick) {
        result.quickPlace = take().place
        result.quick = true
      }
    }
    return result
  }

  /// `log` with its options; the keyword comes next.
  mutating func parseLog(
    _ log: inout LogOptions, _ interface: inout UInt8
  ) throws(StatementError) {
    take()
    log = .log
    guard accept("(") else { return }
    var isFirst = true
    repeat {
      if !isFirst { _ = accept(",") }
      isFirst = false
      if accept(.all) {
        log.insert(.all)
      } else if accept(.user) || accept(.group) {
        log.insert(.user)
      } else {
        try expect(.to)
        let number = try parseLogInterface()
        if number != 0 { interface = number }
      }
    } while !accept(")")
  }

  private mutating func parseLogInterface() throws(StatementError) -> UInt8 {
    let place = peekPlace()
    let name = try expectStrings()
    guard name.hasPrefix("pflog") else {
      throw fail("log-interface", "\(name): should be a pflog interface", at: place)
    }
    let digits = name.dropFirst(5)
    guard let number = Int64(digits), !digits.hasPrefix("+") else {
      let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (48...57).contains($0) }
      throw fail(
        "log-interface", "\(name): \(isNumber ? "too large" : "invalid")", at: place)
    }
    guard number >= 0 else {
      throw fail("log-interface", "\(name): too small", at: place)
    }
    guard let unit = UInt8(exactly: number) else {
      throw fail("log-interface", "\(name): too large", at: place)
    }
    return unit
  }

  /// `on …`, or nothing.
  mutating func parseInterfaces() throws(StatementError) -> [InterfaceItem] {
    guard accept(.on) else { return [] }
    return try oneOrList { parser throws(StatementError) in
      let isNegated = parser.accept("!")
      var item = try parser.parseInterfaceName()
      item.isNegated = isNegated
      return item
    }
  }

  mutating func parseInterfaceName() throws(StatementError) -> InterfaceItem {
    let name = try expectString()
    if name.text.utf8.count > 15 {
      throw fail("name-too-long", "interface name too long", at: name.place)
    }
    return InterfaceItem(name: name.text, isNegated: false, place: name.place)
  }

  /// `proto …`, or nothing.
  mutating func parseProtocols() throws(StatementError) -> [ProtocolItem] {
    guard accept(.proto) else { return [] }
    return try oneOrList { parser throws(StatementError) in try parser.parseProtocol() }
  }

  mutating func parseProtocol() throws(StatementError) -> ProtocolItem {
    var number: UInt8 = 0
    let place = peekPlace()
    if peek() == .number {
      let value = take().number
      guard let byte = UInt8(exactly: value) else {
        throw fail("protocol", "protocol outside range", at: place)
      }
      number = byte
    } else {
      let name = try expectString().text
      guard let known = ProtocolNames.number(of: name) else {
        throw fail("unknown-protocol", "unknown protocol \(name)", at: place)
      }
      number = known
    }
    if number == 0 { throw fail("protocol", "proto 0 cannot be used", at: place) }
    return ProtocolItem(proto: IPProtocol(rawValue: number), place: place)
  }

  /// A number behind `rtable`.
  mutating func parseRoutingTable() throws(StatementError) -> Int32 {
    let token = try expectNumber()
    guard (0...255).contains(token.number) else {
      throw fail("routing-table", "invalid rtable id", at: token.place)
    }
    return Int32(token.number)
  }
}
