/// Where a capture was taken.
public enum Vantage: String, Sendable, Hashable, CaseIterable {
  /// In the VM, on its port or on the bridge: packets have the VM's own address.
  case vm
  /// On the host's uplink: packets are translated already.
  case uplink
}

/// Detects the vantage from the addresses of a sample of packets.
struct VantageDetector {
  private let ground: Ground
  private let map: AddressMap
  private var vmSide = 0
  private var uplinkSide = 0
  private var mapped = 0

  init(ground: Ground, map: AddressMap) {
    self.ground = ground
    self.map = map
  }

  /// Counts a packet as it stands in the capture, before any address is mapped.
  mutating func add(_ fields: PacketFields) {
    guard fields.family == .inet else { return }
    for address in [fields.source, fields.destination] {
      if ground.isVMNetwork(address) {
        vmSide += 1
      } else if ground.isHost(address, .inet) {
        uplinkSide += 1
      } else if map.simulated(address, .inet) != nil {
        mapped += 1
      }
    }
  }

  /// The vantage; nil where no packet has an address of the VM network or of the host.
  ///
  /// A VM talks to the host's uplink address, too, but nothing on the uplink has a VM's address.
  var vantage: Vantage? {
    if vmSide > 0, vmSide * 4 >= uplinkSide { return .vm }
    if uplinkSide > 0 { return .uplink }
    return mapped > 0 ? .vm : nil
  }
}
