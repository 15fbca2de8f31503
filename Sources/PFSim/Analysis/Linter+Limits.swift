extension Linter {
  /// Limits on states that others make void.
  func limitFindings() -> [Finding] {
    let limit = ruleset.options.limits[.states] ?? Limit.states.pfctlDefault
    var findings = ruleset.anchors.flatMap { $0[.filter] }.compactMap { rule in
      limitFinding(rule, limit)
    }
    guard main != nil else { return findings }
    let end = ruleset.options.timeouts[.adaptiveEnd] ?? Timeout.adaptiveEnd.kernelDefault
    let start = ruleset.options.timeouts[.adaptiveStart] ?? Timeout.adaptiveStart.kernelDefault
    if end > 0, end <= limit, end > start {
      findings.append(
        Finding(
          code: LintCode.stateLimit.rawValue, severity: .warning,
          message: "no more than \(end) states live, although the limit is \(limit)",
          cause: "at adaptive.end (\(end)) every timeout is zero; states go as soon as they come",
          location: mainLocation,
          fix: Finding.Fix("set timeout adaptive.end above \(limit), as pf's default does"),
          witness: ruleset.anchors.flatMap { $0[.filter] }.first { $0.state != .none }.map {
            example(of: $0)
          } ?? anyExample))
    }
    return findings
  }

  private func limitFinding(_ rule: Rule, _ limit: UInt32) -> Finding? {
    let state = rule.stateOptions
    let reason: String
    if state.max > limit {
      reason = "set limit states \(limit) is reached before max \(state.max)"
    } else if state.max > 0, state.maxSourceStates > state.max {
      reason = "max \(state.max) is reached before max-src-states \(state.maxSourceStates)"
    } else if state.maxSourceStates > limit {
      reason = "set limit states \(limit) is reached before max-src-states \(state.maxSourceStates)"
    } else {
      return nil
    }
    return Finding(
      code: LintCode.stateLimit.rawValue, severity: .note,
      message: "a limit of this rule is never reached", cause: reason,
      location: rule.provenance.location, fix: Finding.Fix("lower it, or raise the other limit"),
      witness: example(of: rule))
  }

  /// What does not work in macOS's kernel.
  func kernelFindings() -> [Finding] {
    ruleset.anchors.flatMap { $0.rules.joined() }.compactMap(kernelFinding)
  }

  private func kernelFinding(_ rule: Rule) -> Finding? {
    let place = rule.provenance.location
    // KERNEL: pf_test_state_tcp tests the wrong side's state for the proxy.
    if rule.state == .synproxy {
      return Finding(
        code: LintCode.synproxyBroken.rawValue, severity: .warning,
        message: "synproxy state does not work on macOS: connections hang after the handshake",
        cause: rule.text(), location: place, fix: Finding.Fix("write keep state"),
        witness: example(of: rule))
    }
    // KERNEL: pf_test_rule stores the source as the redirection's address.
    if rule.action == .rdr, rule.pool?.sticky == true {
      return Finding(
        code: LintCode.stickyRedirect.rawValue, severity: .warning,
        message: "sticky-address sends a client's second connection back to the client",
        cause: rule.text(), location: place,
        fix: Finding.Fix("write source-hash, which keeps a client at one address"),
        witness: example(of: rule, test: .translation, direction: .in))
    }
    // KERNEL: pf_frag6cache runs into VERIFY when fragments overlap.
    if rule.action == .scrub, rule.family != .inet, rule.anchorCall == nil,
      rule.scrub.fragments == .crop
    {
      return Finding(
        code: LintCode.scrubPanic.rawValue, severity: .error,
        message: "overlapping IPv6 fragments stop the kernel under this rule",
        cause: rule.text(), location: place,
        fix: Finding.Fix("write fragment reassemble, or scrub inet"),
        witness: example(of: rule, test: .scrubIP) {
          $0.family = .inet6
          $0.wholeness = .fragment
        })
    }
    return nil
  }
}
