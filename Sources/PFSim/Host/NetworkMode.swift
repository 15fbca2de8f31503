/// How a VM is attached to the network, with Tart's names.
public enum NetworkMode: String, Sendable, Hashable, CaseIterable {
  /// vmnet's shared network: NAT by pf (Tart's default).
  case nat
  /// The shared network behind Softnet (`--net-softnet`).
  case softnet
  /// Switched onto a physical interface (`--net-bridged`).
  case bridged
  /// vmnet's host network through Softnet (`--net-host`).
  case host

  /// Reads a mode's name; `bridge` stands for `bridged`.
  public init?(name: some StringProtocol) {
    self.init(rawValue: name == "bridge" ? "bridged" : String(name))
  }

  /// Whether the frames pass Softnet's filter.
  public var usesSoftnet: Bool { self == .softnet || self == .host }

  /// Whether the network is one of vmnet's that shares the uplink by NAT.
  public var isShared: Bool { self == .nat || self == .softnet }
}
