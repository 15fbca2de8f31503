/// The addresses that tell a recording's parties apart: those of the VM network and of the host.
public struct Ground: Sendable, Hashable {
  /// The VMs' gateway: the bridge's address.
  public var gateway: IPAddress
  /// The length of the VM network's prefix.
  public var prefixLength: UInt8
  /// The host's other addresses.
  public var hostAddresses: [IPAddress]

  /// Takes the addresses from a host's description.
  ///
  /// The VM network is that of a bridge listed among the interfaces, else the one that vmnet
  /// would choose.
  public init(_ configuration: HostConfiguration) {
    gateway = IPAddress(ipv4: 0xc0a8_0001 | UInt32(configuration.settings.firstSubnet) << 8)
    prefixLength = 24
    hostAddresses = []
    var isGiven = false
    for interface in configuration.interfaces {
      if interface.name.hasPrefix("bridge"), !isGiven,
        let own = interface.addresses.first(where: { $0.address.family == .inet })
      {
        gateway = own.address
        prefixLength = own.prefixLength
        isGiven = true
      }
      hostAddresses += interface.addresses.map(\.address)
    }
  }

  /// Whether an IPv4 address is one that a VM can have.
  func isVMNetwork(_ address: AddressBits) -> Bool {
    let mask = AddressBits(prefixLength: Int(prefixLength))
    guard address & mask == gateway.bits & mask, address != gateway.bits else { return false }
    return address & ~mask != AddressBits(ipv4: .max) & ~mask
  }

  /// Whether an address is the VM network's broadcast address.
  func isVMBroadcast(_ address: AddressBits) -> Bool {
    let mask = AddressBits(prefixLength: Int(prefixLength))
    return address & mask == gateway.bits & mask
      && address & ~mask & AddressBits(prefixLength: 32)
        == ~mask & AddressBits(prefixLength: 32)
  }

  /// Whether an address is one of the host's own.
  func isHost(_ address: AddressBits, _ family: AddressFamily) -> Bool {
    if family == .inet, address == gateway.bits { return true }
    return hostAddresses.contains { $0.family == family && $0.bits == address }
  }
}
