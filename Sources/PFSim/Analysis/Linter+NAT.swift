extension Linter {
  /// Translation to addresses that may change, uplinks without translation, and rdr rules that
  /// remember the wrong address.
  func natFindings() -> [Finding] {
    let rules = ruleset.anchors.flatMap { $0[.nat] + $0[.binat] }
    var findings = rules.compactMap(fixedAddressFinding)
    findings += ruleset.anchors.flatMap { $0[.nat] + $0[.rdr] }.compactMap(familyFinding)
    findings += missingNATFindings()
    return findings
  }

  private func fixedAddressFinding(_ rule: Rule) -> Finding? {
    guard let name = rule.interface, !rule.interfaceNegated, let pool = rule.pool,
      pool.elements.count == 1, case .network(let bits, let mask) = pool.elements[0].address,
      mask == AddressBits(prefixLength: rule.family.addressBits)
    else { return nil }
    let address = IPAddress(family: rule.family, bits: bits)
    let isResolved = rule.provenance.parts.contains {
      $0.kind == .resolved && $0.text.prefix { $0 != ":" } == name
    }
    let isOwn = options.interfaces.contains { interface in
      interface.name == name && interface.addresses.contains { $0.address == address }
    }
    guard isOwn || isResolved else { return nil }
    return Finding(
      code: LintCode.natFixedAddress.rawValue, severity: .warning,
      message: "the translation keeps \(address) even when \(name) gets another address",
      cause: isResolved
        ? "\(rule.text()): a name without parentheses is looked up once, when the file is loaded"
        : "\(rule.text()): \(address) is the address that \(name) has now",
      location: rule.provenance.location,
      fix: Finding.Fix("write -> (\(name)), which follows the interface's address"),
      witness: example(of: rule, test: .translation, direction: .out))
  }

  private func familyFinding(_ rule: Rule) -> Finding? {
    guard rule.hasPoolWithoutFamily else { return nil }
    return Finding(
      code: LintCode.poolWithoutFamily.rawValue, severity: .warning,
      message: "no address of the pool reaches a packet, because the rule names no family",
      cause: "\(rule.text()): macOS copies the pool's addresses by the rule's family",
      location: rule.provenance.location,
      fix: Finding.Fix("write inet, and a second rule with inet6 where that is meant"),
      witness: example(
        of: rule, test: .translation, direction: rule.action == .nat ? .out : .in))
  }

  /// Uplinks for which a network that is translated elsewhere has no nat rule.
  private func missingNATFindings() -> [Finding] {
    let walk = RuleWalk(ruleset, .nat)
    let isShared = walk.calls.contains {
      $0.rule.anchorCall?.path == SharingService.anchor && !$0.isKnown
    }
    // The sharing service's own lines cover the uplinks there are when a VM network starts.
    guard main != nil, !isShared, !walk.steps.isEmpty, isAnalysed(walk) else { return [] }
    let sets = sets(of: walk, .translation, .out, tables)
    var findings: [Finding] = []
    var networks: [AddressSpec] = []
    for entry in sets.entries where entry.step.rule.action == .nat {
      let rule = entry.step.rule
      guard isVMNetwork(rule.source), !networks.contains(rule.source.address) else { continue }
      networks.append(rule.source.address)
      for uplink in options.uplinks where isUntranslated(entry, on: uplink, sets) {
        findings.append(missingNAT(rule, uplink))
      }
    }
    return findings
  }

  /// Whether a rule's source is the VM network or a part of it.
  private func isVMNetwork(_ host: RuleHost) -> Bool {
    guard !host.negated, case .network(let bits, let mask) = host.address else { return false }
    let network = AddressBits(prefixLength: Int(options.gatewayPrefixLength))
    return mask.leadingOnes >= Int(options.gatewayPrefixLength)
      && (bits & network) == (options.gateway.bits & network)
  }

  /// Whether no rule can translate the packets of a rule's source on an uplink.
  private func isUntranslated(
    _ entry: RuleSets.Entry, on uplink: String, _ sets: RuleSets
  ) -> Bool {
    var query = PacketCriteria()
    query.interface = uplink
    query.family = .inet
    if case .network(let bits, let mask) = entry.step.rule.source.address {
      query.source = .network(
        IPAddress(family: .inet, bits: bits), length: mask.leadingOnes)
    }
    let set = sets.classes.match(query).set
    return !sets.entries.contains { sets.classes.layout.intersects($0.set, set) }
  }

  private func missingNAT(_ rule: Rule, _ uplink: String) -> Finding {
    var line = Rule(action: .nat)
    line.interface = uplink
    line.family = .inet
    line.source = rule.source
    let text = line.text() + " -> (\(uplink))"
    return Finding(
      code: LintCode.natMissing.rawValue, severity: .warning,
      message: "packets of the VM network that leave by \(uplink) are not translated",
      cause: "they keep their private source, so that no reply returns; other interfaces have "
        + "a nat rule",
      location: rule.provenance.location, fix: Finding.Fix("add the line: \(text)"),
      notes: [Finding.Note("translates on another interface: \(rule.text())")],
      witness: example(of: rule, test: .translation, direction: .out) { $0.interface = uplink })
  }
}

extension Rule {
  /// Whether the rule translates to addresses that reach no packet.
  var hasPoolWithoutFamily: Bool {
    // KERNEL: pf_rule_setup() gives the pool the rule's family.
    (action == .nat || action == .rdr) && family == .unspecified
      && pool?.elements.isEmpty == false
  }
}
