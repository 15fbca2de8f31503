/// The names that `$if` and its like stand for in labels and tags (`expand_label`).
extension RulesetBuilder {
  func expandNames(
    _ rule: inout Rule, _ lists: ExpansionLists, _ choice: Combination, at place: Place,
    _ lexer: inout Lexer
  ) throws(StatementError) {
    if rule.label.utf8.contains(36) {
      rule.label = try expanded(rule.label, rule, lists, choice, at: place, &lexer)
    }
    if rule.tag.utf8.contains(36) {
      rule.tag = try expanded(rule.tag, rule, lists, choice, at: place, &lexer)
    }
    if rule.tagged.utf8.contains(36) {
      rule.tagged = try expanded(rule.tagged, rule, lists, choice, at: place, &lexer)
    }
  }

  private func expanded(
    _ text: String, _ rule: Rule, _ lists: ExpansionLists, _ choice: Combination,
    at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) -> String {
    let proto = lists.protocols.item(choice[1])?.proto ?? rule.proto
    let values: [(name: String, value: () -> String)] = [
      ("$if", { rule.interface ?? "any" }),
      ("$srcaddr", { Self.addressText(lists.source.item(choice[3]), rule.family) }),
      ("$dstaddr", { Self.addressText(lists.destination.item(choice[6]), rule.family) }),
      ("$srcport", { Self.portText(lists.sourcePorts.item(choice[4])) }),
      ("$dstport", { Self.portText(lists.destinationPorts.item(choice[7])) }),
      ("$proto", { ProtocolNames.name(of: proto.rawValue) ?? "\(proto.rawValue)" }),
      ("$nr", { "\(open[open.count - 1].ruleCount)" }),
    ]
    var text = text
    for (name, value) in values where Self.contains(text, name) {
      text = Self.replace(name, with: value(), in: text)
      if text.utf8.count > Self.longestTag {
        throw exit("expand_label: label too long", at: place, &lexer)
      }
    }
    return text
  }

  private static func contains(_ text: String, _ name: String) -> Bool {
    indices(of: name, in: Array(text.utf8)).first != nil
  }

  private static func indices(of name: String, in bytes: [UInt8]) -> [Int] {
    let pattern = Array(name.utf8)
    guard bytes.count >= pattern.count else { return [] }
    var found: [Int] = []
    var index = 0
    while index <= bytes.count - pattern.count {
      if bytes[index..<(index + pattern.count)].elementsEqual(pattern) {
        found.append(index)
        index += pattern.count
      } else {
        index += 1
      }
    }
    return found
  }

  private static func replace(_ name: String, with value: String, in text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var start = 0
    for index in indices(of: name, in: bytes) {
      result += bytes[start..<index]
      result += value.utf8
      start = index + name.utf8.count
    }
    result += bytes[start...]
    return String(decoding: result, as: UTF8.self)
  }

  private static func addressText(_ host: HostItem?, _ family: AddressFamily) -> String {
    guard let host else { return "any" }
    let negation = host.isNegated ? "! " : ""
    switch host.kind {
    case .dynamic(let name, _): return "\(negation)(\(name))"
    case .table(let name): return "\(negation)<\(name)>"
    case .noRoute: return negation + "no-route"
    case .urpfFailed: return negation + "urpf-failed"
    case .network:
      if family == .unspecified || host.address.isZero && host.mask.isZero {
        return negation + "any"
      }
      let address = IPAddress(family: family, bits: host.address).description
      let bits = host.mask.leadingOnes
      return negation + (bits < family.addressBits ? "\(address)/\(bits)" : address)
    case .range, .routeLabel: return negation + "?"
    }
  }

  private static func portText(_ item: PortItem?) -> String {
    guard let match = item?.match else { return "" }
    switch match.comparison {
    case .insideExclusive: return "\(match.first)><\(match.second)"
    case .outside: return "\(match.first)<>\(match.second)"
    case .equal: return "\(match.first)"
    case .notEqual: return "!=\(match.first)"
    case .less: return "<\(match.first)"
    case .lessOrEqual: return "<=\(match.first)"
    case .greater: return ">\(match.first)"
    case .greaterOrEqual: return ">=\(match.first)"
    case .range: return ""
    }
  }
}
