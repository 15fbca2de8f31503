/// The addresses of an interface as rules name them: `(if)`, `(if:network)` and so on
/// (kernel: `struct pfi_dynaddr` and its hidden table).
struct DynamicAddress {
  /// What it is made of; equal ones share one ``DynamicAddress``.
  struct Key: Hashable {
    var interface: Int32
    var modifiers: InterfaceModifiers
    /// The prefix length written behind it, 128 for none.
    var length: UInt8
    /// The family of the rule, 0 for both.
    var family: UInt8

    /// What the kernel names the hidden table by, in one number: all but the family.
    var hiddenTable: UInt64 {
      UInt64(UInt32(bitPattern: interface)) << 16 | UInt64(modifiers.rawValue) << 8
        | UInt64(length)
    }
  }
  /// The number of IPv4 addresses.
  var count4: Int32 = 0
  /// The number of IPv6 addresses.
  var count6: Int32 = 0
  /// The first IPv4 address.
  var first4 = AddressOperand()
  /// The first IPv6 address.
  var first6 = AddressOperand()
  /// All of them.
  let tree: UnsafeMutablePointer<PrefixTree>

  /// The first address of a family.
  @inline(__always)
  func first(_ isIPv6: Bool) -> AddressOperand { isIPv6 ? first6 : first4 }

  /// The number of addresses of a family.
  @inline(__always)
  func count(_ isIPv6: Bool) -> Int32 { isIPv6 ? count6 : count4 }

  /// Whether an address is one of them (kernel: `pfi_match_addr()`).
  @inline(__always)
  func contains(_ address: AddressBits, isIPv6: Bool) -> Bool {
    switch count(isIPv6) {
    case 0: return false
    case 1:
      let only = first(isIPv6)
      return (address & only.mask) == (only.bits & only.mask)
    default: return tree.pointee.lookup(address, isIPv6: isIPv6) != 0
    }
  }
}

/// All dynamic addresses.
struct DynamicAddresses {
  private(set) var records = FlatStorage<DynamicAddress>(alignment: 16)
  /// The tables behind them, by index; they own the trees.
  private(set) var tables: [PrefixTable] = []
  private var keys: [DynamicAddress.Key] = []
  private var indices: [DynamicAddress.Key: Int32] = [:]

  /// Gives the memory back.
  func deallocate() { records.deallocate() }

  /// The dynamic address of a key, made where there is none.
  mutating func index(_ key: DynamicAddress.Key, of interface: Interface?) -> Int32 {
    if let known = indices[key] { return known }
    let table = PrefixTable()
    let index = Int32(truncatingIfNeeded: records.append(DynamicAddress(tree: table.tree)))
    tables.append(table)
    keys.append(key)
    indices[key] = index
    fill(Int(index), interface)
    return index
  }

  /// Looks at the interfaces again.
  func refresh(_ interface: (Int32) -> Interface?) {
    for index in keys.indices { fill(index, interface(keys[index].interface)) }
  }

  private func fill(_ index: Int, _ interface: Interface?) {
    let table = tables[index]
    let key = keys[index]
    table.removeAll()
    if let interface {
      for entry in interface.entries(key.modifiers, length: key.length) {
        _ = table.insert(entry)
      }
    }
    let entries = table.entries
    func set(_ family: AddressFamily) -> (Int32, AddressOperand) {
      guard key.family == 0 || key.family == family.rawValue else { return (0, AddressOperand()) }
      let own = entries.filter { $0.family == family }
      let first = own.first.map {
        AddressOperand(
          bits: $0.address, mask: AddressBits(prefixLength: Int($0.prefixLength)))
      }
      return (Int32(truncatingIfNeeded: own.count), first ?? AddressOperand())
    }
    (records.base[index].count4, records.base[index].first4) = set(.inet)
    (records.base[index].count6, records.base[index].first6) = set(.inet6)
  }
}

extension Interface {
  /// The addresses that a dynamic address stands for (kernel: `pfi_instance_add()`).
  func entries(_ modifiers: InterfaceModifiers, length: UInt8) -> [TableDefinition.Entry] {
    var entries: [TableDefinition.Entry] = []
    var seen: Set<AddressFamily> = []
    for own in addresses {
      let family = own.address.family
      // KERNEL: pfi_instance_add() leaves link-local addresses out.
      if family == .inet6, own.address.bits.high >> 54 == 0x3fa { continue }
      if modifiers.contains(.broadcast), family == .inet6 || !isBroadcast { continue }
      if modifiers.contains(.peer), !isPointToPoint { continue }
      if modifiers.contains(.noAlias), seen.contains(family) { continue }
      seen.insert(family)
      var net = Int(length)
      if net == 128, modifiers.contains(.network) { net = Int(own.prefixLength) }
      net = min(net, family.addressBits)
      guard let address = own.address(modifiers) else { continue }
      entries.append(
        TableDefinition.Entry(
          family: family, address: address.bits & AddressBits(prefixLength: net),
          prefixLength: UInt8(net), negated: false))
    }
    return entries
  }
}

extension Interface.Address {
  /// The address, the broadcast address or the peer.
  fileprivate func address(_ modifiers: InterfaceModifiers) -> IPAddress? {
    if modifiers.contains(.broadcast) {
      let mask = AddressBits(prefixLength: Int(prefixLength))
      return IPAddress(ipv4: address.bits.ipv4 | ~mask.ipv4)
    }
    return modifiers.contains(.peer) ? peer : address
  }
}
