extension Host {
  /// What the answers so far took for granted, each once: the defaults of macOS's unknowns that
  /// were used, and what captures and options left open.
  public var assumptions: [Assumption] {
    let unknowns = Unknown.allCases.filter { usedUnknowns & (1 << UInt64($0.rawValue)) != 0 }
    var list = unknowns.compactMap { unknown in
      settings.text(of: unknown, profile: configuration.profile).map {
        Assumption(code: unknown.code, text: $0)
      }
    }
    for machine in machines where machine.softnet?.lease?.isAssumed == true {
      list.append(
        Assumption(
          code: "lease",
          text:
            "Softnet holds a valid lease of \(IPAddress(ipv4: machine.softnet?.lease?.address ?? 0)) "
            + "for \(machine.description.name), with the gateway as its DNS server"))
    }
    return list + otherAssumptions
  }

  /// Adds an assumption of a caller; the same one is kept once.
  public func assume(_ assumption: Assumption) {
    if !otherAssumptions.contains(assumption) { otherAssumptions.append(assumption) }
  }
}

extension HostSettings {
  /// What a setting says about its unknown, in a sentence; nil where it says nothing.
  func text(of unknown: Unknown, profile: MacOSProfile) -> String? {
    switch unknown {
    case .sharingText:
      sharingShape == .everyEgress
        ? "shared_v4 has a scrub, a pass and an ESP line for every uplink, and one IGMP line"
        : "shared_v4 has an ESP line for the first uplink only"
    case .sharingOrder:
      sharingOrder == .newestFirst
        ? "the uplink found last comes first in shared_v4's scrub and pass rules"
        : "shared_v4's rules follow the order of discovery"
    case .nat66:
      nat66 == .automatic
        ? "shared_v6 translates where the Mac has a global IPv6 route"
        : "shared_v6's translation is \(nat66.rawValue)"
    case .natAddress:
      natUsesFirstAddress
        ? "the sharing service's nat lines end in (interface:0)"
        : "the sharing service's nat lines end in (interface)"
    case .ownerAndPriority:
      "pfd's rules carry the owner \(sharingOwner) and priority \(sharingPriority)"
    case .afterLastVM:
      sharingIsSticky
        ? "after the last VM pfd keeps its token and rules"
        : "after the last VM pfd gives its token back, empties its parts and leaves its calls"
    case .exposePlace: "rules of exposed ports stand in \(exposeAnchor)"
    case .hostMode:
      hostPart == .empty
        ? "vmnet's host mode adds no rules" : "vmnet's host mode adds the rules of shared networks"
    case .networkStart:
      networkStart == .inserts
        ? "starting a shared network inserts anchor calls and replaces nothing"
        : "starting a shared network loads the stock main ruleset first"
    case .skippedInterface:
      skippedByPFD.isEmpty
        ? "pfd skips no interface" : "pfd marks \(skippedByPFD) as skipped when it starts"
    case .tokenAtBoot:
      pfdHoldsTokenAtBoot ? "pfd holds a token from boot on" : "pf is off after boot"
    case .egressSet:
      sharingFollowsNetwork
        ? "the sharing service rewrites its rules when the network changes"
        : "the sharing service has rules for the uplinks that were up when it started"
    case .forwarding: "forwarding is \(forwardingText)"
    case .bridgeNumber: "the first VM network is bridge\(firstBridge), 192.168.\(firstSubnet).0/24"
    case .isolation: isolationText(profile)
    case .rtable: "rtable has no effect"
    case .offload:
      "forwarded super-frames are cut to the MTU before pf sees them, and checksums that "
        + "offloading left open are taken as right"
    case .softnetNetwork:
      softnetSharesNATNetwork
        ? "Softnet's VMs share the NAT network" : "Softnet's VMs have a network of their own"
    case .softnetVersion: "Softnet decides as of its commit \(softnetVersion.rawValue)"
    case .pfdExit:
      pfdExit == .ignored
        ? "pfd goes on without its token (on macOS 26 it was seen to exit with code 3)"
        : "pfd exits when others destroy its token, and the sharing service with it"
    case .loadNotice:
      loadNotice == .unlessQuiet
        ? "pfctl -q prints no notice about the main ruleset"
        : "pfctl prints its notice about the main ruleset whatever the options"
    case .releaseFaults:
      "pf works as documented (betas of macOS 14.0 ignored quick; 14.6 to 15.1 could ignore rules "
        + "until a reboot)"
    }
  }

  private var forwardingText: String {
    switch forwarding {
    case .automatic: "on while a shared network is up"
    case .on: "on"
    case .off: "off"
    }
  }

  private func isolationText(_ profile: MacOSProfile) -> String {
    let isOn = isolation == .automatic ? profile.isolatesVMs : isolation == .on
    return isOn
      ? "VMs of a NAT network are isolated from each other (macOS \(profile.version))"
      : "VMs of a NAT network reach each other over the bridge (macOS \(profile.version))"
  }
}
