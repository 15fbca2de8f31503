import Foundation
import Testing

@testable import PFSim
@testable import PFSimCommand

@Suite("Host descriptions in YAML")
struct HostDescriptionTests {
  /// Reads a description from a file of its own.
  static func read(_ text: String) throws -> Deployment {
    let folder = FileManager.default.temporaryDirectory.path + "/pfsim-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/host.yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return try HostDescription(file: path).deployment
  }

  static func failure(_ text: String) throws -> String {
    do {
      _ = try read(text)
      return ""
    } catch let error as CommandFailure {
      #expect(error.status == .badInput)
      let start = error.message.firstRange(of: "host.yaml")?.lowerBound
      return String(error.message[(start ?? error.message.startIndex)...])
    }
  }

  @Test("interfaces, routes, profile, settings, VMs and a timeline")
  func everything() throws {
    let deployment = try Self.read(
      """
      profile: 10.14
      interfaces:
        - name: en0
          addresses: [10.0.0.2/24]
          mtu: 1400
      routes:
        - {to: default, via: 10.0.0.1, on: en0}
        - {to: 10.9.0.0/16, on: en0, scoped: true}
      settings: {isolation: off, first-subnet: 70, nat66: on}
      vms:
        - {name: a, mode: softnet, address: 192.168.70.5, mac: "52:54:0:0:0:5", lease: strict}
      timeline:
        - start: a
        - flush: {what: nat, anchor: x}
        - interface-up: {name: utun5, addresses: [10.1.0.2/32->10.1.0.1], routes: [10.0.0.0/8]}
        - wait: 1.5
        - disable
      """)
    #expect(deployment.host.profile == .mojave)
    #expect(deployment.host.interfaces.first?.mtu == 1400)
    #expect(deployment.host.routes.map(\.isScoped) == [false, true])
    #expect(deployment.host.settings.isolation == .off)
    #expect(deployment.host.settings.nat66 == .on)
    #expect(deployment.machines.isEmpty)
    #expect(deployment.timeline.count == 5)
    guard case .startVM(let machine) = deployment.timeline.first else {
      Issue.record("the timeline does not begin with a VM")
      return
    }
    #expect(machine.mac == MACAddress(bits: 0x5254_0000_0005))
    #expect(!machine.softnet.assumesLease)
  }

  @Test(
    "errors name file, line and column",
    arguments: [
      ("interfaces:\n  - nam: en0\n", "host.yaml:2:5: unknown key nam"),
      ("vms:\n  - mode: nut\n", "host.yaml:2:11: expected nat, softnet, bridged or host"),
      ("settings:\n  forwarding: perhaps\n", "host.yaml:2:15: expected one of automatic, on, off"),
      ("timeline:\n  - start: nobody\n", "host.yaml:2:12: no VM named nobody stands under vms"),
      ("timeline: [explode]\n", "host.yaml:1:12: unknown key explode"),
      ("routes:\n  - {to: 10.0.0.0/99, on: en0}\n", "host.yaml:2:10: 10.0.0.0"),
      ("profile: [\n", "host.yaml:2:1: "), ("", "host.yaml: is empty"),
    ])
  func errors(_ text: String, _ message: String) throws {
    let got = try Self.failure(text)
    #expect(got.hasPrefix(message), "\(got)")
  }
}
