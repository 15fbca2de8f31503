/// The parties of a recording, learnt from its frames: which addresses are VMs', which the host's.
struct Directory {
  /// A VM as the frames show it.
  struct Station: Sendable {
    var mac: MACAddress?
    /// The first IPv4 address that it used.
    var address: AddressBits?
  }
  /// The VMs in the order of their first frame.
  private(set) var stations: [Station] = []
  /// The bridge's Ethernet address.
  private(set) var hostMAC: MACAddress?
  /// The bridge's IPv6 addresses beyond link-local ones.
  private(set) var hostAddresses: Set<AddressBits> = []
  /// A number that grows whenever something is learnt, from 1.
  private(set) var version: UInt64 = 1
  private var byMAC = StationNumbers<MACAddress>()
  private var byAddress = StationNumbers<AddressBits>()
  let ground: Ground

  /// The most VMs told apart; more than a /24 holds are noise.
  private static let limit = 253

  init(ground: Ground) { self.ground = ground }

  /// Gives the memory of the look-ups back.
  func deallocate() {
    byMAC.deallocate()
    byAddress.deallocate()
  }

  /// Learns from a frame on the VM's side.
  mutating func learn(_ link: LinkHeader, _ fields: PacketFields) {
    switch fields.family {
    case .inet: learn4(link, fields)
    case .inet6: learn6(link, fields)
    case .unspecified: break
    }
  }

  private mutating func learn4(_ link: LinkHeader, _ fields: PacketFields) {
    if fields.source == ground.gateway.bits, hostMAC == nil, let mac = link.source {
      hostMAC = mac
      version += 1
    }
    let isRequest =
      fields.proto == .udp && fields.destinationPort == 67 && fields.source.isZero
    if ground.isVMNetwork(fields.source), link.source == nil || link.source != hostMAC {
      add(mac: link.source, address: fields.source)
      learnHost(link, fields)
    } else if isRequest, link.source != nil {
      add(mac: link.source, address: nil)
    }
    if ground.isVMNetwork(fields.destination), !fields.isGroup,
      byAddress[fields.destination] == nil
    {
      let mac = link.destination?.isGroup == false ? link.destination : nil
      if mac == nil || mac != hostMAC { add(mac: mac, address: fields.destination) }
    }
  }

  /// What a VM sends beyond its own network goes to the bridge's address.
  private mutating func learnHost(_ link: LinkHeader, _ fields: PacketFields) {
    guard hostMAC == nil, let mac = link.destination, !mac.isGroup, !fields.isGroup,
      !ground.isVMNetwork(fields.destination), !ground.isVMBroadcast(fields.destination)
    else { return }
    hostMAC = mac
    version += 1
  }

  private mutating func learn6(_ link: LinkHeader, _ fields: PacketFields) {
    if let mac = link.source, mac == hostMAC, fields.staysOnLink, !fields.source.isZero,
      hostAddresses.count < Self.limit
    {
      if hostAddresses.insert(fields.source).inserted { version += 1 }
      return
    }
    guard let vm = link.source.flatMap({ byMAC[$0] }), !fields.source.isZero else { return }
    guard byAddress[fields.source] != vm else { return }
    byAddress[fields.source] = vm
    version += 1
  }

  private mutating func add(mac: MACAddress?, address: AddressBits?) {
    var found = mac.flatMap { byMAC[$0] }
    if found == nil, let address, let known = byAddress[address] {
      // A frame without addresses, or a VM known by its address only.
      if mac == nil || stations[known].mac == nil { found = known }
    }
    if found == nil, stations.count < Self.limit {
      stations.append(Station())
      found = stations.count - 1
      version += 1
    }
    guard let found else { return }
    if let mac, stations[found].mac == nil {
      stations[found].mac = mac
      byMAC[mac] = found
      version += 1
    }
    guard let address else { return }
    if stations[found].address == nil {
      stations[found].address = address
      version += 1
    }
    if byAddress[address] == nil {
      byAddress[address] = found
      version += 1
    }
  }

  /// The VM that sent a frame, nil for others.
  func sender(_ link: LinkHeader, _ fields: PacketFields) -> Party? {
    if let mac = link.source {
      if let vm = byMAC[mac] { return .station(vm) }
      if mac == hostMAC { return nil }
    }
    return byAddress[fields.source].map(Party.station)
  }

  /// The VM that a frame is for, nil for others and for groups.
  func receiver(_ link: LinkHeader, _ fields: PacketFields) -> Party? {
    if fields.family == .inet6 || fields.destination == AddressBits(ipv4: .max) {
      if let mac = link.destination, let vm = byMAC[mac] { return .station(vm) }
    }
    return byAddress[fields.destination].map(Party.station)
  }
}

extension Party {
  /// A VM by its place in the directory, which holds few.
  fileprivate static func station(_ number: Int) -> Party { .vm(Int32(truncatingIfNeeded: number)) }
}

/// The numbers of stations by an address: every frame asks for four of them.
private struct StationNumbers<Address: StationAddress> {
  private var entries: [(address: Address, station: Int)] = []
  private var index = HashIndex()

  /// Gives the memory back.
  func deallocate() { index.deallocate() }

  subscript(address: Address) -> Int? {
    @inline(__always) get {
      let found = index.find(address.hash) { entries[Int($0)].address == address }
      return found < 0 ? nil : entries[Int(found)].station
    }
    set {
      guard let newValue else { return }
      let found = index.find(address.hash) { entries[Int($0)].address == address }
      if found >= 0 {
        entries[Int(found)].station = newValue
      } else {
        entries.append((address, newValue))
        index.insert(address.hash, Int32(truncatingIfNeeded: entries.count - 1))
      }
    }
  }
}

/// An address that stations are found by.
private protocol StationAddress: Equatable {
  var hash: UInt32 { get }
}

extension MACAddress: StationAddress {
  fileprivate var hash: UInt32 {
    UInt32(truncatingIfNeeded: HashIndex.mix(bits, 0x9e37_79b9_7f4a_7c15) >> 32)
  }
}

extension AddressBits: StationAddress {
  fileprivate var hash: UInt32 {
    UInt32(truncatingIfNeeded: HashIndex.mix(high, low ^ 0x9e37_79b9_7f4a_7c15) >> 32)
  }
}
