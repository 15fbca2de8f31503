/// The host's unscoped routes and own addresses, flat for look-ups per packet.
struct RoutingTable {
  /// One route, resolved.
  struct Entry {
    var family: AddressFamily
    var destination: AddressBits
    var mask: AddressBits
    var interface: Int32
  }
  /// One address of the host.
  struct Own {
    var family: AddressFamily
    var bits: AddressBits
    var broadcast: AddressBits
    var interface: Int32
  }
  /// Where a packet that came in goes.
  struct Way: Equatable {
    /// The interface that the routes lead to, -1 for no route, -2 for the host's own stack.
    let out: Int32
    /// The host's own stack takes the packet.
    static let host = Way(out: -2)
  }
  /// The routes, the longest prefix first.
  private var entries = FlatStorage<Entry>(alignment: 16)
  /// The host's addresses.
  private var own = FlatStorage<Own>(alignment: 16)
  /// The ways that packets went.
  private let memory = WayMemory()

  /// Gives the memory back.
  func deallocate() {
    entries.deallocate()
    own.deallocate()
    memory.deallocate()
  }

  /// Gathers the routes that interfaces bring and those given, in place of those before.
  /// - Parameter present: Whether the interface with the index is there.
  mutating func gather(interfaces: [Interface], routes: [Route], present: (Int) -> Bool) {
    entries.removeAll()
    own.removeAll()
    memory.forget()
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
    let ordered = found.enumerated().sorted {
      $0.element.length != $1.element.length
        ? $0.element.length > $1.element.length : $0.offset < $1.offset
    }
    for (_, route) in ordered { _ = entries.append(route.entry) }
  }

  private mutating func append(_ address: Interface.Address, of index: Int) {
    let mask = AddressBits(prefixLength: Int(address.prefixLength))
    var broadcast = AddressBits.zero
    if address.address.family == .inet, address.peer == nil, address.prefixLength < 31 {
      broadcast = address.address.bits | AddressBits(ipv4: (~mask).ipv4)
    }
    _ = own.append(
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
    var entry = entries.base
    let end = entry + entries.count
    while entry < end {
      if entry.pointee.family == family,
        destination & entry.pointee.mask == entry.pointee.destination
      {
        return entry.pointee.interface
      }
      entry += 1
    }
    return -1
  }

  /// The interface that owns an address, -1 where none does.
  func owner(of address: AddressBits, _ family: AddressFamily) -> Int32 {
    var one = own.base
    let end = one + own.count
    while one < end {
      if one.pointee.bits == address, one.pointee.family == family { return one.pointee.interface }
      one += 1
    }
    return -1
  }

  /// Where a packet that came in goes, whatever else forbids it.
  /// - Complexity: Constant for IPv4 destinations that came in there lately.
  @inline(__always)
  func way(of header: RoutedHeader, from interface: Int32) -> Way {
    guard header.family == .inet else { return findWay(of: header, from: interface) }
    let key = WayMemory.key(header.destination.ipv4, interface)
    if let known = memory.recall(key) { return known }
    let way = findWay(of: header, from: interface)
    memory.remember(key, way)
    return way
  }

  @inline(never)
  private func findWay(of header: RoutedHeader, from interface: Int32) -> Way {
    if header.isToMulticast || header.isToLimitedBroadcast
      || owner(of: header.destination, header.family) >= 0
      || isBroadcast(header.destination, on: interface)
    {
      return .host
    }
    return Way(out: self.interface(for: header.destination, header.family))
  }

  /// Whether an IPv4 address is the broadcast address of one of the interface's networks.
  func isBroadcast(_ address: AddressBits, on interface: Int32) -> Bool {
    var one = own.base
    let end = one + own.count
    while one < end {
      if one.pointee.broadcast == address, one.pointee.interface == interface, !address.isZero {
        return true
      }
      one += 1
    }
    return false
  }
}
