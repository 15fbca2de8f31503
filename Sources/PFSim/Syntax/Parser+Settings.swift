extension Parser {
  /// `set …`.
  ///
  /// Each takes effect as soon as it is complete, also inside a list.
  mutating func parseSetting() throws(StatementError) {
    take()
    guard case .keyword(let keyword) = peek() else { throw .syntax }
    take()
    switch keyword {
    case .optimization: try set(.optimization(try expectString().text))
    case .rulesetOptimization: try set(.rulesetOptimization(try expectStrings()))
    case .timeout: try parseNamedNumbers { .timeout($0, $1) }
    case .limit: try parseNamedNumbers { .limit($0, $1) }
    case .logInterface:
      try set(.logInterface(accept(.all) ? "all" : try expectString().text))
    case .hostID: try set(.hostID(try parseHexadecimal()))
    case .blockPolicy: try parseBlockPolicy()
    case .requireOrder: try set(.requireOrder(try parseYesNo()))
    case .fingerprints: try set(.fingerprints(try expectString().text))
    case .statePolicy: try parseStatePolicy()
    case .debug: try set(.debug(try expectString().text))
    case .skip:
      guard peek() == .keyword(.on) else { throw .syntax }
      try set(.skip(try parseInterfaces()))
    default: throw .syntax
    }
  }

  private mutating func set(_ setting: Setting) throws(StatementError) {
    try handle(.setting(setting))
  }

  private mutating func parseNamedNumbers(
    _ setting: (String, Int64) -> Setting
  ) throws(StatementError) {
    let isList = accept("{")
    if isList { skipNewlines() }
    var isFirst = true
    repeat {
      if !isFirst { _ = accept(",") }
      isFirst = false
      let name = try expectString().text
      try set(setting(name, try expectNumber().number))
      if isList { skipNewlines() }
    } while isList && !accept("}")
  }

  /// A number, or a word that C reads as one.
  private mutating func parseHexadecimal() throws(StatementError) -> Int64 {
    if peek() == .number { return take().number }
    let word = try expectString()
    guard let value = CNumber.unsigned(word.text) else {
      throw fail("number", "\(word.text) is not a number", at: word.place)
    }
    return Int64(bitPattern: value)
  }

  private mutating func parseBlockPolicy() throws(StatementError) {
    if accept(.drop) {
      try set(.blockPolicy(returns: false))
    } else {
      try expect(.return)
      try set(.blockPolicy(returns: true))
    }
  }

  private mutating func parseStatePolicy() throws(StatementError) {
    if accept(.ifBound) {
      try set(.statePolicy(ifBound: true))
    } else {
      try expect(.floating)
      try set(.statePolicy(ifBound: false))
    }
  }

  private mutating func parseYesNo() throws(StatementError) -> Bool {
    if accept(.no) { return false }
    let word = try expectString()
    guard word.text == "yes" else {
      throw fail("yes-or-no", "invalid value '\(word.text)', expected 'yes' or 'no'")
    }
    return true
  }
}
