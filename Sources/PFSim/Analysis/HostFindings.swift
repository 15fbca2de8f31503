extension Host {
  /// What is wrong with the host as it is now: pf off under a VM network, calls of Apple's anchors
  /// missing, rules that the sharing service overrides, uplinks without translation.
  ///
  /// The codes are those of `pfsim check` where it knows the same fault.
  public var findings: [Finding] {
    guard hasSharedNetwork else { return uncalledAnchors() }
    guard filter.isEnabled else { return [filterOff] }
    return missingCalls() + overriddenBlocks() + untranslatedUplinks() + uncalledAnchors()
  }

  private var filterOff: Finding {
    Finding(
      code: "filter-disabled", severity: .error,
      message: "pf is off: packets of VMs are not translated and no rule counts",
      cause: "NAT for VMs is done by pf; pfctl -d ends it whoever holds a token",
      fix: .init("switch pf on again with pfctl -e"))
  }

  /// The calls of the sharing service's anchor that the main ruleset lacks.
  private func missingCalls() -> [Finding] {
    let present = sharingCalls()
    let missing = Self.calls.filter { !present.contains($0.word) }
    let lines = missing.map { "\($0.word) \"\(SharingService.anchor)\"" }
    return missing.map { word, severity, loss in
      // The user's own nat rules may stand in for the service's.
      let isReplaced = word == "nat-anchor" && hasOwnTranslation
      return Finding(
        code: LintCode.sharingCallMissing.rawValue, severity: isReplaced ? .warning : severity,
        message: "\(word) \(SharingService.anchor) is not called from the main ruleset: "
          + (isReplaced ? "only its own nat rules translate packets of VMs" : loss),
        cause: mainFile.map {
          "loading \($0) while the VM network was up replaced the calls that macOS had inserted"
        } ?? "the main ruleset was flushed while the VM network was up",
        location: mainFile.map { Provenance.Location(file: $0, line: 1, column: 1) },
        fix: severity == .note
          ? nil
          : .init(
            mainFile.map {
              "write \(lines.joined(separator: ", ")) into \($0), or start the VM network after "
                + "each load"
            } ?? "load \(StockRules.main.name), then restart the VM network"))
    }
  }

  /// Whether nat rules of the main ruleset itself take the VM networks' packets, all that name
  /// only addresses, on every uplink.
  private var hasOwnTranslation: Bool {
    let rules = rules(of: .nat, in: "").filter { $0.action == .nat && $0.anchorCall == nil }
    let shared = networks.filter { $0.gateway != nil && $0.mode != .bridged }
    return sharing.egress.allSatisfy { uplink in
      shared.allSatisfy { network in
        rules.contains { $0.concerns(uplink) && $0.translates(network) }
      }
    }
  }

  /// What each of the sharing service's calls is for, by its word in pf.conf.
  private static let calls: [(word: String, severity: Finding.Severity, loss: String)] = [
    (
      "nat-anchor", .error,
      "packets of VMs leave untranslated, with a private source address, and no answer comes back"
    ),
    ("rdr-anchor", .warning, "exposed ports of VMs are not redirected"),
    ("scrub-anchor", .note, "packets of VMs are not normalised (no-df)"),
    ("anchor", .note, "the sharing service's pass rules do not count"),
  ]

  /// Blocks without quick in front of the sharing service's unconditional passes; the rules that
  /// one line expands to are one finding.
  private func overriddenBlocks() -> [Finding] {
    let rules = rules(of: .filter, in: "")
    guard
      let call = rules.firstIndex(where: { $0.anchorCall?.path == SharingService.anchor })
    else { return [] }
    var lines: [(uplink: String, rules: [Rule])] = []
    for rule in rules[..<call] where rule.action == .block && !rule.quick && rule.family != .inet6 {
      guard let uplink = sharing.egress.first(where: { rule.concerns($0) }) else { continue }
      let place = rule.provenance.location
      let known = lines.firstIndex { line in
        line.uplink == uplink && place != nil && line.rules[0].provenance.location == place
      }
      if let known { lines[known].rules.append(rule) } else { lines.append((uplink, [rule])) }
    }
    return lines.map { Self.overriddenBlock($0.rules, on: $0.uplink) }
  }

  private static func overriddenBlock(_ rules: [Rule], on uplink: String) -> Finding {
    let name =
      rules.count == 1
      ? "\(rules[0].text()) blocks"
      : "\(rules[0].text()) and \(rules.count - 1) more of this line block"
    return Finding(
      code: LintCode.blockOverriddenBySharing.rawValue, severity: .warning,
      message: "\(name) no IPv4 packet on \(uplink) while a VM network runs",
      cause: "the sharing service's anchor is called behind it and holds "
        + "pass on \(uplink) inet all, and the last match wins",
      location: rules[0].provenance.location,
      fix: .init("write quick: the rule then decides at once"))
  }

  /// Uplinks that came after the sharing service had written its rules.
  private func untranslatedUplinks() -> [Finding] {
    currentEgress().filter { !sharing.egress.contains($0) }.map { name in
      Finding(
        code: LintCode.natMissing.rawValue, severity: .warning,
        message: "VMs' packets leave \(name) untranslated: \(name) came after the VM network",
        cause: "the sharing service writes its nat lines when it starts",
        fix: .init(
          "nat on \(name) inet from the VM network to any -> (\(name)) in an anchor of your own "
            + "below com.apple, or restart the VM network"))
    }
  }

  /// Anchors directly below com.apple that hold rules no call reaches.
  private func uncalledAnchors() -> [Finding] {
    filter.anchorPaths.compactMap { path in
      guard path.hasPrefix("com.apple/"), !path.dropFirst(10).contains("/") else { return nil }
      let uncalled = RuleKind.allCases.filter { kind in
        !rules(of: kind, in: path).isEmpty && !callsChildren(of: "com.apple", kind)
      }
      let count = uncalled.reduce(0) { $0 + rules(of: $1, in: path).count }
      guard count > 0 else { return nil }
      return Finding(
        code: LintCode.anchorNotCalled.rawValue, severity: .warning,
        message: "anchor \(path) has \(count) rule\(count == 1 ? "" : "s"), not referenced",
        cause: "the main ruleset no longer calls com.apple/*",
        fix: .init("load /etc/pf.conf, then restart the VM network"))
    }
  }

  private func callsChildren(of path: String, _ kind: RuleKind) -> Bool {
    rules(of: kind, in: "").contains {
      $0.anchorCall.map { $0.path == path && $0.wildcard } ?? false
    }
  }
}

extension Rule {
  /// Whether the rule is for packets on an interface.
  fileprivate func concerns(_ name: String) -> Bool {
    guard let interface else { return true }
    return (interface == name) != interfaceNegated
  }

  /// Whether a nat rule names no criteria but a source around a VM network.
  fileprivate func translates(_ network: VirtualNetwork) -> Bool {
    guard let gateway = network.gateway, !hasPoolWithoutFamily, family != .inet6, proto == .any,
      destination == RuleHost(), source.ports == nil, tagged.isEmpty, !source.negated
    else { return false }
    switch source.address {
    case .any: return true
    case .network(let bits, let mask):
      return mask.leadingOnes <= Int(network.prefixLength) && gateway.bits & mask == bits & mask
    default: return false
    }
  }
}
