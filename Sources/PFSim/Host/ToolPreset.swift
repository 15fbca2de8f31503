/// Another program's doing, as far as it concerns pf.
///
/// The presets follow what users published. Where only a part of a program's rules is known, the
/// preset holds that part, which decides what becomes of VMs.
public struct ToolPreset: Sendable, Hashable {
  /// The programs.
  public enum Tool: String, Sendable, Hashable, CaseIterable {
    /// Murus, a front end that loads a main ruleset of its own.
    case murus
    /// IceFloor, Murus's predecessor.
    case icefloor
    /// Mullvad's VPN client with its kill switch.
    case mullvad
    /// Cloudflare WARP.
    case warp
    /// sshuttle for 10.0.0.0/8, which redirects connections over lo0 into an ssh session.
    case sshuttle
    /// The launch job of fail2ban.
    case fail2ban
  }
  /// The program.
  public var tool: Tool
  /// Whether it ends; otherwise it starts, connects or runs.
  public var ends: Bool
  /// The tunnel of a VPN.
  public var tunnel: String

  /// Describes a program's doing.
  public init(_ tool: Tool, ends: Bool = false, tunnel: String = "utun4") {
    self.tool = tool
    self.ends = ends
    self.tunnel = tunnel
  }
}

extension ToolPreset {
  /// What a program does, in order.
  enum Deed {
    /// An event, such as a pfctl command line.
    case event(HostEvent)
    /// The calls of an anchor go from the main ruleset.
    case withdraw(anchor: String)
  }

  /// The deeds; some depend on whether pf skips lo0 and whether it is on.
  func deeds(skipsLoopback: Bool, isEnabled: Bool) -> [Deed] {
    switch tool {
    case .murus, .icefloor:
      if ends { return [.event(.load(StockRules.main))] }
      return [.event(.load(mainRuleset))] + (isEnabled ? [] : [.event(.enable)])
    case .mullvad: return ends ? withdrawal("mullvad") : killSwitch(isEnabled)
    case .warp: return ends ? withdrawal("com.cloudflare.warp_svc") : warp(isEnabled)
    case .sshuttle: return ends ? sshuttleEnds : sshuttle(skipsLoopback)
    case .fail2ban: return ends ? [] : [.event(.load(StockRules.main))]
    }
  }

  /// A whole main ruleset without Apple's calls, as a front end writes it.
  private var mainRuleset: RulesFile {
    RulesFile(
      name: "\(tool.rawValue).conf",
      text: """
        pass out all
        pass in all

        """)
  }

  /// A client that appends its calls and fills its anchor.
  private func client(_ path: String, calls: String, rules: String) -> [Deed] {
    [
      .event(.append(RulesFile(name: tool.rawValue, text: calls))),
      .event(.load(RulesFile(name: "\(tool.rawValue).conf", text: rules, anchor: path))),
    ]
  }

  private func killSwitch(_ isEnabled: Bool) -> [Deed] {
    client(
      "mullvad",
      calls: """
        scrub-anchor "mullvad"
        anchor "mullvad"

        """,
      rules: """
        pass quick on lo0 all flags any keep state
        pass quick on \(tunnel) all flags S/SA keep state
        block return out quick all
        block drop quick all

        """) + (isEnabled ? [] : [.event(.enable)])
  }

  private func warp(_ isEnabled: Bool) -> [Deed] {
    client(
      "com.cloudflare.warp_svc",
      calls: """
        anchor "com.cloudflare.warp_svc"

        """,
      rules: """
        pass quick on lo0 all
        pass quick on \(tunnel) all
        block drop in quick all
        block return out quick all

        """) + (isEnabled ? [] : [.event(.enable)])
  }

  private func withdrawal(_ path: String) -> [Deed] {
    [.event(.flush(.all, anchor: path)), .withdraw(anchor: path)]
  }

  private static let sshuttleAnchor = "sshuttle-12300"

  /// sshuttle clears the flag of lo0 with a main ruleset of one line.
  private func sshuttle(_ skipsLoopback: Bool) -> [Deed] {
    let path = Self.sshuttleAnchor
    let clearing = RulesFile(name: "/dev/stdin", text: "pass on lo\n")
    return [.event(.enableWithToken(holder: tool.rawValue))]
      + (skipsLoopback ? [.event(.load(clearing))] : [])
      + client(
        path,
        calls: """
          rdr-anchor "\(path)"
          anchor "\(path)"

          """,
        rules: """
          table <forward_subnets> { 10.0.0.0/8, !127.0.0.0/8 }
          rdr pass on lo0 inet proto tcp from ! 127.0.0.1 to <forward_subnets> -> 127.0.0.1 port 12300
          pass out route-to lo0 inet proto tcp to <forward_subnets> keep state

          """)
  }

  private var sshuttleEnds: [Deed] {
    withdrawal(Self.sshuttleAnchor) + [.event(.releaseTokens(holder: tool.rawValue))]
  }
}

extension ToolPreset: CustomStringConvertible {
  /// The program and what it does, for example `mullvad connects`.
  public var description: String {
    switch tool {
    case .murus, .icefloor: "\(tool.rawValue) \(ends ? "is removed" : "is applied")"
    case .mullvad, .warp: "\(tool.rawValue) \(ends ? "disconnects" : "connects")"
    case .sshuttle: "sshuttle \(ends ? "ends" : "starts")"
    case .fail2ban: "fail2ban's job \(ends ? "ends" : "runs")"
    }
  }
}

extension Host {
  /// Lets a program do what it does to pf; every deed is named, then what it changed.
  func run(_ preset: ToolPreset, _ report: inout EventReport) {
    let deeds = preset.deeds(
      skipsLoopback: skippedInterfaces.contains("lo0"), isEnabled: filter.isEnabled)
    for deed in deeds {
      switch deed {
      case .event(let event):
        report.effects.append("\(preset.tool.rawValue): \(event.title)")
        perform(event, &report)
      case .withdraw(let path):
        let count = filter.deleteCalls(of: path)
        report.effects.append(
          "\(preset.tool.rawValue): takes \(count) calls of \(path) from the main ruleset")
      }
    }
    if deeds.isEmpty { report.effects.append("\(preset.tool.rawValue) does nothing to pf") }
  }
}
