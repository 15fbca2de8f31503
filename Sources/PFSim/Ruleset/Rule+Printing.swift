/// How a rule is printed.
public struct RulePrintStyle: Sendable {
  /// How much of an anchor's name is printed.
  public enum AnchorNames: Sendable {
    /// All of it, as `pfctl -s` does.
    case full
    /// From the last slash on, as `pfctl -n` and `-v -f` do.
    case lastComponent
  }
  /// How much of an anchor's name is printed.
  public var anchorNames = AnchorNames.full
  /// The `-vv` style: tables and dynamic addresses with their numbers of entries.
  public var isVerbose = false
  /// The number of entries of a table, for the `-vv` style; nil for an undefined table.
  public var tableSize: @Sendable (String) -> Int? = { _ in 0 }
  /// The number of addresses of a dynamic interface, for the `-vv` style.
  public var dynamicSize: @Sendable (String, InterfaceModifiers) -> Int = { _, _ in 0 }

  /// Whether the text is to be read again as the same rule, which pfctl's own output is not in
  /// some corners: `probability` between a state and its options, names that are keywords, ICMP
  /// codes of types that `return-icmp` cannot name.
  var readsBack = false

  /// The style of `pfctl -s rules`.
  public init() {}
}

extension Rule {
  /// The rule as pfctl prints it, without a number, a brace or a line end.
  public func text(_ style: RulePrintStyle = RulePrintStyle()) -> String {
    var text = ""
    text.reserveCapacity(96)
    print(to: &text, style)
    return text
  }

  /// Appends the rule as pfctl prints it.
  public func print(to text: inout String, _ style: RulePrintStyle = RulePrintStyle()) {
    printAction(to: &text, style)
    printScope(to: &text, style)
    printHosts(to: &text, style)
    printMatches(to: &text, style)
    printState(to: &text, style)
    printScrub(to: &text, style)
    printTail(to: &text, style)
    if anchorCall == nil, let pool {
      switch action {
      case .nat, .binat, .rdr:
        text += " -> "
        pool.print(to: &text, family: family, action: action, style)
      default: break
      }
    }
    if let dummynet { text += dummynet.isQueue ? " queue" : " pipe"; text += " \(dummynet.number)" }
  }

  private func printAction(to text: inout String, _ style: RulePrintStyle) {
    if let anchorCall {
      text += action.anchorWord
      guard let name = anchorCall.printedName(style.anchorNames) else { return }
      text += " \""
      text += style.readsBack ? name.escapingQuotes : name
      text += "\""
      return
    }
    text += action.word
    if passesTranslated { text += " pass" }
    if action == .block { printBlockReturn(to: &text, style) }
  }

  private func printBlockReturn(to text: inout String, _ style: RulePrintStyle) {
    switch blockReturn.kind {
    case .drop: text += " drop"
    case .return: text += " return"
    case .returnReset:
      text += blockReturn.ttl == 0 ? " return-rst" : " return-rst(ttl \(blockReturn.ttl))"
    case .returnICMP:
      let four = Self.codeText(blockReturn.icmp, .inet)
      let six = Self.codeText(blockReturn.icmp6, .inet6)
      if style.readsBack {
        // The second code of `return-icmp(code)` is of a type that no second code can name.
        text += " return-icmp(" + four + (blockReturn.icmp6 >> 8 == 1 ? ", \(six))" : ")")
        return
      }
      switch family {
      case .inet: text += " return-icmp(\(four))"
      case .inet6: text += " return-icmp6(\(six))"
      case .unspecified: text += " return-icmp(\(four), \(six))"
      }
    }
  }

  private static func codeText(_ error: UInt16, _ family: AddressFamily) -> String {
    let type = UInt8(error >> 8)
    let code = UInt8(error & 255)
    return ICMPNames.name(ofCode: code, type: type, family) ?? "\(code)"
  }

  private func printScope(to text: inout String, _ style: RulePrintStyle) {
    switch direction {
    case .any: break
    case .in: text += " in"
    case .out: text += " out"
    }
    if !log.isEmpty { printLog(to: &text) }
    if quick { text += " quick" }
    if let interface {
      text += interfaceNegated ? " on ! " : " on "
      text += interface
    }
    if let routing {
      text += routing.kind.word
      if routing.kind != .fastRoute {
        text += " "
        routing.pool.print(to: &text, family: family, action: .pass, style)
      }
    }
    switch family {
    case .unspecified: break
    case .inet: text += " inet"
    case .inet6: text += " inet6"
    }
    if proto != .any {
      text += " proto "
      text += ProtocolNames.name(of: proto.rawValue) ?? "\(proto.rawValue)"
    }
  }

  private func printLog(to text: inout String) {
    text += " log"
    var parts: [String] = []
    if log.contains(.all) { parts.append("all") }
    if log.contains(.user) { parts.append("user") }
    if logInterface != 0 { parts.append("to pflog\(logInterface)") }
    if !parts.isEmpty { text += " (" + parts.joined(separator: ", ") + ")" }
  }

  private func printHosts(to text: inout String, _ style: RulePrintStyle) {
    if source.isAny, destination.isAny, fingerprint == nil {
      text += " all"
      return
    }
    text += " from "
    source.print(to: &text, family: family, style)
    if let fingerprint {
      text += " os \"\(style.readsBack ? fingerprint.escapingQuotes : fingerprint)\""
    }
    text += " to "
    destination.print(to: &text, family: family, style)
  }

  private func printMatches(to text: inout String, _ style: RulePrintStyle) {
    user?.print(to: &text, word: " user", style)
    group?.print(to: &text, word: " group", style)
    if flags != 0 || flagMask != 0 {
      text += " flags "
      TCPFlagLetters.print(flags, to: &text)
      text += "/"
      TCPFlagLetters.print(flagMask, to: &text)
    } else if action == .pass, anchorCall == nil, proto == .any || proto == .tcp, !fragment,
      state != .none
    {
      text += " flags any"
    }
    if let icmpType {
      text += family == .inet6 ? " icmp6-type " : " icmp-type "
      text += ICMPNames.name(ofType: icmpType, family) ?? "\(icmpType)"
      if let icmpCode {
        text += " code "
        text += ICMPNames.name(ofCode: icmpCode, type: icmpType, family) ?? "\(icmpCode)"
      }
    }
    if let tos {
      text += tos < 16 ? " tos 0x0" : " tos 0x"
      text += String(tos, radix: 16)
    }
  }

  private func printState(to text: inout String, _ style: RulePrintStyle) {
    switch state {
    case .none: if action == .pass, anchorCall == nil { text += " no state" }
    case .keep: text += " keep state"
    case .modulate: text += " modulate state"
    case .synproxy: text += " synproxy state"
    }
    if style.readsBack { stateOptions.print(to: &text) }
    if probability != 0 {
      text += " probability "
      text +=
        style.readsBack
        ? "\(Double(probability) / 4_294_967_295)" : DecimalText.percent(probability) + "%"
    }
    if !style.readsBack { stateOptions.print(to: &text) }
  }

  private func printScrub(to text: inout String, _ style: RulePrintStyle) {
    if fragment { text += " fragment" }
    if scrub.noDF { text += " no-df" }
    if scrub.randomID { text += " random-id" }
    if scrub.minTTL != 0 { text += " min-ttl \(scrub.minTTL)" }
    if scrub.maxMSS != 0 { text += " max-mss \(scrub.maxMSS)" }
    if allowOptions { text += " allow-opts" }
    guard action == .scrub || style.readsBack && action == .noScrub else { return }
    if scrub.reassembleTCP { text += " reassemble tcp" }
    switch scrub.fragments {
    case .reassemble: text += " fragment reassemble"
    case .crop: text += " fragment crop"
    case .dropOverlap: text += " fragment drop-ovl"
    }
  }

  private func printTail(to text: inout String, _ style: RulePrintStyle) {
    if !label.isEmpty {
      text += " label \"\(style.readsBack ? label.escapingQuotes : label)\""
    }
    if style.readsBack {
      printQuotedNames(to: &text)
      if let rtable { text += " rtable \(rtable)" }
      return
    }
    if !queue.isEmpty {
      text += priorityQueue.isEmpty ? " queue \(queue)" : " queue(\(queue), \(priorityQueue))"
    }
    if !tag.isEmpty { text += " tag \(tag)" }
    if !tagged.isEmpty {
      text += taggedNegated ? " ! tagged " : " tagged "
      text += tagged
    }
    if let rtable { text += " rtable \(rtable)" }
  }

  /// Queues and tags in quotes, so that keywords and numbers stay names.
  private func printQuotedNames(to text: inout String) {
    if !queue.isEmpty {
      text += " queue (\"\(queue.escapingQuotes)\""
      text += priorityQueue.isEmpty ? ")" : ", \"\(priorityQueue.escapingQuotes)\")"
    }
    if !tag.isEmpty { text += " tag \"\(tag.escapingQuotes)\"" }
    if !tagged.isEmpty {
      text += (taggedNegated ? " ! tagged " : " tagged ") + "\"\(tagged.escapingQuotes)\""
    }
  }
}

extension String {
  /// The text for double quotes of pf.conf, in which a backslash stands before a quote only.
  var escapingQuotes: String {
    utf8.contains(34)
      ? split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\\\"") : self
  }
}

extension RuleAction {
  /// The words of an ordinary rule.
  var word: String {
    switch self {
    case .pass: "pass"
    case .block: "block"
    case .scrub: "scrub"
    case .noScrub: "no scrub"
    case .nat: "nat"
    case .noNat: "no nat"
    case .binat: "binat"
    case .noBinat: "no binat"
    case .rdr: "rdr"
    case .noRdr: "no rdr"
    case .synproxyDrop: "synproxy drop"
    case .dummynet: "dummynet"
    case .noDummynet: "no dummynet"
    case .nat64: "nat64"
    case .noNat64: "no nat64"
    }
  }

  /// The word of a rule that calls an anchor.
  var anchorWord: String {
    switch self {
    case .scrub, .noScrub: "scrub-anchor"
    case .nat, .noNat: "nat-anchor"
    case .binat, .noBinat: "binat-anchor"
    case .rdr, .noRdr, .nat64, .noNat64: "rdr-anchor"
    case .dummynet, .noDummynet: "dummynet-anchor"
    case .pass, .block, .synproxyDrop: "anchor"
    }
  }
}

extension AnchorCall {
  /// The name as printed; nil for an unnamed inline anchor, whose name starts with `_`.
  func printedName(_ style: RulePrintStyle.AnchorNames) -> String? {
    var text = (wildcard ? (name.isEmpty ? "*" : name == "/" ? "/*" : name + "/*") : name)[...]
    if style == .lastComponent, let slash = text.lastIndex(of: "/") {
      text = text[slash...].dropFirst(inline ? 1 : 0)
    }
    return text.isEmpty || text.hasPrefix("_") ? nil : String(text)
  }
}

extension RoutingKind {
  /// The word, with a blank in front.
  var word: String {
    switch self {
    case .fastRoute: " fastroute"
    case .routeTo: " route-to"
    case .dupTo: " dup-to"
    case .replyTo: " reply-to"
    }
  }
}
