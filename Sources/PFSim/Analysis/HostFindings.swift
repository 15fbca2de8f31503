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
      code: "filter-off", severity: .error,
      message: "pf is off while VMs use NAT: their packets leave with private addresses",
      cause: "NAT for VMs is done by pf; pfctl -d ends it whoever holds a token",
      fix: .init("switch pf on: pfctl -e"))
  }

  /// The calls of the sharing service's anchor that the main ruleset lacks.
  private func missingCalls() -> [Finding] {
    let present = sharingCalls()
    let effects: [(word: String, severity: Finding.Severity, effect: String)] = [
      ("nat-anchor", .error, "VMs' packets leave untranslated and no answer comes back"),
      ("rdr-anchor", .warning, "forwarded ports do not reach VMs"),
      ("scrub-anchor", .note, "the sharing service's scrub rules are not applied"),
      ("anchor", .warning, "only the other rules decide on the VMs' packets"),
    ]
    return effects.filter { !present.contains($0.word) }.map { word, severity, effect in
      let call = "\(word) \"\(SharingService.anchor)\""
      return Finding(
        code: "sharing-call-missing", severity: severity,
        message: "\(call) is not called from the main ruleset: \(effect)",
        cause: mainFile.map { "\($0) was loaded while the VM network was up and lacks the call" }
          ?? "the main ruleset was flushed while the VM network was up",
        location: mainFile.map { Provenance.Location(file: $0, line: 1, column: 1) },
        fix: .init(
          mainFile.map { "add the line \(call) to \($0), or restart the VM network after loading" }
            ?? "load /etc/pf.conf, then restart the VM network"))
    }
  }

  /// Blocks without quick in front of the sharing service's unconditional passes.
  private func overriddenBlocks() -> [Finding] {
    let rules = rules(of: .filter, in: "")
    guard
      let call = rules.firstIndex(where: { $0.anchorCall?.path == SharingService.anchor })
    else { return [] }
    return rules[..<call].compactMap { rule in
      guard rule.action == .block, !rule.quick, rule.family != .inet6,
        let uplink = sharing.egress.first(where: { rule.concerns($0) })
      else { return nil }
      return Finding(
        code: "block-overridden-by-sharing", severity: .warning,
        message: "\(rule.text()) blocks no IPv4 packet on \(uplink) while a VM network runs",
        cause: "the sharing service's anchor is called behind it and holds "
          + "pass on \(uplink) inet all, and the last match wins",
        location: rule.provenance.location, fix: .init("write quick: the rule then decides at once")
      )
    }
  }

  /// Uplinks that came after the sharing service had written its rules.
  private func untranslatedUplinks() -> [Finding] {
    currentEgress().filter { !sharing.egress.contains($0) }.map { name in
      Finding(
        code: "nat-missing", severity: .warning,
        message: "VMs' packets leave \(name) untranslated: \(name) came after the VM network",
        cause: "the sharing service writes its nat lines when it starts",
        fix: .init(
          "nat on \(name) inet from the VM network to any -> (\(name)) in an anchor of your own "
            + "below com.apple, or restart the VM network"))
    }
  }

  /// Anchors directly below com.apple that hold rules no call reaches.
  private func uncalledAnchors() -> [Finding] {
    anchorPaths.compactMap { path in
      guard path.hasPrefix("com.apple/"), !path.dropFirst(10).contains("/") else { return nil }
      let uncalled = RuleKind.allCases.filter { kind in
        !rules(of: kind, in: path).isEmpty && !callsChildren(of: "com.apple", kind)
      }
      let count = uncalled.reduce(0) { $0 + rules(of: $1, in: path).count }
      guard count > 0 else { return nil }
      return Finding(
        code: "anchor-not-called", severity: .warning,
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
}
