/// Multiplying lists out into rules (`expand_rule`).
extension RulesetBuilder {
  /// Expands a rule over lists and adds the results to the innermost open anchor.
  ///
  /// - Parameters:
  ///   - rule: The rule without what the lists say.
  ///   - lists: The lists; masks that are too long for a dynamic address are shortened in them.
  ///   - hops: The addresses of the rule's pool.
  ///   - anchor: The name of the anchor that the rule calls, before it is cut.
  mutating func expand(
    _ rule: Rule, _ lists: inout ExpansionLists, hops: [HostItem] = [], at place: Place,
    _ lexer: inout Lexer
  ) throws(StatementError) {
    var choice = Combination()
    var hasAdded = false
    var hasError = false
    var buffer = InterfaceNameBuffer()
    var origins = RuleOrigins(lists, at: place, records: options.recordsOrigin, &lexer)
    let errorsBefore = lexer.errorCount
    try checkSize(lists, at: place, &lexer)
    repeat {
      if lexer.isHopeless { throw .abandoned }
      var expanded = rule
      guard combine(&expanded, lists, choice) else { continue }
      expanded.interfaceResidue = buffer.store(expanded.interface)
      try expandNames(&expanded, lists, choice, at: place, &lexer)
      hasError = checkMasks(expanded.family, &lists, choice, &lexer) || hasError
      fill(&expanded, lists, choice)
      hasError = checkICMP(expanded, lists, choice, &lexer) || hasError
      fillFingerprint(&expanded, lists, choice, &lexer)
      try fillPool(&expanded, hops, at: place, &lexer)
      if !isConsistent(expanded, lists, choice, at: place, &lexer) || hasError {
        lexer.report(
          "skipped", "skipping rule due to errors", pfctl: "skipping rule due to errors",
          at: place, isConsequence: true)
      } else {
        expanded.provenance = origins.provenance(lists, choice, expanded.family, &lexer)
        try add(expanded, at: place, &lexer)
        hasAdded = true
      }
    } while choice.advance(in: lists)
    if !hasAdded {
      lexer.report(
        "no-combination", "rule expands to no valid combination",
        pfctl: "rule expands to no valid combination", at: place,
        isConsequence: lexer.errorCount > errorsBefore)
    }
  }

  /// The most combinations of a file; pfctl has no such limit and runs out of memory.
  private static let mostCombinations = 4_000_000

  /// Fails where the lists of a file would multiply out to more rules than memory holds.
  private mutating func checkSize(
    _ lists: ExpansionLists, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    let (product, overflow) = combinations(lists)
    let tooMany = Self.mostCombinations + 1
    combinationCount += overflow ? tooMany : min(product, tooMany)
    guard combinationCount > Self.mostCombinations else { return }
    throw fail(
      "too-many-rules",
      "the lists up to here make more than \(Self.mostCombinations) rules; use tables",
      at: place, &lexer)
  }

  private func combinations(_ lists: ExpansionLists) -> (Int, overflow: Bool) {
    var product = 1
    for list in 0..<ExpansionLists.count {
      let (next, overflow) = product.multipliedReportingOverflow(by: lists.length(list))
      if overflow { return (0, true) }
      product = next
    }
    return (product, false)
  }

  /// Decides the family and the interface; false where the choice contradicts itself.
  private func combine(
    _ rule: inout Rule, _ lists: borrowing ExpansionLists, _ choice: Combination
  ) -> Bool {
    let source = lists.source.item(choice[3])
    let destination = lists.destination.item(choice[6])
    let from = source?.family ?? .unspecified
    let to = destination?.family ?? .unspecified
    let interface = lists.interfaces.item(choice[0])
    if conflict(rule.family, from) || conflict(rule.family, to) || conflict(from, to) {
      return false
    }
    if let scope = source?.scope {
      if let other = destination?.scope, other != scope { return false }
      if let interface, interface.name != scope { return false }
    }
    if let scope = destination?.scope, let interface, interface.name != scope { return false }
    if rule.family == .unspecified { rule.family = from != .unspecified ? from : to }
    rule.interface = interface?.name ?? source?.scope ?? destination?.scope
    rule.interfaceNegated = interface?.isNegated ?? false
    return true
  }

  private func conflict(_ one: AddressFamily, _ other: AddressFamily) -> Bool {
    one != .unspecified && other != .unspecified && one != other
  }

  /// Checks the masks of both hosts, and shortens those of dynamic addresses for good
  /// (`check_netmask`).
  private func checkMasks(
    _ family: AddressFamily, _ lists: inout ExpansionLists, _ choice: Combination,
    _ lexer: inout Lexer
  ) -> Bool {
    guard family == .inet else { return false }
    let source = checkMask(&lists.source, choice[3], &lexer)
    let destination = checkMask(&lists.destination, choice[6], &lexer)
    return !source || !destination
  }

  /// False, and said, where the mask is too long for IPv4.
  private func checkMask(
    _ hosts: inout [HostItem], _ index: Int, _ lexer: inout Lexer
  ) -> Bool {
    // Looked at first, as a change copies the list.
    guard index < hosts.count, hosts[index].hasLongMask else { return true }
    return hosts[index].checkMask(.inet, &lexer)
  }

  private func fill(_ rule: inout Rule, _ lists: ExpansionLists, _ choice: Combination) {
    if let item = lists.protocols.item(choice[1]) { rule.proto = item.proto }
    if let host = lists.source.item(choice[3]) {
      rule.source.address = host.spec(rule.family)
      rule.source.negated = host.isNegated
    }
    if let port = lists.sourcePorts.item(choice[4]) { rule.source.ports = port.match }
    if let host = lists.destination.item(choice[6]) {
      rule.destination.address = host.spec(rule.family)
      rule.destination.negated = host.isNegated
    }
    if let port = lists.destinationPorts.item(choice[7]) { rule.destination.ports = port.match }
    if let user = lists.users.item(choice[8]) { rule.user = user.match }
    if let group = lists.groups.item(choice[9]) { rule.group = group.match }
    if let item = lists.icmp.item(choice[2]) {
      rule.icmpType = item.storedType == 0 ? nil : item.storedType - 1
      rule.icmpCode = item.storedCode == 0 ? nil : item.storedCode - 1
    }
    guard rule.proto != .any, rule.proto != .tcp else { return }
    if rule.state == .modulate || rule.state == .synproxy { rule.state = .keep }
    rule.flags = 0
    rule.flagMask = 0
  }

  private func checkICMP(
    _ rule: Rule, _ lists: ExpansionLists, _ choice: Combination, _ lexer: inout Lexer
  ) -> Bool {
    guard let item = lists.icmp.item(choice[2]), item.proto != rule.proto else { return false }
    lexer.report(
      "icmp-mismatch",
      "\(item.proto == .icmp ? "icmp-type" : "icmp6-type") needs "
        + "proto \(item.proto == .icmp ? "icmp" : "icmp6")",
      pfctl: "icmp-type mismatch", at: item.place)
    return true
  }

  private func fillFingerprint(
    _ rule: inout Rule, _ lists: ExpansionLists, _ choice: Combination, _ lexer: inout Lexer
  ) {
    guard let system = lists.systems.item(choice[5]) else { return }
    if system.name.lowercased() == "unknown" {
      rule.fingerprint = "unknown"
    } else if options.isDryRun {
      // Nothing is loaded with -n, so that pfctl finds no name.
      rule.fingerprint = "nomatch"
      if options.verbosity > 1 {
        lexer.log.printError("warning: unknown '\(system.name)' OS fingerprint")
      }
    } else {
      rule.fingerprint = system.name
    }
  }

  /// The longest name of an interface, in bytes.
  private static let longestInterface = 15

  private func fillPool(
    _ rule: inout Rule, _ hops: [HostItem], at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    guard !hops.isEmpty else { return }
    for hop in hops {
      guard let name = hop.hopInterface, name.utf8.count > Self.longestInterface else { continue }
      throw exit("expand_rule: strlcpy", at: hop.place, &lexer)
    }
    let family = rule.family
    let elements = hops.map {
      AddressPool.Element(address: $0.spec(family), interface: $0.hopInterface)
    }
    if rule.pool != nil { rule.pool?.elements = elements }
    if rule.routing != nil { rule.routing?.pool.elements = elements }
  }

  /// Adds a finished rule (`pfctl_add_rule`).
  mutating func add(
    _ rule: consuming Rule, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) {
    if let call = rule.anchorCall, !call.inline {
      let name = call.wildcard ? "\(call.name)/*" : call.name
      let last = name.lastIndex(of: "/").map { name[$0...] } ?? name[...]
      if last.utf8.count > 63 || name.utf8.count > 1023 {
        throw exit("pfctl_add_rule: strlcpy", at: place, &lexer)
      }
    }
    let top = open.count - 1
    // KERNEL: pfctl adds binat rules without numbering or counting them.
    if rule.action != .binat, rule.action != .noBinat {
      rule.loadNumber = open[top].ruleCount
      open[top].ruleCount += 1
    }
    ruleset.anchors[open[top].index].rules[Int(rule.action.kind.rawValue)].append(rule)
  }
}

extension RuleAction {
  /// The list that rules of this action are in.
  var kind: RuleKind {
    switch self {
    case .pass, .block, .synproxyDrop: .filter
    case .scrub, .noScrub: .scrub
    case .nat, .noNat: .nat
    case .binat, .noBinat: .binat
    case .rdr, .noRdr, .nat64, .noNat64: .rdr
    case .dummynet, .noDummynet: .dummynet
    }
  }
}

extension HostItem {
  /// The address as a rule of a family has it.
  func spec(_ family: AddressFamily) -> AddressSpec {
    switch kind {
    case .network:
      if address.isZero, mask.isZero { return .any }
      return .network(address, mask: mask)
    case .range: return .range(address, mask)
    case .dynamic(let name, let modifiers):
      let bits = mask.leadingOnes
      return .dynamic(
        interface: name, modifiers: modifiers,
        prefixLength: bits == (family == .inet ? 32 : 128) ? nil : UInt8(bits))
    case .table(let name): return .table(name)
    case .noRoute: return .noRoute
    case .urpfFailed: return .urpfFailed
    case .routeLabel(let label): return .routeLabel(label)
    }
  }

  /// Whether the mask goes beyond an IPv4 address.
  fileprivate var hasLongMask: Bool { UInt32(truncatingIfNeeded: mask.high) != 0 || mask.low != 0 }

  /// Checks the mask for a family, and cuts a dynamic address's mask to 32 bits for IPv4
  /// (`check_netmask`).
  ///
  /// False, and said, where it is too long.
  mutating func checkMask(_ family: AddressFamily, _ lexer: inout Lexer) -> Bool {
    guard family == .inet, hasLongMask else { return true }
    switch kind {
    case .table, .range: return true
    case .dynamic:
      mask = AddressBits(prefixLength: 32)
      return true
    default:
      lexer.log.printError("netmask \(mask.leadingOnes) invalid for IPv4 address")
      return false
    }
  }
}
