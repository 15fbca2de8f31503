/// Addresses, ports and their lists.
extension Parser {
  /// `all`, or `from … os … to …` with any part left out.
  mutating func parseFromTo() throws(StatementError) -> FromTo {
    var result = FromTo()
    result.place = peekPlace()
    if accept(.all) { return result }
    if accept(.from) {
      try parseHostsAndPorts(&result.source, &result.sourcePorts)
    }
    if accept(.os) {
      result.systems = try oneOrList { parser throws(StatementError) in
        let name = try parser.expectString()
        return SystemItem(name: name.text, place: name.place)
      }
    }
    if accept(.to) {
      try parseHostsAndPorts(&result.destination, &result.destinationPorts)
      try refuseUnicastCheck(
        result.destination, "\"urpf-failed\" is not permitted in a destination address")
    }
    return result
  }

  /// Fails where `urpf-failed` stands among destinations.
  mutating func refuseUnicastCheck(
    _ hosts: [HostItem], _ message: String
  ) throws(StatementError) {
    if let host = hosts.first(where: { $0.kind == .urpfFailed }) {
      throw fail("urpf-failed", message, at: host.place)
    }
  }

  private mutating func parseHostsAndPorts(
    _ hosts: inout [HostItem], _ ports: inout [PortItem]
  ) throws(StatementError) {
    if accept(.port) {
      ports = try parsePorts()
      return
    }
    hosts = try parseHosts()
    if accept(.port) { ports = try parsePorts() }
  }

  /// `any`, an address, or a list; empty for any.
  mutating func parseHosts() throws(StatementError) -> [HostItem] {
    if accept("{") {
      skipNewlines()
      return try parseRestOfHostList()
    }
    return try parseHostItem()
  }

  /// The rest of a list of addresses, which may hold lists; `any` adds nothing.
  mutating func parseRestOfHostList() throws(StatementError) -> [HostItem] {
    var hosts: [HostItem] = []
    var depth = 1
    while true {
      while accept("{") {
        depth += 1
        if depth > 1000 { throw fail("too-deep", "lists are nested too deeply") }
        skipNewlines()
      }
      let item = try parseHostItem()
      if item.count == 1 { hosts.append(item[0]) } else { hosts += item }
      skipNewlines()
      while accept("}") {
        depth -= 1
        if depth == 0 { return hosts }
        skipNewlines()
      }
      _ = accept(",")
    }
  }

  /// One address with its `!`, as the several that it stands for; empty for `any`.
  private mutating func parseHostItem() throws(StatementError) -> [HostItem] {
    let place = peekPlace()
    if accept(.any) { return [] }
    let isNegated = accept("!")
    if accept(.noRoute) {
      return [HostItem(kind: .noRoute, isNegated: isNegated, place: place)]
    }
    if accept(.urpfFailed) {
      return [HostItem(kind: .urpfFailed, isNegated: isNegated, place: place)]
    }
    var hosts = try parseHost()
    for index in hosts.indices { hosts[index].isNegated = isNegated }
    return hosts
  }

  /// One address without `!`.
  mutating func parseHost() throws(StatementError) -> [HostItem] {
    switch peek() {
    case .string: return try parseNamedHost()
    case .number:
      let first = take()
      try expect("/")
      let second = try expectNumber()
      return try resolve(
        "\(first.number)/\(second.number)", at: first.place.extended(to: second.place))
    case .symbol(40): return [try parseDynamicHost()]
    case .symbol(60):
      take()
      let name = try expectString()
      try expect(">")
      if isTableNameTooLong(name.text) {
        throw fail("name-too-long", "table name '\(name.text)' too long", at: name.place)
      }
      return [HostItem(kind: .table(name.text), place: name.place)]
    case .keyword(.route):
      take()
      let label = try expectString()
      if label.text.utf8.count > 31 {
        throw fail("name-too-long", "route label too long, max 31 chars", at: label.place)
      }
      return [
        HostItem(
          kind: .routeLabel(label.text), mask: Self.mask(ofLabel: label.text), place: label.place)
      ]
    default: throw .syntax
    }
  }

  /// The mask that pfctl sees in a label: the bytes from the 16th on, which lie in its place.
  private static func mask(ofLabel label: String) -> AddressBits {
    var bytes = label.utf8.dropFirst(16).makeIterator()
    func half() -> UInt64 {
      (0..<8).reduce(0) { half, _ in half << 8 | UInt64(bytes.next() ?? 0) }
    }
    let high = half()
    return AddressBits(high: high, low: half())
  }

  private mutating func parseNamedHost() throws(StatementError) -> [HostItem] {
    let name = take()
    switch peek() {
    case .symbol(45):
      take()
      let last = try expectString()
      return [try parseRange(name, last)]
    case .symbol(47):
      take()
      let length = try expectNumber()
      return try resolve(
        "\(name.text)/\(length.number)", at: name.place.extended(to: length.place))
    default:
      guard canFollowHost(peek()) else { throw .syntax }
      return try resolve(name.text, at: name.place)
    }
  }

  /// Whether a token may stand behind an address anywhere in the grammar: pfctl's parser looks at
  /// it before it takes a word for an address.
  private func canFollowHost(_ kind: Token.Kind) -> Bool {
    switch kind {
    case .newline, .string, .number, .arrow: true
    case .symbol(let byte): Array("{}(),<!".utf8).contains(byte)
    case .keyword(let keyword):
      switch keyword {
      case .in, .out, .on, .from, .all, .log, .quick, .proto, .inet, .inet6, .state, .code, .pass,
        .block, .for, .max, .ttl, .any, .global, .flush, .drop, .crop, .rule, .file, .set:
        keyword == .any
      default: true
      }
    default: false
    }
  }

  private mutating func resolve(
    _ text: String, at place: Place
  ) throws(StatementError) -> [HostItem] {
    if let hosts = handler.resolve(text, at: place, &lexer) { return hosts }
    throw fail(
      "unresolved-host", "'\(text)' is not an address, interface or known host name",
      pfctl: "could not parse host specification", at: place)
  }

  private mutating func parseRange(
    _ first: Token, _ last: Token
  ) throws(StatementError) -> HostItem {
    var start = try resolve(first.text, at: first.place)
    let end = try resolve(last.text, at: last.place)
    let full = AddressBits(prefixLength: start[0].family.addressBits)
    guard start.count == 1, end.count == 1, start[0].family == end[0].family,
      start[0].mask == full, end[0].mask == full
    else {
      throw fail(
        "address-range", "invalid address range", at: first.place.extended(to: last.place))
    }
    start[0].kind = .range
    start[0].mask = end[0].address
    start[0].place = first.place.extended(to: last.place)
    return start[0]
  }

  /// `(if:modifier)`, with or without a mask.
  private mutating func parseDynamicHost() throws(StatementError) -> HostItem {
    take()
    let token = try expectString()
    try expect(")")
    guard let first = token.text.utf8.first, first.isLetterOrDigit, first > 57 else {
      throw fail(
        "interface-name", "invalid interface name '\(token.text)'", at: token.place)
    }
    var modifiers: InterfaceModifiers = []
    var name = Substring(token.text)
    while let colon = name.utf8.lastIndex(of: 58) {
      guard let modifier = InterfaceModifiers(word: name[colon...].dropFirst()) else {
        throw fail(
          "interface-modifier", "interface \(name) has bad modifier", at: token.place)
      }
      modifiers.insert(modifier)
      name = name[..<colon]
    }
    if modifiers.isContradictory {
      throw fail(
        "interface-modifier", "illegal combination of interface modifiers", at: token.place)
    }
    if name.utf8.count > 15 {
      throw fail("name-too-long", "interface name too long", at: token.place)
    }
    var host = HostItem(
      kind: .dynamic(String(name), modifiers), mask: AddressBits(prefixLength: 128),
      place: token.place)
    if accept("/") {
      let length = try expectNumber()
      guard (0...128).contains(length.number) else {
        throw fail("prefix-length", "bit number too big", at: length.place)
      }
      host.mask = AddressBits(prefixLength: Int(length.number))
    }
    return host
  }
}

extension InterfaceModifiers {
  /// The modifier of a word behind a colon; nil for others.
  init?(word: Substring) {
    switch word {
    case "network": self = .network
    case "broadcast": self = .broadcast
    case "peer": self = .peer
    case "0": self = .noAlias
    default: return nil
    }
  }

  /// Whether more than one of network, broadcast and peer is there.
  var isContradictory: Bool {
    subtracting(.noAlias).rawValue.nonzeroBitCount > 1
  }
}
