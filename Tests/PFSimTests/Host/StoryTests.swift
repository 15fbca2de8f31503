import Testing

@testable import PFSim

/// The failure stories that the mission is about, as the reference tells them.
@Suite("What breaks a VM's network on a Mac")
struct StoryTests {
  static let request = "tcp 192.168.64.5:50000 > 1.1.1.1:443 S from VM"
  static let murus = """
    pass out all
    pass in all

    """

  @Test(
    "F1: a VM in NAT or Softnet mode switches pf on; bridged mode does not",
    arguments: [
      NetworkMode.nat, .softnet,
    ])
  func startSwitchesOn(_ mode: NetworkMode) throws {
    let fixture = try HostFixture([mode])
    #expect(fixture.host.filter.isEnabled)
    #expect(fixture.host.enabledBy == "pfd")
    #expect(fixture.host.references.tokens.map(\.holder) == ["pfd"])
    let views = PfctlViews(host: fixture.host)
    #expect(
      views.rules() == """
        scrub-anchor "com.apple/*" all fragment reassemble
        scrub-anchor "com.apple.internet-sharing" all fragment reassemble
        anchor "com.apple/*" all
        anchor "com.apple.internet-sharing" all

        """)
    #expect(
      views.translation() == """
        nat-anchor "com.apple/*" all
        nat-anchor "com.apple.internet-sharing" all
        rdr-anchor "com.apple/*" all
        rdr-anchor "com.apple.internet-sharing" all

        """)
    #expect(views.info().hasPrefix("Status: Enabled for 0 days 00:00:00"))
  }

  @Test("F1: bridged mode leaves pf off and inserts nothing")
  func bridgedLeavesOff() throws {
    let fixture = try HostFixture([.bridged])
    #expect(!fixture.host.filter.isEnabled)
    #expect(fixture.host.sharing.inserted.isEmpty)
    #expect(
      PfctlViews(host: fixture.host).rules() == """
        scrub-anchor "com.apple/*" all fragment reassemble
        anchor "com.apple/*" all

        """)
    #expect(PfctlViews(host: fixture.host).info().hasPrefix("Status: Disabled  "))
  }

  @Test("F2: NAT lives in pf: off it leaves with its private source, on again it is translated")
  func filterOff() throws {
    let fixture = try HostFixture()
    fixture.host.apply(.disable)
    let lost = try fixture.send(Self.request)
    #expect(lost.leftWithPrivateSource)
    #expect(!lost.isSeenByPF)
    #expect(fixture.ends == "192.168.64.5:50000 > 1.1.1.1:443")
    let gateway = try fixture.send("tcp 192.168.64.5:50001 > 192.168.64.1:22 S from VM")
    #expect(gateway.fate == .deliveredToHost)
    #expect(fixture.host.references.tokens.isEmpty)
    fixture.host.apply(.enable)
    let works = try fixture.send(Self.request)
    #expect(!works.leftWithPrivateSource)
    #expect(fixture.ends.hasPrefix("192.168.1.20:"))
  }

  @Test("F3: a main ruleset without Apple's anchors, loaded while the VM runs, ends NAT")
  func murusAfterVM() throws {
    let fixture = try HostFixture(rules: Self.murus, order: .afterVM)
    let disposition = try fixture.send(Self.request)
    #expect(disposition.leftWithPrivateSource)
    #expect(fixture.hop(.in, "bridge100")?.rule?.place == "pf.conf:2")
    #expect(fixture.hop(.out, "en0")?.rule?.place == "pf.conf:1")
    #expect(fixture.hop(.out, "en0")?.translationRule == nil)
    let dns = try fixture.send("udp 192.168.64.5:40000 > 192.168.64.1:53 from VM")
    #expect(dns.fate == .deliveredToHost)
    let missing = fixture.host.findings.filter { $0.code == "sharing-call-missing" }
    #expect(missing.count == 4)
    for word in ["nat-anchor", "rdr-anchor", "scrub-anchor", "anchor"] {
      #expect(missing.contains { $0.message.hasPrefix("\(word) com.apple.internet-sharing ") })
    }
  }

  @Test("F4: nat-anchor and rdr-anchor kept, NAT works and the verdict is the user's own rule")
  func anchorsKept() throws {
    let rules = """
      nat-anchor "com.apple.internet-sharing"
      rdr-anchor "com.apple.internet-sharing"
      pass out all
      pass in all

      """
    let fixture = try HostFixture(rules: rules, order: .afterVM)
    let disposition = try fixture.send(Self.request)
    #expect(!disposition.leftWithPrivateSource)
    #expect(fixture.ends.hasPrefix("192.168.1.20:"))
    #expect(fixture.hop(.out, "en0")?.rule?.place == "pf.conf:3")
    let translation = fixture.hop(.out, "en0")?.translationRule
    #expect(
      translation?.text
        == "nat on en0 inet from 192.168.64.0/24 to any -> (en0:0) extfilter ei")
    #expect(translation?.anchor == "com.apple.internet-sharing/shared_v4")
  }

  @Test("F5: the same file loaded before the VM starts works, the sharing anchor being last")
  func murusBeforeVM() throws {
    let fixture = try HostFixture(rules: Self.murus, order: .beforeVM)
    let disposition = try fixture.send(Self.request)
    #expect(!disposition.leftWithPrivateSource)
    #expect(fixture.ends.hasPrefix("192.168.1.20:"))
    let rules = PfctlViews(host: fixture.host).rules()
    #expect(rules.hasSuffix("anchor \"com.apple.internet-sharing\" all\n"))
    #expect(fixture.hop(.out, "en0")?.rule?.text == "pass on en0 inet all flags any keep state")
  }

  @Test("F6: the stock file loaded while the VM runs ends NAT until the network restarts")
  func stockReload() throws {
    let fixture = try HostFixture()
    fixture.host.apply(.load(StockRules.main))
    #expect(try fixture.send(Self.request).leftWithPrivateSource)
    fixture.host.apply(.restartSharing)
    #expect(try fixture.send(Self.request).leftWithPrivateSource == false)
    #expect(fixture.ends.hasPrefix("192.168.1.20:"))
  }

  @Test("F7: after -F all and a restart of the network, rules below com.apple are not enforced")
  func flushAll() throws {
    let fixture = try HostFixture(
      anchors: ["com.apple/x": "block drop in quick from 192.168.64.5 to 1.0.0.1\n"])
    let packet = "tcp 192.168.64.5:50000 > 1.0.0.1:443 S from VM"
    #expect(try fixture.send(packet).fate == .dropped)
    let report = fixture.host.apply(.flush(.all, anchor: ""))
    #expect(report.messages.contains("pf: interface flags reset"))
    #expect(try fixture.send(packet).leftWithPrivateSource)
    fixture.host.apply(.restartSharing)
    let passes = try fixture.send(packet)
    #expect(passes.fate == .left)
    #expect(!passes.leftWithPrivateSource)
    #expect(fixture.host.findings.contains { $0.code == "anchor-not-called" })
  }

  @Test("F12: the sharing anchor's pass overrides a block without quick while a VM runs")
  func sharingOverrides() throws {
    let packet = "tcp 192.168.1.50:40000 > 192.168.1.20:8080 S from uplink"
    let plain = "block in on en0 proto tcp to port 8080\n"
    let quick = "block in quick on en0 proto tcp to port 8080\n"
    let stock = StockRules.main.text
    let running = try HostFixture(rules: stock + plain)
    #expect(try running.send(packet).fate == .deliveredToHost)
    #expect(running.hop(.in, "en0")?.rule?.anchor == "com.apple.internet-sharing/shared_v4")
    #expect(
      running.host.findings.contains {
        $0.code == "block-overridden-by-sharing" && $0.line == 28
      })
    let safe = try HostFixture(rules: stock + quick)
    #expect(try safe.send(packet).fate == .dropped)
    #expect(
      !safe.host.findings.contains {
        $0.code == "block-overridden-by-sharing"
      })
    let alone = try HostFixture([], rules: stock + plain) { $0.enablesFilter = true }
    #expect(try alone.send(packet).fate == .dropped)
  }
}
