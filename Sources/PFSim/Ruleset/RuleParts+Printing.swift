extension RuleHost {
  /// Whether the side matches everything, as far as printing `all` goes.
  var isAny: Bool { address == .any && !negated && ports == nil }

  func print(to text: inout String, family: AddressFamily, _ style: RulePrintStyle) {
    if negated { text += "! " }
    if style.readsBack, negated, address == .any {
      text += family == .inet6 ? "::/0" : "0.0.0.0/0"
    } else {
      address.print(to: &text, family: family, style)
    }
    if let ports {
      text += " port"
      ports.comparison.print(to: &text, "\(ports.first)", "\(ports.second)")
    }
  }
}

extension AddressSpec {
  /// Appends the address as pfctl prints it.
  func print(to text: inout String, family: AddressFamily, _ style: RulePrintStyle) {
    switch self {
    case .any: text += "any"
    case .network(let address, let mask):
      Self.print(address, family, to: &text)
      let bits = mask.leadingOnes
      if bits != (family == .inet ? 32 : 128) { text += "/\(bits)" }
    case .range(let first, let last):
      Self.print(first, family, to: &text)
      text += " - "
      Self.print(last, family, to: &text)
    case .dynamic(let interface, let modifiers, let prefixLength):
      text += "("
      text += interface
      modifiers.print(to: &text)
      if style.isVerbose {
        let count = style.dynamicSize(interface, modifiers)
        text += count > 0 ? ":\(count)" : ":*"
      }
      text += ")"
      if let prefixLength { text += "/\(prefixLength)" }
    case .table(let name):
      text += "<"
      text += name
      if style.isVerbose {
        text += style.tableSize(name).map { ":\($0)" } ?? ":*"
      }
      text += ">"
    case .noRoute: text += "no-route"
    case .urpfFailed: text += "urpf-failed"
    case .routeLabel(let label):
      text += "route \"\(style.readsBack ? label.escapingQuotes : label)\""
    }
  }

  /// Without a family pfctl cannot print an address and prints `?`.
  private static func print(
    _ address: AddressBits, _ family: AddressFamily, to text: inout String
  ) {
    if family == .unspecified {
      text += "?"
    } else {
      text += IPAddress(family: family, bits: address).description
    }
  }
}

extension InterfaceModifiers {
  func print(to text: inout String) {
    if contains(.network) { text += ":network" }
    if contains(.broadcast) { text += ":broadcast" }
    if contains(.peer) { text += ":peer" }
    if contains(.noAlias) { text += ":0" }
  }
}

extension Comparison {
  /// Appends a test of a number, with a blank in front.
  func print(to text: inout String, _ first: String, _ second: String) {
    switch self {
    case .insideExclusive: text += " \(first) >< \(second)"
    case .outside: text += " \(first) <> \(second)"
    case .range: text += " \(first):\(second)"
    case .equal: text += " = " + first
    case .notEqual: text += " != " + first
    case .less: text += " < " + first
    case .lessOrEqual: text += " <= " + first
    case .greater: text += " > " + first
    case .greaterOrEqual: text += " >= " + first
    }
  }
}

extension IDMatch {
  func print(to text: inout String, word: String, _ style: RulePrintStyle) {
    text += word
    let isUnknown = first == IDMatch.unknown && (comparison == .equal || comparison == .notEqual)
    comparison.print(
      to: &text, isUnknown ? "unknown" : Self.text(of: first, style), Self.text(of: second, style))
  }

  /// The number of nobody, which pf.conf only takes by its name.
  private static let nobody: UInt32 = 4_294_967_294

  private static func text(of id: UInt32, _ style: RulePrintStyle) -> String {
    style.readsBack && id == nobody ? "nobody" : "\(id)"
  }
}

extension StateOptions {
  /// Appends the options in parentheses, or nothing where there are none.
  func print(to text: inout String) {
    var parts: [String] = []
    if max != 0 { parts.append("max \(max)") }
    if noSync { parts.append("no-sync") }
    switch sourceTrack {
    case .none: break
    case .global: parts.append("source-track global")
    case .rule: parts.append("source-track rule")
    }
    if maxSourceStates != 0 { parts.append("max-src-states \(maxSourceStates)") }
    if maxSourceConnections != 0 { parts.append("max-src-conn \(maxSourceConnections)") }
    if connectionRateLimit != 0 {
      parts.append("max-src-conn-rate \(connectionRateLimit)/\(connectionRateSeconds)")
    }
    if maxSourceNodes != 0 { parts.append("max-src-nodes \(maxSourceNodes)") }
    if !overloadTable.isEmpty {
      let flush =
        overloadFlush == .none ? "" : overloadFlush == .global ? " flush global" : " flush"
      parts.append("overload <\(overloadTable)>\(flush)")
    }
    if interfaceBound { parts.append("if-bound") }
    if !timeouts.isEmpty {
      for timeout in Timeout.allCases {
        guard let seconds = timeouts[timeout], seconds != 0 else { continue }
        parts.append("\(timeout.name) \(seconds)")
      }
    }
    if !parts.isEmpty { text += " (" + parts.joined(separator: ", ") + ")" }
  }
}

extension AddressPool {
  /// The lowest port of nat where none is written.
  static let firstNATPort: UInt16 = 50001
  /// The highest port of nat where none is written.
  static let lastNATPort: UInt16 = 65535

  /// Appends the pool; `action` is pass for routing options.
  func print(
    to text: inout String, family: AddressFamily, action: RuleAction, _ style: RulePrintStyle
  ) {
    var plain = style
    plain.isVerbose = false
    if elements.count > 1 { text += "{ " }
    for (index, element) in elements.enumerated() {
      if index > 0 { text += ", " }
      if action == .pass {
        element.printHop(to: &text, family: family, plain)
      } else {
        element.address.print(to: &text, family: family, plain)
      }
    }
    if elements.count > 1 { text += " }" }
    printPorts(to: &text, action: action)
    printSelection(to: &text)
    if action == .nat, firstPort == 0, lastPort == 0 { text += " static-port" }
    if externalFilter != .unset { text += " extfilter \(externalFilter.word)" }
    if externalMapping != .unset { text += " extmap \(externalMapping.word)" }
  }

  private func printPorts(to text: inout String, action: RuleAction) {
    switch action {
    case .nat:
      let isDefault = firstPort == Self.firstNATPort && lastPort == Self.lastNATPort
      guard !isDefault, firstPort != 0 || lastPort != 0 else { return }
      text += firstPort == lastPort ? " port \(firstPort)" : " port \(firstPort):\(lastPort)"
    case .rdr where firstPort != 0:
      text += " port \(firstPort)"
      if lastPort != 0, lastPort != firstPort { text += ":\(lastPort)" }
    default: break
    }
  }

  private func printSelection(to text: inout String) {
    switch selection {
    case .none: break
    case .bitmask: text += " bitmask"
    case .random: text += " random"
    case .sourceHash:
      text += " source-hash 0x"
      for word in hashKey {
        let digits = String(word, radix: 16)
        text += String(repeating: "0", count: 8 - digits.count) + digits
      }
    case .roundRobin: text += " round-robin"
    }
    if sticky { text += " sticky-address" }
  }
}

extension AddressPool.Element {
  /// Appends a next hop.
  ///
  /// Without a family pfctl takes an absent address for one it cannot print.
  fileprivate func printHop(
    to text: inout String, family: AddressFamily, _ style: RulePrintStyle
  ) {
    let name = interface ?? (style.readsBack ? "\"\"" : "")
    if family != .unspecified || style.readsBack, address.isZero {
      text += name
      return
    }
    text += "(\(name) "
    if address.isZero { text += "?" } else { address.print(to: &text, family: family, style) }
    text += ")"
  }
}

extension AddressSpec {
  /// Whether the address's bits are all zero, as in a next hop that names only an interface.
  fileprivate var isZero: Bool {
    switch self {
    case .any: true
    case .network(let address, _): address.isZero
    default: false
    }
  }
}

extension EndpointDependence {
  /// The word in pf.conf.
  var word: String {
    switch self {
    case .unset: ""
    case .addressAndPort: "apd"
    case .address: "ad"
    case .independent: "ei"
    }
  }
}
