/// The effects of `set`.
extension RulesetBuilder {
  /// Whether options of the host's pf count in this load.
  private var takesOptions: Bool { options.parts.contains(.options) }

  mutating func apply(_ setting: Setting, _ lexer: inout Lexer) throws(StatementError) {
    let place = lexer.tokenPlace
    switch setting {
    case .optimization(let name): try applyOptimization(name, place, &lexer)
    case .rulesetOptimization(let name): try applyRulesetOptimization(name, place, &lexer)
    case .timeout(let name, let value): try applyTimeout(name, value, place, &lexer)
    case .limit(let name, let value): try applyLimit(name, value, place, &lexer)
    case .logInterface(let name):
      try enter(.options, at: place, &lexer)
      guard takesOptions else { return }
      ruleset.options.logInterface = name == "none" ? "" : name
      print("set loginterface \(name)\n", &lexer)
    case .hostID(let value): try applyHostID(value, place, &lexer)
    case .blockPolicy(let returns):
      print("set block-policy \(returns ? "return" : "drop")\n", &lexer)
      try enter(.options, at: place, &lexer)
      blockPolicyReturns = returns
    case .requireOrder(let requires):
      print("set require-order \(requires ? "yes" : "no")\n", &lexer)
      requiresOrder = requires
    case .fingerprints(let file): try applyFingerprints(file, place, &lexer)
    case .statePolicy(let ifBound):
      print("set state-policy \(ifBound ? "if-bound" : "floating")\n", &lexer)
      bindsStates = ifBound
    case .debug(let name): try applyDebug(name, place, &lexer)
    case .skip(let interfaces): try applySkip(interfaces, place, &lexer)
    }
  }

  private mutating func applyOptimization(
    _ name: String, _ place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    try enter(.options, at: place, &lexer)
    guard takesOptions else { return }
    guard let hints = Self.timeouts(ofOptimization: name.lowercased()) else {
      lexer.log.printError("pfctl: invalid state timeouts optimization")
      throw fail("optimization", "unknown optimization \(name)", at: place, &lexer)
    }
    for (timeout, seconds) in hints { ruleset.options.timeouts[timeout] = seconds }
    print("set optimization \(name)\n", &lexer)
  }

  private static func timeouts(ofOptimization name: String) -> [(Timeout, UInt32)]? {
    let values: [UInt32]
    switch name {
    case "normal": values = [120, 30, 86400, 900, 45, 90, 30]
    case "satellite", "high-latency": values = [180, 35, 86400, 905, 50, 95, 60]
    case "conservative": values = [3600, 900, 432_000, 3600, 600, 180, 60]
    case "aggressive": values = [30, 5, 18000, 60, 30, 30, 10]
    default: return nil
    }
    let timeouts: [Timeout] = [
      .tcpFirst, .tcpOpening, .tcpEstablished, .tcpClosing, .tcpFinWait, .tcpClosed,
      .tcpTimestampDifference,
    ]
    return Array(zip(timeouts, values))
  }

  private mutating func applyRulesetOptimization(
    _ name: String, _ place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    let level: OptimizationLevel
    switch name {
    case "none": level = .none
    case "basic": level = .basic
    case "profile": level = .profile
    default:
      throw fail("optimization", "unknown ruleset-optimization \(name)", at: place, &lexer)
    }
    if ruleset.options.optimization == nil { ruleset.options.optimization = level }
  }

  private mutating func applyTimeout(
    _ name: String, _ value: Int64, _ place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    try enter(.options, at: place, &lexer)
    guard let seconds = UInt32(exactly: value) else {
      throw fail("number-range", "only positive values permitted", at: place, &lexer)
    }
    guard takesOptions else { return }
    guard let timeout = Timeout.ofPFConf(name.lowercased()) else {
      lexer.log.printError("pfctl: Bad timeout name.")
      throw fail("timeout-name", "unknown timeout \(name)", at: place, &lexer)
    }
    ruleset.options.timeouts[timeout] = seconds
    if timeout == .adaptiveStart || timeout == .adaptiveEnd { setsAdaptive = true }
    print("set timeout \(name) \(Int32(bitPattern: seconds))\n", &lexer)
  }

  private mutating func applyLimit(
    _ name: String, _ value: Int64, _ place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    try enter(.options, at: place, &lexer)
    guard let number = UInt32(exactly: value) else {
      throw fail("number-range", "only positive values permitted", at: place, &lexer)
    }
    guard let limit = Limit.allCases.first(where: { $0.name == name.lowercased() }) else {
      lexer.log.printError("pfctl: Bad pool name.")
      throw fail("limit-name", "unable to set limit \(name) \(number)", at: place, &lexer)
    }
    ruleset.options.limits[limit] = number
    print("set limit \(name) \(Int32(bitPattern: number))\n", &lexer)
  }

  private mutating func applyHostID(
    _ value: Int64, _ place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    guard value != 0, value <= Int64(UInt32.max) else {
      throw fail("number-range", "hostid must be non-zero", at: place, &lexer)
    }
    guard takesOptions else { return }
    let number = UInt32(truncatingIfNeeded: value)
    ruleset.options.hostID = number
    let digits = String(number, radix: 16)
    let zeros = String(repeating: "0", count: 8 - digits.count)
    print("set hostid 0x\(zeros)\(digits)\n", &lexer)
  }

  private mutating func applyFingerprints(
    _ file: String, _ place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    print("set fingerprints \"\(file)\"\n", &lexer)
    try enter(.options, at: place, &lexer)
    guard options.anchorPath.isEmpty else { return }
    switch options.readFile(file) {
    case .failure(let reason):
      lexer.log.printError("pfctl: \(file): \(reason)")
      throw fail("fingerprints", "error loading fingerprints \(file)", at: place, &lexer)
    case .success(let bytes):
      let list = FingerprintList(parsing: bytes)
      for problem in list.problems {
        lexer.log.printError("\(file):\(problem.line) \(problem.message)")
      }
      ruleset.options.fingerprintsFile = file
      ruleset.options.fingerprints = bytes.isEmpty ? nil : list
    }
  }

  private mutating func applyDebug(
    _ name: String, _ place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    try enter(.options, at: place, &lexer)
    guard takesOptions else { return }
    switch name {
    case "none": ruleset.options.debug = DebugLevel.none
    case "urgent": ruleset.options.debug = .urgent
    case "misc": ruleset.options.debug = .misc
    case "loud": ruleset.options.debug = .loud
    default:
      lexer.log.printError("pfctl: unknown debug level \"\(name)\"")
      throw fail("debug-level", "error setting debuglevel \(name)", at: place, &lexer)
    }
    print("set debug \(name)\n", &lexer)
  }

  private mutating func applySkip(
    _ interfaces: [InterfaceItem], _ place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    if interfaces.count == 1, interfaces[0].name == "none", !interfaces[0].isNegated {
      print("set skip on none\n", &lexer)
      ruleset.options.skipInterfaces = []
      return
    }
    var text = "set skip on {"
    var hasError = false
    for item in interfaces {
      text += " " + item.name
      if item.isNegated {
        lexer.report(
          "skip-negated", "skip on ! <interface> is not supported",
          pfctl: "skip on ! <interface> is not supported", at: item.place)
        hasError = true
      } else {
        ruleset.options.skipInterfaces.append(item.name)
      }
    }
    print(text + " }\n", &lexer)
    if hasError {
      lexer.report(
        "skip-negated", "error setting skip interface(s)",
        pfctl: "error setting skip interface(s)", at: place, isConsequence: true)
      throw .abandoned
    }
  }

  /// What pfctl does with the options when the file is read: adaptive timeouts from the limit.
  mutating func finishOptions() {
    guard !setsAdaptive, let states = ruleset.options.limits[.states] else { return }
    ruleset.options.timeouts[.adaptiveStart] = states / 10 &* 6
    ruleset.options.timeouts[.adaptiveEnd] = states / 10 &* 12
  }
}
