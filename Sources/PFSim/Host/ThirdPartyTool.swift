/// Programs of others that write to pf, as far as published listings show what they do.
public enum ThirdPartyTool: String, Sendable, Hashable, CaseIterable {
  /// Murus: a full main ruleset of its own.
  case murus
  /// IceFloor: as Murus.
  case icefloor
  /// Mullvad VPN: anchors at the end of the main ruleset, blocking all but the tunnel.
  case mullvad
  /// Cloudflare WARP: an anchor at the end of the main ruleset with quick rules.
  case warp
  /// sshuttle: anchors at the end of the main ruleset, after replacing it where lo0 is skipped.
  case sshuttle
  /// fail2ban's launch job: loads /etc/pf.conf again.
  case fail2ban
}

extension Host {
  /// A tool starts or stops: what it does to pf, step by step.
  func tool(_ tool: ThirdPartyTool, starts: Bool, _ report: inout EventReport) {
    switch tool {
    case .murus, .icefloor: fullRuleset(of: tool, starts, &report)
    case .mullvad: mullvad(starts, &report)
    case .warp: warp(starts, &report)
    case .sshuttle: sshuttle(starts, &report)
    case .fail2ban:
      guard starts else { return report.effects.append("fail2ban leaves the rules as they are") }
      step(.load(configuration.bootRules), &report)
    }
  }

  /// Carries out another event as a part of this one.
  private func step(_ event: HostEvent, _ report: inout EventReport) {
    var part = EventReport(title: event.title)
    perform(event, &part)
    report.effects.append("does \(event.title)")
    report.effects += part.effects
    report.messages += part.messages.filter { !Host.printedNotices.contains($0) }
    report.exitCode = max(report.exitCode, part.exitCode)
  }

  private func fullRuleset(
    of tool: ThirdPartyTool, _ starts: Bool, _ report: inout EventReport
  ) {
    let name = tool.rawValue
    guard starts else {
      step(.load(configuration.bootRules), &report)
      return step(.releaseTokens(holder: name), &report)
    }
    // Both load a file that names no anchor of the system's.
    let rules = RulesFile(
      name: "/etc/\(name)/\(name).conf", text: "set skip on lo0\npass out all\npass in all\n")
    step(.load(rules), &report)
    step(.enableWithToken(holder: name), &report)
  }

  private func mullvad(_ starts: Bool, _ report: inout EventReport) {
    guard starts else {
      removeCalls("mullvad", &report)
      return step(.flush(.all, anchor: "mullvad"), &report)
    }
    let tunnel = Interface(
      name: "utun4",
      addresses: [
        .init(
          address: IPAddress(ipv4: 0x0a40_0002), prefixLength: 32,
          peer: IPAddress(ipv4: 0x0a40_0001))
      ])
    step(.interfaceUp(tunnel, routes: []), &report)
    step(
      .load(
        RulesFile(
          name: "mullvad",
          text: """
            pass quick on lo0 all flags any keep state
            pass out quick route-to (utun4 10.64.0.1) on en0 inet proto { tcp, udp } \
            from any to any port 53 keep state
            pass quick on utun4 all flags S/SA keep state
            block return out quick all
            block drop quick all

            """, anchor: "mullvad")), &report)
    appendCalls("mullvad", [.scrub, .filter], &report)
    step(.enable, &report)
  }

  private func warp(_ starts: Bool, _ report: inout EventReport) {
    let anchor = "com.cloudflare.warp_svc"
    guard starts else {
      removeCalls(anchor, &report)
      return step(.flush(.all, anchor: anchor), &report)
    }
    step(
      .load(
        RulesFile(
          name: anchor,
          text: """
            pass quick on lo0 all
            pass out quick inet proto udp from any to any port { 500, 2408, 4500 }
            block drop in all
            block return out all

            """, anchor: anchor)), &report)
    appendCalls(anchor, [.filter], &report)
    step(.enableWithToken(holder: "warp-svc"), &report)
  }

  private func sshuttle(_ starts: Bool, _ report: inout EventReport) {
    let anchor = "sshuttle-12300"
    guard starts else {
      step(.flush(.all, anchor: anchor), &report)
      removeCalls(anchor, &report)
      return step(.releaseTokens(holder: "sshuttle"), &report)
    }
    if skippedInterfaces.contains("lo0") {
      report.effects.append("lo0 is skipped, so sshuttle replaces the main ruleset")
      step(.load(RulesFile(name: "stdin", text: "pass on lo\n")), &report)
    }
    appendCalls(anchor, [.rdr, .filter], &report)
    step(
      .load(
        RulesFile(
          name: "stdin",
          text: """
            rdr pass on lo0 inet proto tcp from ! 127.0.0.1 to any -> 127.0.0.1 port 12300
            pass out route-to lo0 inet proto tcp from any to any keep state

            """, anchor: anchor)), &report)
    step(.enableWithToken(holder: "sshuttle"), &report)
  }
}
