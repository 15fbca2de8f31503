/// What a check of rules needs to know besides the rules.
public struct LintOptions: Sendable {
  /// The host's interfaces with their addresses, VM bridges among them or not.
  public var interfaces: [Interface] = HostConfiguration.defaultInterfaces
  /// Whether the file is loaded while a VM runs, else at boot.
  public var loadsAfterVM = false
  /// The gateway address of the VM network.
  public var gateway = IPAddress(ipv4: 0xc0a8_4001)
  /// The length of the VM network's prefix.
  public var gatewayPrefixLength: UInt8 = 24
  /// The bridge of the VM network.
  public var bridge = "bridge100"
  /// The main ruleset that the load replaces; nil for the stock one with a VM network's calls.
  public var current: Ruleset?
  /// The most rules of a list whose sets of packets are compared; beyond it a finding says that
  /// they were not.
  public var largestWalk = 4000
  /// The macros that the file defines and does not use.
  public var unusedMacros: [UnusedMacro] = []
  /// The steps that a single question may take.
  public var stepsPerQuestion = 50_000
  /// The steps of the whole check.
  public var steps = 5_000_000

  /// The defaults: en0 and a VM network 192.168.64.0/24 on bridge100.
  public init() {}

  /// Whether an interface can be a VM's way out: it has an IPv4 address and is neither loopback
  /// nor a bridge nor Apple's own.
  static func isUplink(_ interface: Interface) -> Bool {
    let others = ["lo", "bridge", "vmenet", "awdl", "llw", "anpi", "ap"]
    return interface.addresses.contains { $0.address.family == .inet }
      && !others.contains { interface.name.hasPrefix($0) }
  }

  /// The VM's ways out, in the order of ``interfaces``.
  var uplinks: [String] { interfaces.filter(Self.isUplink).map(\.name) }
}
