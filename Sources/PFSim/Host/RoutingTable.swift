/// The host's unscoped routes and own addresses, flat for look-ups per packet.
struct RoutingTable: Sendable {
  /// One route, resolved.
  struct Entry: Sendable {
    var family: AddressFamily
    var destination: AddressBits
    var mask: AddressBits
    var interface: Int32
  }
  /// One address of the host.
  struct Own: Sendable {
    var family: AddressFamily
    var bits: AddressBits
    var broadcast: AddressBits
    var interface: Int32
  }
  /// The routes, the longest prefix first.
  private(set) var entries: [Entry] = []
  /// The host's addresses.
  private(set) var own: [Own] = []

  /// No routes.
  init() {}

  /// Gathers the routes that interfaces bring and those given.
  /// - Parameter present: Whether the interface with the index is there.
  init(interfaces: [Interface], routes: [Route], present: (Int) -> Bool) {
    var found: [(length: Int, entry: Entry)] = []
    for route in routes where !route.isScoped {
      guard let index = interfaces.firstIndex(where: { $0.name == route.interface }),
        present(index)
      else { continue }
      let length = Int(route.prefixLength)
      let entry = Entry(
        family: route.family, destination: route.destination,
        mask: AddressBits(prefixLength: length), interface: Int32(index))
      found.append((length, entry))
    }
    for (index, interface) in interfaces.enumerated() where present(index) {
      for address in interface.addresses {
        append(address, of: index)
        guard !RoutingTable.isLinkLocalV6(address.address) else { continue }
        let length = Int(
          address.peer == nil ? Int(address.prefixLength) : address.address.family.addressBits)
        let mask = AddressBits(prefixLength: length)
        let target = address.peer?.bits ?? address.address.bits
        let entry = Entry(
          family: address.address.family, destination: target & mask, mask: mask,
          interface: Int32(index))
        found.append((length, entry))
      }
    }
    // A stable order: of equal prefixes the route given first wins.
    entries = found.enumerated().sorted {
      $0.element.length != $1.element.length
        ? $0.element.length > $1.element.length : $0.offset < $1.offset
    }.map(\.element.entry)
  }

  private mutating func append(_ address: Interface.Address, of index: Int) {
    let mask = AddressBits(prefixLength: Int(address.prefixLength))
    var broadcast = AddressBits.zero
    if address.address.family == .inet, address.peer == nil, address.prefixLength < 31 {
      broadcast = address.address.bits | AddressBits(ipv4: (~mask).ipv4)
    }
    own.append(
      Own(
        family: address.address.family, bits: address.address.bits, broadcast: broadcast,
        interface: Int32(index)))
  }

  private static func isLinkLocalV6(_ address: IPAddress) -> Bool {
    address.family == .inet6 && address.bits.high >> 54 == 0x3fa
  }

  /// The interface that a destination is reached through, -1 for no route.
  /// - Complexity: Linear in the number of routes, which is small.
  func interface(for destination: AddressBits, _ family: AddressFamily) -> Int32 {
    for entry in entries
    where entry.family == family && destination & entry.mask == entry.destination {
      return entry.interface
    }
    return -1
  }

  /// The interface that owns an address, -1 where none does.
  func owner(of address: AddressBits, _ family: AddressFamily) -> Int32 {
    for one in own where one.family == family && one.bits == address { return one.interface }
    return -1
  }

  /// Whether an IPv4 address is the broadcast address of one of the interface's networks.
  func isBroadcast(_ address: AddressBits, on interface: Int32) -> Bool {
    for one in own
    where one.interface == interface && !one.broadcast.isZero && one.broadcast == address {
      return true
    }
    return false
  }
}
