import Testing

@testable import PFSim

@Suite("Programs of others as presets")
struct ToolPresetTests {
  private func host(vm: Bool = true) -> Host {
    let host = Host(HostConfiguration(), seed: 1)
    host.apply(.boot)
    if vm {
      var machine = VirtualMachine(name: "vm", mode: .nat)
      machine.address = IPAddress("192.168.64.5")
      host.apply(.startVM(machine))
    }
    return host
  }

  private func calls(_ host: Host) throws -> [String] {
    try PfctlViews(host: host).text(.rules).split(separator: "\n").map(String.init)
  }

  @Test(
    "each names what it did, command by command",
    arguments: [
      (
        ToolPreset(.murus), "murus is applied",
        ["murus: pfctl -f murus.conf", "murus.conf replaces the main ruleset"]
      ),
      (
        ToolPreset(.icefloor), "icefloor is applied",
        ["icefloor: pfctl -f icefloor.conf", "the VMs lose NAT until the sharing service"]
      ),
      (
        ToolPreset(.mullvad, tunnel: "utun7"), "mullvad connects",
        [
          "mullvad: mullvad appends to the main ruleset",
          "anchor \"mullvad\" all stands at the end of the main ruleset",
          "mullvad: pfctl -a mullvad -f mullvad.conf",
        ]
      ),
      (
        ToolPreset(.warp), "warp connects",
        ["anchor \"com.cloudflare.warp_svc\" all stands at the end of the main ruleset"]
      ),
      (
        ToolPreset(.sshuttle), "sshuttle starts",
        [
          "sshuttle: sshuttle enables pf", "sshuttle takes a token; pf was on already",
          "sshuttle: pfctl -f /dev/stdin", "lo0 is no longer skipped",
          "rdr-anchor \"sshuttle-12300\" all stands at the end of the main ruleset",
        ]
      ),
      (
        ToolPreset(.fail2ban), "fail2ban's job runs",
        ["fail2ban: pfctl -f /etc/pf.conf", "the VMs lose NAT until the sharing service"]
      ),
      (ToolPreset(.fail2ban, ends: true), "fail2ban's job ends", ["fail2ban does nothing to pf"]),
    ])
  func effects(_ preset: ToolPreset, _ title: String, _ expected: [String]) {
    let report = host().apply(.tool(preset))
    #expect(report.title == title)
    #expect(report.exitCode == 0, "\(report.messages)")
    for sentence in expected {
      #expect(report.effects.contains { $0.hasPrefix(sentence) }, "\(report.effects)")
    }
  }

  @Test("clients leave the sharing service's calls alone, front ends do not")
  func sharingCalls() {
    for tool in ToolPreset.Tool.allCases {
      let host = host()
      host.apply(.tool(ToolPreset(tool)))
      let keeps = tool == .mullvad || tool == .warp
      #expect(host.sharingCalls().isEmpty != keeps, "\(tool)")
    }
  }

  @Test("without a VM sshuttle has no flag to clear and replaces nothing")
  func sshuttleAlone() throws {
    let host = host(vm: false)
    let report = host.apply(.tool(ToolPreset(.sshuttle)))
    #expect(!report.effects.contains { $0.contains("/dev/stdin") })
    #expect(try calls(host).last == "anchor \"sshuttle-12300\" all")
    #expect(try calls(host).count == 3)
  }

  @Test(
    "clients take their calls and rules back",
    arguments: [ToolPreset.Tool.mullvad, .warp, .sshuttle])
  func ends(_ tool: ToolPreset.Tool) throws {
    let host = host(vm: false)
    let before = try PfctlViews(host: host).text(.rules)
    host.apply(.tool(ToolPreset(tool)))
    #expect(host.filter.isEnabled)
    let report = host.apply(.tool(ToolPreset(tool, ends: true)))
    #expect(report.effects.contains { $0.contains("from the main ruleset") })
    #expect(try PfctlViews(host: host).text(.rules) == before)
    #expect(host.filter.isEnabled == (tool != .sshuttle))
  }
}
