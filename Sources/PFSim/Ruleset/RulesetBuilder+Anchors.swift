/// Anchor rules of all lists, anchors in braces, and antispoof.
extension RulesetBuilder {
  mutating func openAnchor(at place: Place, _ lexer: inout Lexer) {
    braceCount += 1
    open.append(OpenAnchor(index: ruleset.anchors.count))
    ruleset.anchors.append(Ruleset.Anchor(path: "_\(braceCount)"))
  }

  mutating func closeAnchor() { closed = open.popLast() }

  mutating func add(
    _ statement: AnchorStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    let options = statement.options
    try enter(.filtering, at: place, &lexer)
    if let name = statement.name, name.hasPrefix("_") || name.containsText("/_") {
      throw fail(
        "anchor-name", "anchor names beginning with '_' are reserved for internal use", at: place,
        &lexer)
    }
    var rule = Rule(action: .pass)
    if closed != nil {
      rule.anchorCall = try placeInline(statement.name, at: place, &lexer)
    } else if let name = statement.name {
      // KERNEL: pfctl takes a rule with an empty name for an ordinary one.
      rule.anchorCall = name.isEmpty ? nil : call(name)
    } else {
      throw fail(
        "anchor-name", "anchors without explicit rules must specify a name", at: place, &lexer)
    }
    rule.direction = statement.direction
    rule.quick = statement.quick
    rule.family = statement.family
    rule.probability = options.probability
    rule.rtable = kernelTable(options.rtable)
    if let tag = options.tag { rule.tag = try checkTag(tag, at: place, &lexer) }
    try setTagged(&rule, options.tagged, at: place, &lexer)
    rule.label = try checkLabel(options.label, at: place, &lexer)
    rule.flags = options.flags
    rule.flagMask = options.flagMask
    if options.flags & options.flagMask != options.flags {
      throw fail("tcp-flags", "flags always false", at: place, &lexer)
    }
    try checkTCP(
      options, statement.fromTo, statement.protocols, "OS fingerprinting only applies to tcp",
      at: place, &lexer)
    rule.tos = options.tos
    if let keep = options.keep, keep.state != .none {
      throw fail("anchor-state", "cannot specify state handling on anchors", at: place, &lexer)
    }
    decideFamily(statement.fromTo.source, &rule.family)
    decideFamily(statement.fromTo.destination, &rule.family)
    var lists = ExpansionLists(statement.fromTo)
    lists.interfaces = statement.interfaces
    lists.protocols = statement.protocols
    lists.users = options.users
    lists.groups = options.groups
    lists.icmp = options.icmp
    try expand(rule, &lists, at: place, &lexer)
    closed = nil
  }

  /// The call of an anchor that is not in braces.
  ///
  /// Its path starts where the file's anchor is.
  private func call(_ name: String) -> AnchorCall {
    var text = name
    let isWildcard = text == "*" || text.hasSuffix("/*")
    if isWildcard { text = text == "*" ? "" : text == "/*" ? "/" : String(text.dropLast(2)) }
    return AnchorCall(
      name: text, path: AnchorPath.resolve(text, from: currentPath), wildcard: isWildcard)
  }

  private var currentPath: String { ruleset.anchors[open[open.count - 1].index].path }

  /// Gives the rules of the braces just closed their anchor (`pf_anchor_setup`, `mv_rules`).
  private mutating func placeInline(
    _ name: String?, at place: Place, _ lexer: inout Lexer
  ) throws(StatementError) -> AnchorCall? {
    guard let closed else { return nil }
    let oldPath = ruleset.anchors[closed.index].path
    var text = name ?? oldPath
    let isWildcard = text.hasSuffix("/*") && text != "/*"
    if isWildcard { text = String(text.dropLast(2)) }
    guard AnchorPath.canCreate(text, from: currentPath) else {
      throw exit("anchorrule: unable to create ruleset: Invalid argument", at: place, &lexer)
    }
    let path = AnchorPath.resolve(text, from: currentPath)
    let last = path.lastIndex(of: "/").map { path[$0...].dropFirst() } ?? path[...]
    if path != oldPath, filledAnchors.contains(path) {
      throw fail("anchor-exists", "inline anchor '\(last)' already exists", at: place, &lexer)
    }
    let isFilled = ruleset.anchors[closed.index].rules.contains { !$0.isEmpty }
    if isFilled { filledAnchors.insert(path) }
    move(from: oldPath, to: path, anchor: closed.index)
    return AnchorCall(
      name: name == nil ? "" : text, path: path, wildcard: isWildcard, inline: true)
  }

  /// Renames an anchor and those written inside it.
  private mutating func move(from old: String, to new: String, anchor index: Int) {
    guard old != new else { return }
    let prefix = old + "/"
    for other in index..<ruleset.anchors.count {
      let path = ruleset.anchors[other].path
      if path == old {
        ruleset.anchors[other].path = new
      } else if path.hasPrefix(prefix) {
        ruleset.anchors[other].path = new + path.dropFirst(old.count)
      } else {
        continue
      }
    }
    for other in index..<ruleset.anchors.count {
      for list in ruleset.anchors[other].rules.indices {
        for rule in ruleset.anchors[other].rules[list].indices {
          guard let path = ruleset.anchors[other].rules[list][rule].anchorCall?.path,
            path.hasPrefix(prefix)
          else { continue }
          ruleset.anchors[other].rules[list][rule].anchorCall?.path =
            new + path.dropFirst(old.count)
        }
      }
    }
  }

  mutating func add(
    _ statement: ListAnchorStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    let fromTo = statement.fromTo
    let section: Section =
      switch statement.action {
      case .scrub: .normalization
      case .dummynet: .filtering
      default: .translation
      }
    try enter(section, at: place, &lexer)
    var rule = Rule(action: statement.action)
    rule.anchorCall = call(statement.name)
    rule.direction = statement.direction
    rule.family = statement.family
    rule.rtable = kernelTable(statement.rtable)
    if statement.action == .binat {
      try addBinatAnchor(rule, statement, &lexer)
      return
    }
    decideFamily(fromTo.source, &rule.family)
    decideFamily(fromTo.destination, &rule.family)
    if statement.action == .rdr { try checkRdrAnchor(fromTo, &lexer) }
    var lists = ExpansionLists(fromTo)
    lists.interfaces = statement.interfaces
    lists.protocols = statement.protocols
    try expand(rule, &lists, at: place, &lexer)
  }

  private func checkRdrAnchor(
    _ fromTo: FromTo, _ lexer: inout Lexer
  ) throws(StatementError) {
    if let port = fromTo.sourcePorts.first {
      throw fail(
        "anchor-ports", "source port parameter not supported in rdr-anchor", at: port.place,
        &lexer)
    }
    guard let port = fromTo.destinationPorts.first else { return }
    if fromTo.destinationPorts.count > 1 {
      throw fail(
        "anchor-ports", "destination port list expansion not supported in rdr-anchor",
        at: port.place, &lexer)
    }
    if port.match.comparison != .equal {
      throw fail(
        "anchor-ports", "destination port operators not supported in rdr-anchor", at: port.place,
        &lexer)
    }
  }

  /// KERNEL: pfctl forgets a binat-anchor's interface.
  private mutating func addBinatAnchor(
    _ rule: Rule, _ statement: ListAnchorStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    let place = statement.place
    let fromTo = statement.fromTo
    var rule = rule
    if let item = statement.protocols.first {
      if statement.protocols.count > 1 {
        throw fail(
          "anchor-protocols", "proto list expansion not supported in binat-anchor",
          at: item.place, &lexer)
      }
      rule.proto = item.proto
    }
    if !(fromTo.source.isEmpty && fromTo.sourcePorts.isEmpty && fromTo.destination.isEmpty
      && fromTo.destinationPorts.isEmpty)
    {
      throw fail(
        "anchor-hosts", "fromto parameter not supported in binat-anchor", at: place, &lexer)
    }
    rule.provenance.location = lexer.location(of: place)
    try add(rule, at: place, &lexer)
  }

  mutating func add(
    _ statement: AntispoofStatement, _ lexer: inout Lexer
  ) throws(StatementError) {
    try enter(.filtering, at: statement.place, &lexer)
    for interface in statement.interfaces {
      var rule = Rule(action: .block)
      rule.direction = .in
      rule.log = statement.logQuick.log
      rule.logInterface = statement.logQuick.logInterface
      rule.quick = statement.logQuick.quick
      rule.family = statement.family
      rule.label = try checkLabel(statement.label, at: statement.place, &lexer)
      rule.rtable = kernelTable(statement.rtable)
      var lists = ExpansionLists()
      lists.source = spoofableHosts(interface, .network)
      var outside = interface
      outside.isNegated = true
      if !lists.source.isEmpty {
        var networks = lists
        networks.interfaces = [outside]
        try expand(rule, &networks, at: statement.place, &lexer)
      }
      let isLoopback = options.interfaces.contains { $0.name == interface.name && $0.isLoopback }
      if isLoopback { continue }
      // KERNEL: pfctl fills the rules of the second group in anew and forgets `to pflogN`.
      rule.logInterface = 0
      lists.source = spoofableHosts(interface, [])
      if !lists.source.isEmpty { try expand(rule, &lists, at: statement.place, &lexer) }
    }
  }

  private func spoofableHosts(
    _ interface: InterfaceItem, _ modifiers: InterfaceModifiers
  ) -> [HostItem] {
    if interface.isDynamic {
      return [
        HostItem(
          kind: .dynamic(interface.name, modifiers), mask: AddressBits(prefixLength: 128),
          place: interface.place)
      ]
    }
    return resolver.lookUp(interface: interface.name, modifiers)
  }
}

/// Paths of anchors.
enum AnchorPath {
  /// The absolute path of a name: from the root with a leading slash, up with `../`, else below
  /// the calling ruleset.
  static func resolve(_ name: String, from path: String) -> String {
    if name.hasPrefix("/") { return String(name.drop { $0 == "/" }) }
    var base = path[...]
    var rest = name[...]
    while rest.hasPrefix("../") {
      rest = rest.dropFirst(3)
      base = base.lastIndex(of: "/").map { base[..<$0] } ?? ""
    }
    if base.isEmpty { return String(rest) }
    return rest.isEmpty ? String(base) : "\(base)/\(rest)"
  }

  /// Whether pfctl makes an anchor of a name (`pf_anchor_setup`, `pf_find_or_create_ruleset`): not
  /// above the root, and with components of 1 to 63 bytes.
  static func canCreate(_ name: String, from path: String) -> Bool {
    var depth = path.split(separator: "/").count
    var rest = name[...]
    while rest.hasPrefix("../") {
      if depth == 0 { return false }
      depth -= 1
      rest = rest.dropFirst(3)
    }
    var components = rest.drop { $0 == "/" }.split(separator: "/", omittingEmptySubsequences: false)
    // A slash at the end is not looked at.
    if components.count > 1, components.last?.isEmpty == true { components.removeLast() }
    return components.allSatisfy { (1...63).contains($0.utf8.count) }
  }
}

extension String {
  /// Whether the text occurs, without Foundation.
  fileprivate func containsText(_ text: String) -> Bool {
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(text) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
