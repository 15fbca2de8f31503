extension Linter {
  /// Rules on interfaces where they can match nothing, or only while a VM runs.
  func interfaceFindings() -> [Finding] {
    var findings: [Finding] = []
    var seen: Set<[String]> = []
    for rule in ruleset.anchors.flatMap({ $0.rules.joined() }) {
      let found = [interfaceFinding(rule), resolvedBridgeFinding(rule)].compactMap(\.self)
      for finding in found {
        let place = finding.location.map { "\($0)" } ?? finding.cause
        if seen.insert([finding.code, finding.message, place]).inserted {
          findings.append(finding)
        }
      }
    }
    return findings + bridgeFindings() + skipFindings() + skippedLoopbackFinding()
  }

  private func interfaceFinding(_ rule: Rule) -> Finding? {
    guard let name = rule.interface, !rule.interfaceNegated else { return nil }
    let place = rule.provenance.location
    if name.isVMPort {
      return Finding(
        code: LintCode.vmenetInterface.rawValue, severity: .warning,
        message: "a rule on \(name) can never match",
        cause: "\(rule.text()): pf sees a VM's packets in on the bridge, never on its ports",
        location: place,
        fix: Finding.Fix(
          "write on \(options.bridge) and the VM's address: on \(options.bridge) from ADDRESS"),
        witness: example(of: rule) { $0.interface = options.bridge })
    }
    if ruleset.options.skipInterfaces.contains(name) {
      return Finding(
        code: LintCode.skippedInterface.rawValue, severity: .warning,
        message: "set skip on \(name) makes this rule void", cause: rule.text(), location: place,
        fix: Finding.Fix("remove the rule, or \(name) from the set skip line"),
        witness: example(of: rule))
    }
    if name.isInterfaceGroup {
      return Finding(
        code: LintCode.interfaceGroup.rawValue, severity: .warning,
        message: "\(name) is not an interface, so that the rule never matches",
        cause: "\(rule.text()): macOS has no interface groups", location: place,
        fix: Finding.Fix("name the interfaces: on { \(name)0 \(name)1 }"),
        witness: example(of: rule) { $0.interface = name + "0" })
    }
    return nil
  }

  /// One finding for each bridge, at the first of its rules.
  private func bridgeFindings() -> [Finding] {
    var rules: [String: [Rule]] = [:]
    for rule in ruleset.anchors.flatMap({ $0.rules.joined() }) {
      guard let name = rule.interface, !rule.interfaceNegated, name.isVMBridge,
        !ruleset.options.skipInterfaces.contains(name)
      else { continue }
      rules[name, default: []].append(rule)
    }
    return rules.sorted { $0.key < $1.key }.map { name, rules in
      let more = rules.count > 1 ? " (and \(rules.count - 1) more)" : ""
      return Finding(
        code: LintCode.bridgeNeedsVM.rawValue, severity: .note,
        message: "\(name) exists only while a VM network runs, and its number can change",
        cause: rules[0].text() + more, location: rules[0].provenance.location,
        fix: Finding.Fix("nothing, where the order of VM programs is known; else name addresses"),
        witness: example(of: rules[0]))
    }
  }

  private func resolvedBridgeFinding(_ rule: Rule) -> Finding? {
    let part = rule.provenance.parts.first { $0.kind == .resolved && bridge(of: $0.text) != nil }
    guard let part, let name = bridge(of: part.text) else { return nil }
    return Finding(
      code: LintCode.bridgeAddressAtLoad.rawValue, severity: .warning,
      message: "the file loads only while a VM runs: \(name) has no address before",
      cause: "\(part.text) comes from \(name); without it pfctl refuses the whole file: no IP "
        + "address found for \(name)",
      location: part.location ?? rule.provenance.location,
      fix: Finding.Fix(
        "write (\(name)) or (\(name):network), looked up for each packet, or the address"),
      witness: example(of: rule, test: rule.kind.test, direction: rule.kind.direction))
  }

  /// The VM bridge that an address or network, as text, was taken from; nil for none.
  private func bridge(of text: String) -> String? {
    let text = text.hasPrefix("! ") ? String(text.dropFirst(2)) : text
    return options.interfaces.first { interface in
      interface.name.isVMBridge
        && interface.addresses.contains { own in
          let mask = AddressBits(prefixLength: Int(own.prefixLength))
          let network = IPAddress(family: own.address.family, bits: own.address.bits & mask)
          return text == own.address.description || text == "\(network)/\(own.prefixLength)"
        }
    }?.name
  }

  private func skipFindings() -> [Finding] {
    ruleset.options.skipInterfaces.filter(\.isInterfaceGroup).map { name in
      Finding(
        code: LintCode.interfaceGroup.rawValue, severity: .warning,
        message: "set skip on \(name) skips nothing: macOS has no interface groups",
        location: mainLocation,
        fix: Finding.Fix("name the interfaces: set skip on { \(name)0 \(name)1 }"),
        witness: example(of: Rule(action: .pass)) { $0.interface = name + "0" })
    }
  }

  private func skippedLoopbackFinding() -> [Finding] {
    guard let main, !options.loadsAfterVM, !ruleset.options.skipInterfaces.contains("lo0") else {
      return []
    }
    let rules = main.rules.joined() + ruleset.anchors.dropFirst().flatMap { $0[.rdr] }
    guard let rule = rules.first(where: { $0.interface == "lo0" && !$0.interfaceNegated }) else {
      return []
    }
    return [
      Finding(
        code: LintCode.loopbackSkippedByVM.rawValue, severity: .note,
        message: "rules on lo0 stop to count when a VM network starts",
        cause: "\(rule.text()): macOS then marks lo0 as skipped, until the main ruleset is loaded",
        location: rule.provenance.location,
        fix: Finding.Fix("load the file again after the first VM has started"),
        witness: example(of: rule, test: rule.kind.test, direction: rule.kind.direction))
    ]
  }

  /// The first place of the main file, for findings about all of it.
  var mainLocation: Provenance.Location? {
    let first = ruleset.anchors.first.flatMap { $0.rules.joined().first?.provenance.location }
    return first.map { Provenance.Location(file: $0.file, line: 1, column: 1) }
  }

  /// Blocks of the Mac's talk with itself.
  func loopbackFindings(_ budget: inout AnalysisBudget) -> [Finding] {
    guard main != nil else { return [] }
    let query = LoopbackQuery.connections
    guard let rule = blocker(of: query, in: filterWithVM, &budget) else { return [] }
    return [
      Finding(
        code: LintCode.loopbackBlocked.rawValue, severity: .warning,
        message: "programs on the Mac cannot talk to each other over lo0",
        cause: "decided by: \(rule.rule.text())", location: rule.rule.provenance.location,
        fix: Finding.Fix("add the line: set skip on lo0"), witness: rule.witness)
    ]
  }
}

/// The connections of programs on the Mac with each other.
enum LoopbackQuery {
  /// New TCP connections from and to 127.0.0.1.
  static var connections: PacketCriteria {
    var query = PacketCriteria()
    query.interface = "lo0"
    query.family = .inet
    query.proto = .tcp
    query.wholeness = .whole
    query.flags = TCPFlags.syn.rawValue
    query.flagMask = 0xff
    query.source = .host(IPAddress(ipv4: 0x7f00_0001))
    query.destination = .host(IPAddress(ipv4: 0x7f00_0001))
    return query
  }
}
