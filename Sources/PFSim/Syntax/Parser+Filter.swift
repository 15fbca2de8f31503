extension Parser {
  /// `pass …` or `block …`; the keyword comes next.
  mutating func parseFilter(_ place: Place) throws(StatementError) {
    var statement = FilterStatement(place: place)
    if take().kind == .keyword(.block) { statement.block = try parseBlockSpec() }
    statement.direction = parseDirection()
    statement.logQuick = try parseLogQuick()
    statement.interfaces = try parseInterfaces()
    statement.route = try parseRoute()
    statement.familyPlace = peekPlace()
    statement.family = parseFamily()
    statement.protocols = try parseProtocols()
    statement.fromTo = try parseFromTo()
    statement.options = try parseFilterOptions()
    try finish(.filter(statement))
  }

  /// `dummynet …`; the keyword comes next, or `no` was read.
  mutating func parseDummynet(isNo: Bool, _ place: Place) throws(StatementError) {
    take()
    var statement = FilterStatement(place: place)
    statement.direction = parseDirection()
    statement.logQuick = try parseLogQuick()
    statement.interfaces = try parseInterfaces()
    statement.familyPlace = peekPlace()
    statement.family = parseFamily()
    statement.protocols = try parseProtocols()
    statement.fromTo = try parseFromTo()
    statement.options = try parseFilterOptions(isDummynet: true)
    try finish(.dummynet(statement, isNo: isNo))
  }

  private mutating func parseBlockSpec() throws(StatementError) -> BlockSpec {
    if accept(.drop) { return .drop }
    if accept(.return) { return .return }
    if accept(.returnRST) {
      guard accept("(") else { return .reset(ttl: 0) }
      try expect(.ttl)
      let token = try expectNumber()
      try expect(")")
      guard let ttl = UInt8(exactly: token.number) else {
        throw fail(
          "ttl", "illegal ttl value \(Int32(truncatingIfNeeded: token.number))", at: token.place)
      }
      return .reset(ttl: ttl)
    }
    if accept(.returnICMP6) {
      guard accept("(") else { return .icmp(defaultICMP, defaultICMP6) }
      let code = try parseReturnCode(.inet6)
      try expect(")")
      return .icmp(defaultICMP, code)
    }
    guard accept(.returnICMP) else { return .policy }
    guard accept("(") else { return .icmp(defaultICMP, defaultICMP6) }
    let code = try parseReturnCode(.inet)
    // KERNEL: pfctl's grammar gives the IPv4 default for IPv6 too when one code stands alone.
    if accept(")") { return .icmp(code, defaultICMP) }
    _ = accept(",")
    let code6 = try parseReturnCode(.inet6)
    try expect(")")
    return .icmp(code, code6)
  }

  /// `unreach`, `port-unr`.
  private var defaultICMP: UInt16 { 3 << 8 | 3 }

  /// `unreach`, `port-unr`.
  private var defaultICMP6: UInt16 { 1 << 8 | 4 }

  private mutating func parseReturnCode(
    _ family: AddressFamily
  ) throws(StatementError) -> UInt16 {
    let type = (family == .inet6 ? defaultICMP6 : defaultICMP) >> 8
    let place = peekPlace()
    var value: UInt64
    if peek() == .number {
      value = UInt64(bitPattern: take().number)
    } else {
      let word = try expectString().text
      if let number = CNumber.unsigned(word) {
        value = number
      } else if let code = ICMPNames.code(of: word, type: UInt8(type), family) {
        value = UInt64(code)
      } else {
        throw fail("icmp-code", "unknown icmp code \(word)", at: place)
      }
    }
    guard value <= 255 else { throw fail("icmp-code", "invalid icmp code \(value)", at: place) }
    return type << 8 | UInt16(value)
  }

  /// What stands behind the addresses.
  ///
  /// The options of the newest filter rule leave a mark.
  mutating func parseFilterOptions(
    isDummynet: Bool = false
  ) throws(StatementError) -> FilterOptions {
    var options = FilterOptions()
    newestFilterHadICMP = false
    while try parseFilterOption(&options, isDummynet) {}
    return options
  }

  private mutating func parseFilterOption(
    _ options: inout FilterOptions, _ isDummynet: Bool
  ) throws(StatementError) -> Bool {
    let place = peekPlace()
    guard case .keyword(let keyword) = peek() else {
      guard peek() == .symbol(33) else { return false }
      options.tagged = try parseTagMatch()
      return true
    }
    switch keyword {
    case .tagged: options.tagged = try parseTagMatch()
    case .user:
      take()
      options.userLists.append(try parseIDs(isGroup: false))
    case .group:
      take()
      options.groupLists.append(try parseIDs(isGroup: true))
    case .flags: try parseFlags(&options)
    case .icmpType, .icmp6Type: try parseICMP(&options, isSix: keyword == .icmp6Type)
    case .tos: try parseTOS(&options)
    case .no, .keep, .modulate, .synproxy: try parseKeep(&options)
    case .fragment:
      take()
      options.fragment = true
    case .allowOpts:
      take()
      options.allowOptions = true
    case .label: try parseLabel(&options)
    case .pipe where isDummynet: try parsePipe(&options, isQueue: false)
    case .queue where isDummynet: try parsePipe(&options, isQueue: true)
    case .queue: try parseQueue(&options)
    case .tag:
      take()
      options.tag = try expectStrings()
    case .probability: try parseProbability(&options)
    case .rtable:
      take()
      options.rtable = try parseRoutingTable()
    default: return false
    }
    options.place = place
    return true
  }

  private mutating func parsePipe(
    _ options: inout FilterOptions, isQueue: Bool
  ) throws(StatementError) {
    take()
    let token = try expectNumber()
    let word = isQueue ? "queue" : "pipe"
    guard (1...65535).contains(token.number) else {
      throw fail("dummynet", "illegal \(word) number \(token.number)", at: token.place)
    }
    options.dummynet = DummynetTarget(isQueue: isQueue, number: UInt32(token.number))
  }

  private mutating func parseFlags(_ options: inout FilterOptions) throws(StatementError) {
    let place = take().place
    var flags: UInt8 = 0
    var mask: UInt8 = 0
    if !accept(.any) {
      if !accept("/") {
        flags = try parseFlagLetters()
        try expect("/")
      }
      mask = try parseFlagLetters()
    }
    if options.hasFlags { throw fail("redefined", "flags cannot be redefined", at: place) }
    options.hasFlags = true
    options.flags = flags
    options.flagMask = mask
  }

  private mutating func parseFlagLetters() throws(StatementError) -> UInt8 {
    let word = try expectString()
    guard let flags = TCPFlagLetters.parse(word.text) else {
      throw fail("tcp-flags", "bad flags \(word.text)", at: word.place)
    }
    return flags
  }

  private mutating func parseTOS(_ options: inout FilterOptions) throws(StatementError) {
    let place = take().place
    let token: Token
    var value: UInt64 = 0
    if peek() == .number {
      token = take()
      value = UInt64(bitPattern: token.number)
    } else {
      token = try expectString()
      switch token.text {
      case "lowdelay": value = 0x10
      case "throughput": value = 0x08
      case "reliability": value = 0x04
      default:
        if token.text.hasPrefix("0x") { value = CNumber.hexadecimal(token.text.dropFirst(2)) }
      }
    }
    guard value != 0, value <= 255 else {
      let text = token.kind == .number ? "\(token.number)" : token.text
      throw fail("tos", "illegal tos value \(text)", at: token.place)
    }
    if options.tos != nil { throw fail("redefined", "tos cannot be redefined", at: place) }
    options.tos = UInt8(value)
  }

  private mutating func parseLabel(_ options: inout FilterOptions) throws(StatementError) {
    take()
    let text = try expectString()
    if options.label != nil {
      throw fail("redefined", "label cannot be redefined", at: text.place)
    }
    options.label = text.text
  }

  private mutating func parseQueue(_ options: inout FilterOptions) throws(StatementError) {
    let place = take().place
    var name = ""
    var priority = ""
    if accept("(") {
      name = try expectString().text
      if !accept(")") {
        _ = accept(",")
        priority = try expectString().text
        try expect(")")
      }
    } else {
      name = try expectString().text
    }
    if options.queue != nil { throw fail("redefined", "queue cannot be redefined", at: place) }
    options.queue = name
    options.priorityQueue = priority
  }

  private mutating func parseProbability(
    _ options: inout FilterOptions
  ) throws(StatementError) {
    take()
    let token: Token
    var value: Double
    if peek() == .number {
      token = take()
      value = Double(token.number)
    } else {
      token = try expectString()
      let (number, rest) = CNumber.fraction(token.text)
      value = number
      if rest.first == "%" { value *= 0.01 }
      if !(rest.isEmpty || rest == "%") {
        throw fail("probability", "invalid probability: \(token.text)", at: token.place)
      }
    }
    value = (value * 4_294_967_295 + 0.5).rounded(.down)
    guard value >= 0, value <= 4_294_967_295 else {
      throw fail(
        "probability", "invalid probability: \(DecimalText.fixed(value))", at: token.place)
    }
    options.probability = max(1, UInt32(value))
  }
}
