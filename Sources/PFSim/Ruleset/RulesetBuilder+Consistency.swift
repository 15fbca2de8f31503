/// What an expanded rule must not say (`rule_consistent`).
extension RulesetBuilder {
  func isConsistent(
    _ rule: Rule, _ lists: ExpansionLists, _ choice: Combination, at place: Place,
    _ lexer: inout Lexer
  ) -> Bool {
    let before = lexer.errorCount
    switch rule.action {
    case .pass, .block, .scrub, .noScrub, .dummynet, .noDummynet:
      checkFilter(rule, lists, choice, at: place, &lexer)
    case .rdr, .noRdr: checkRedirection(rule, lists, choice, at: place, &lexer)
    default: break
    }
    return lexer.errorCount == before
  }

  private func checkFilter(
    _ rule: Rule, _ lists: ExpansionLists, _ choice: Combination, at place: Place,
    _ lexer: inout Lexer
  ) {
    func complain(_ code: String, _ message: String, at other: Place? = nil) {
      lexer.report(code, message, pfctl: message, at: other ?? place)
    }
    let hasPorts = rule.source.ports != nil || rule.destination.ports != nil
    let hasICMP = rule.icmpType != nil || rule.icmpCode != nil
    let icmpPlace = lists.icmp.item(choice[2])?.place
    let portPlace = (lists.sourcePorts.item(choice[4]) ?? lists.destinationPorts.item(choice[7]))?
      .place
    if rule.proto != .tcp, rule.proto != .udp, hasPorts {
      lexer.report(
        "port-without-protocol", "port only applies to tcp/udp",
        pfctl: "port only applies to tcp/udp", at: portPlace ?? place,
        fixIt: protocolFix(lists, rule, lexer))
    }
    if rule.proto != .icmp, rule.proto != .icmpv6, hasICMP {
      complain("icmp-mismatch", "icmp-type/code only applies to icmp", at: icmpPlace)
    }
    if rule.family == .unspecified, hasICMP {
      let message = "must indicate address family with icmp-type/code"
      lexer.report(
        "icmp-without-family", message, pfctl: message, at: icmpPlace ?? place,
        fixIt: familyFix(lists, rule, lexer))
    }
    let options = rule.stateOptions
    if !options.overloadTable.isEmpty, options.maxSourceConnections == 0,
      options.connectionRateSeconds == 0
    {
      complain("overload", "'overload' requires 'max-src-conn' or 'max-src-conn-rate'")
    }
    if rule.proto == .icmp && rule.family == .inet6 || rule.proto == .icmpv6 && rule.family == .inet
    {
      let proto = rule.proto == .icmp ? "icmp" : "icmp6"
      let family = rule.family == .inet ? "inet" : "inet6"
      complain(
        "protocol-family", "proto \(proto) doesn't match address family \(family)",
        at: lists.protocols.item(choice[1])?.place)
    }
    if rule.allowOptions, rule.action == .block {
      complain("allow-opts", "allow-opts can only be specified for pass rules")
    }
    if rule.fragment, hasPorts || rule.flagMask != 0 || hasICMP {
      complain("fragment", "fragments can be filtered only on IP header fields")
    }
    if rule.blockReturn.kind == .returnReset, rule.proto != .tcp {
      complain("return-rst", "return-rst can only be applied to TCP rules")
    }
    if options.maxSourceNodes != 0, options.sourceTrack != .rule {
      complain("source-track", "max-src-nodes requires 'source-track rule'")
    }
    if rule.action == .block, rule.state != .none {
      complain("state-on-block", "keep state on block rules doesn't make sense")
    }
  }

  /// Where nothing says the protocol, the protocols that ports have can be put in.
  private func protocolFix(
    _ lists: ExpansionLists, _ rule: Rule, _ lexer: Lexer
  ) -> Diagnostic.FixIt? {
    guard lists.protocols.isEmpty, rule.anchorCall == nil, let place = lists.fromToPlace else {
      return nil
    }
    return lexer.insertion(of: "proto { tcp udp } ", "name the protocols", at: place)
  }

  /// Where nothing says the family, that of the ICMP in question can be put in.
  private func familyFix(
    _ lists: ExpansionLists, _ rule: Rule, _ lexer: Lexer
  ) -> Diagnostic.FixIt? {
    guard rule.proto == .icmp || rule.proto == .icmpv6, let place = lists.familyPlace else {
      return nil
    }
    let family = rule.proto == .icmp ? "inet" : "inet6"
    return lexer.insertion(of: family + " ", "name the family", at: place)
  }

  private func checkRedirection(
    _ rule: Rule, _ lists: ExpansionLists, _ choice: Combination, at place: Place,
    _ lexer: inout Lexer
  ) {
    func complain(_ code: String, _ message: String, at other: Place?) {
      lexer.report(code, message, pfctl: message, at: other ?? place)
    }
    let sourcePlace = lists.sourcePorts.item(choice[4])?.place
    let destinationPlace = lists.destinationPorts.item(choice[7])?.place
    if rule.proto != .tcp, rule.proto != .udp {
      if rule.source.ports != nil {
        complain("port-without-protocol", "src port only applies to tcp/udp", at: sourcePlace)
      }
      if rule.destination.ports != nil {
        complain("port-without-protocol", "dst port only applies to tcp/udp", at: destinationPlace)
      }
      if let pool = rule.pool, pool.firstPort != 0 {
        complain("port-without-protocol", "rpool port only applies to tcp/udp", at: nil)
      }
    }
    if let ports = rule.destination.ports, ports.comparison != .equal, ports.comparison != .range {
      complain(
        "port-operator", "invalid port operator for rdr destination port", at: destinationPlace)
    }
  }
}
