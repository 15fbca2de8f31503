import Testing

@testable import PFSim

@Suite("Every unknown of macOS is a setting with a default")
struct HostSettingsTests {
  /// The translation and filter rules of the service's part on a Mac with one VM.
  private static func part(
    _ name: String = "shared_v4", uplinks: [String] = ["en0"],
    _ change: (inout HostSettings) -> Void = { _ in }
  ) throws -> (nat: String, rules: String, host: PFSim.Host) {
    let fixture = try HostFixture { deployment in
      change(&deployment.host.settings)
      for (index, name) in uplinks.enumerated() where name != "en0" {
        deployment.host.interfaces.append(
          Interface(
            name: name,
            addresses: [
              .init(address: IPAddress(ipv4: 0x0a00_0002 + UInt32(index) << 16), prefixLength: 24)
            ]))
      }
    }
    let views = PfctlViews(host: fixture.host, anchor: "\(SharingService.anchor)/\(name)")
    return (views.translation(), views.rules(), fixture.host)
  }

  @Test("U1, U2: the shape and order of shared_v4 with two uplinks")
  func shape() throws {
    let standard = try Self.part(uplinks: ["en0", "en1"])
    #expect(
      standard.rules == """
        scrub on en1 all no-df fragment reassemble
        scrub on en0 all no-df fragment reassemble
        pass on en1 inet all flags any keep state
        pass on en1 inet proto esp all no state
        pass on en0 inet all flags any keep state
        pass on en0 inet proto esp all no state
        pass inet proto igmp all keep state allow-opts

        """)
    #expect(
      standard.nat == """
        nat on en0 inet from 192.168.64.0/24 to any -> (en0:0) extfilter ei
        nat on en1 inet from 192.168.64.0/24 to any -> (en1:0) extfilter ei
        no nat on bridge100 inet from 192.168.64.1 to 192.168.64.0/24

        """)
    let other = try Self.part(uplinks: ["en0", "en1"]) {
      $0.sharingShape = .firstEgress
      $0.sharingOrder = .discovery
    }
    #expect(
      other.rules == """
        scrub on en0 all no-df fragment reassemble
        scrub on en1 all no-df fragment reassemble
        pass on en0 inet all flags any keep state
        pass on en0 inet proto esp all no state
        pass inet proto igmp all keep state allow-opts
        pass on en1 inet all flags any keep state

        """)
  }

  @Test("U4: the address that nat lines end in")
  func natAddress() throws {
    #expect(try Self.part().nat.contains("-> (en0:0) extfilter ei"))
    let other = try Self.part { $0.natUsesFirstAddress = false }
    #expect(other.nat.contains("-> (en0) "))
  }

  @Test("U5: owner and priority of pfd's rules")
  func owner() throws {
    let standard = try Self.part().host.rules(of: .filter, in: "").last
    #expect(standard?.owner == "com.apple.internet-sharing" && standard?.priority == 1000)
    let other = try Self.part {
      $0.sharingOwner = "nobody"
      $0.sharingPriority = 7
    }.host.rules(of: .filter, in: "").last
    #expect(other?.owner == "nobody" && other?.priority == 7)
  }

  @Test("U6: what stays after the last VM")
  func afterLastVM() throws {
    for isSticky in [false, true] {
      let host = try Self.part { $0.sharingIsSticky = isSticky }.host
      host.apply(.stopVM(name: "vm1"))
      #expect(host.filter.isEnabled == isSticky)
      #expect(host.references.tokens.isEmpty != isSticky)
      #expect(host.sharingCalls().count == 4)
      let part = "\(SharingService.anchor)/shared_v4"
      #expect(host.rules(of: .nat, in: part).isEmpty != isSticky)
    }
  }

  @Test("U7: the part that holds exposed ports")
  func exposed() throws {
    for (part, name) in [("shared_v4", nil), ("portmapping", "portmapping")] {
      let fixture = try HostFixture([.softnet]) { deployment in
        deployment.machines[0].softnet.expose = "2222:22"
        if let name { deployment.host.settings.exposeAnchor = name }
      }
      let text = PfctlViews(
        host: fixture.host, anchor: "\(SharingService.anchor)/\(part)"
      ).translation()
      #expect(
        text.contains(
          "rdr on en0 inet proto tcp from any to (en0:0) port = 2222 -> 192.168.64.5 port 22\n"))
    }
  }

  @Test("U8: host mode adds nothing")
  func hostMode() throws {
    let host = try HostFixture([.host]).host
    #expect(host.filter.isEnabled == false && host.sharingCalls().isEmpty)
    #expect(host.assumptions.contains { $0.code == "U8" })
    let shared = try HostFixture([.host]) { $0.host.settings.hostPart = .shared }.host
    #expect(shared.filter.isEnabled && shared.sharingCalls().count == 4 && shared.isForwarding)
    #expect(shared.assumptions.contains { $0.text.contains("adds the rules of shared networks") })
  }

  @Test("U20: pfd and its destroyed token", arguments: HostSettings.PFDExit.allCases)
  func exit(_ exit: HostSettings.PFDExit) throws {
    let fixture = try HostFixture { $0.host.settings.pfdExit = exit }
    let report = fixture.host.apply(.disable)
    let isCut = report.effects.contains { $0.contains("the VMs are cut off") }
    #expect(isCut == (exit == .endsSharing))
    let packet = try fixture.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    #expect((packet.cause == .absent) == isCut)
  }

  @Test("U9: starting a network inserts, or loads the stock file first")
  func networkStart() throws {
    for (start, count) in [
      (HostSettings.NetworkStart.inserts, 2), (.reloadsStock, 2),
    ] {
      let fixture = try HostFixture(rules: "pass out all\n") {
        $0.host.settings.networkStart = start
      }
      let rules = fixture.host.rules(of: .filter, in: "").map { $0.text() }
      #expect(rules.count == count)
      #expect(rules.contains("pass out all flags S/SA keep state") == (start == .inserts))
    }
  }

  @Test("U10: the interface that pfd skips")
  func skipped() throws {
    #expect(try Self.part().host.skippedInterfaces == ["lo0"])
    #expect(try Self.part { $0.skippedByPFD = "" }.host.skippedInterfaces == [])
  }

  @Test("U11: pfd's token at boot")
  func token() throws {
    #expect(try HostFixture([]).host.filter.isEnabled == false)
    let host = try HostFixture([]) { $0.host.settings.pfdHoldsTokenAtBoot = true }.host
    #expect(host.filter.isEnabled && host.references.tokens.map(\.holder) == ["pfd"])
  }

  @Test("U12: whether the service follows the network")
  func follows() throws {
    for follows in [false, true] {
      let host = try Self.part { $0.sharingFollowsNetwork = follows }.host
      let report = host.apply(.interfaceUp(.tunnel, routes: []))
      let nat = PfctlViews(host: host, anchor: "\(SharingService.anchor)/shared_v4").translation()
      #expect(nat.contains("nat on utun5") == follows)
      #expect(report.effects.contains { $0.contains("has no rules for utun5") } == !follows)
    }
  }

  @Test("U13: forwarding is on while a shared network is up, or as told")
  func forwarding() throws {
    let host = try Self.part().host
    #expect(host.isForwarding)
    host.apply(.stopVM(name: "vm1"))
    #expect(!host.isForwarding)
    #expect(try HostFixture([]) { $0.host.settings.forwarding = .on }.host.isForwarding)
    #expect(try !Self.part { $0.forwarding = .off }.host.isForwarding)
  }

  @Test("U14: numbers of bridges and subnets; U18: a network of Softnet's own")
  func numbers() throws {
    let fixture = try HostFixture([.nat, .softnet]) {
      $0.host.settings.firstBridge = 102
      $0.host.settings.firstSubnet = 70
    }
    let networks = fixture.host.networks
    #expect(networks.map { fixture.host.interfaces[$0.bridge].name } == ["bridge102", "bridge103"])
    #expect(networks.map { $0.gateway?.description } == ["192.168.70.1", "192.168.71.1"])
    let shared = try HostFixture([.nat, .softnet]) {
      $0.host.settings.softnetSharesNATNetwork = true
    }
    #expect(shared.host.networks.count == 1)
  }

  @Test(
    "U15: isolation of VMs in NAT mode by version, or as told",
    arguments: [
      (MacOSProfile.mojave, false), (.macOS12, false), (.macOS13, true), (.macOS14, true),
      (.macOS15, true), (.macOS26, true),
    ])
  func isolation(_ profile: MacOSProfile, _ isIsolated: Bool) throws {
    #expect(try HostFixture { $0.host.profile = profile }.host.networks[0].isIsolated == isIsolated)
    for choice in [HostSettings.Choice.on, .off] {
      let host = try HostFixture {
        $0.host.profile = profile
        $0.host.settings.isolation = choice
      }.host
      #expect(host.networks[0].isIsolated == (choice == .on))
    }
  }

  @Test("profiles differ in what the reference says, and in nothing else")
  func profiles() {
    #expect(MacOSProfile.all.map(\.version) == ["10.14", "12", "13", "14", "15", "26"])
    #expect(MacOSProfile.all.filter(\.bridgeFiltersMembers) == [.mojave])
    #expect(MacOSProfile.all.filter(\.listsInvalidPort) == [.macOS26])
  }

  @Test("U21: the notice of pfctl -f with -q", arguments: HostSettings.LoadNotice.allCases)
  func notice(_ choice: HostSettings.LoadNotice) throws {
    let host = try HostFixture([]) { $0.host.settings.loadNotice = choice }.host
    var report = EventReport(title: "pfctl")
    host.announce(try PfctlArguments(["-q", "-f", "/etc/pf.conf"]), &report)
    #expect(report.messages == (choice == .always ? Host.loadNotice : []))
    #expect(host.assumptions.map(\.code).contains("U21"))
  }

  @Test("an answer names the unknowns that it used, and only those")
  func assumptions() throws {
    let idle = try HostFixture([]).host
    #expect(idle.assumptions.map(\.code) == ["U11"])
    let bridged = try HostFixture([.bridged]).host
    #expect(bridged.assumptions.map(\.code) == ["U11", "U14"])
    let nat = try HostFixture()
    #expect(
      nat.host.assumptions.map(\.code)
        == ["U1", "U2", "U4", "U5", "U9", "U10", "U11", "U12", "U14", "U15"])
    try nat.send("tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM")
    #expect(nat.host.assumptions.map(\.code).contains("U13"))
    let softnet = try HostFixture([.softnet]).host
    #expect(softnet.assumptions.map(\.code).contains("U19"))
    let routed = try HostFixture { deployment in
      deployment.host.profile = .macOS14
      deployment.rules = RulesFile(name: "pf.conf", text: "pass in rtable 1\n")
    }.host
    #expect(
      routed.assumptions.map(\.code).filter { ["U16", "U22"].contains($0) } == ["U16", "U22"])
    let disabled = try HostFixture { $0.host.profile = .macOS26 }.host
    disabled.apply(.disable)
    #expect(disabled.assumptions.map(\.code).contains("U20"))
    for assumption in nat.host.assumptions { #expect(!assumption.text.isEmpty) }
  }
}
