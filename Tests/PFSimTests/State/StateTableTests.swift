import Testing

@testable import PFSim

/// The state table against a list that is searched from front to back.
@Suite struct StateTableTests {
  @Test("random insertions, searches and removals agree with a linear list", arguments: 1...8)
  func agreesWithList(seed: UInt64) {
    var random = RandomSource(seed: seed)
    var table = StateTable()
    defer { table.deallocate() }
    var list: [(key: StateKey, state: Int32)] = []
    for _ in 0..<3000 {
      let key = Self.randomKey(&random)
      switch random.next() % 4 {
      case 0, 1:
        let isTaken = list.contains {
          Self.sameInside(key, $0.key) || Self.sameOutside(key, $0.key)
        }
        let inserted = table.insert(StateRecord(), key, indexesMapping: false)
        #expect((inserted == nil) == isTaken)
        if let inserted { list.append((key, inserted)) }
      case 2 where !list.isEmpty:
        let victim = Int(random.next()) % list.count
        table.detach(list[victim].state)
        table.free(list[victim].state)
        list.remove(at: victim)
      default:
        let out = table.find(key, isOut: true, interface: 0)
        #expect(out == list.first { Self.sameInside(key, $0.key) }?.state ?? -1)
        let back = table.find(key, isOut: false, interface: 0)
        #expect(back == list.first { Self.sameOutside(key, $0.key) }?.state ?? -1)
      }
      #expect(table.count == list.count)
    }
  }

  private static func randomKey(_ random: inout RandomSource) -> StateKey {
    var key = StateKey()
    key.proto = [.tcp, .icmp, IPProtocol(rawValue: 99)][Int(random.next() % 3)]
    key.lan = AddressBits(ipv4: random.next() % 6)
    key.gateway = AddressBits(ipv4: random.next() % 6)
    key.remote = AddressBits(ipv4: random.next() % 6)
    key.remoteGateway = key.remote
    if key.proto != IPProtocol(rawValue: 99) {
      key.lanPort = random.next() % 4
      key.gatewayPort = random.next() % 4
    }
    if key.proto == .tcp {
      key.remotePort = random.next() % 4
      key.remoteGatewayPort = key.remotePort
    }
    return key
  }

  private static func sameInside(_ one: StateKey, _ other: StateKey) -> Bool {
    one.proto == other.proto && one.lan == other.lan && one.remote == other.remote
      && one.lanPort == other.lanPort && one.remotePort == other.remotePort
  }

  private static func sameOutside(_ one: StateKey, _ other: StateKey) -> Bool {
    one.proto == other.proto && one.gateway == other.gateway
      && one.remoteGateway == other.remoteGateway && one.gatewayPort == other.gatewayPort
      && one.remoteGatewayPort == other.remoteGatewayPort
  }

  @Test("a search by two numbers finds what a search by the whole key finds", arguments: 1...4)
  func narrowSearchAgrees(seed: UInt64) {
    var random = RandomSource(seed: seed)
    var table = StateTable()
    defer { table.deallocate() }
    var hits = 0
    for _ in 0..<4_000 {
      var key = StateKey()
      key.proto = random.next() & 1 == 0 ? .tcp : .udp
      if key.proto == .udp { key.variant = UInt8(1 + random.next() % 3) }
      key.lan = AddressBits(ipv4: 0x0a00_0000 + random.next() % 3)
      key.gateway = random.next() & 1 == 0 ? key.lan : AddressBits(ipv4: 0xc000_0201)
      key.remote = AddressBits(ipv4: 0xc633_6400 + random.next() % 3)
      key.remoteGateway = key.remote
      key.lanPort = 1 + random.next() % 3
      key.gatewayPort = key.lanPort + random.next() % 2
      key.remotePort = 1 + random.next() % 3
      key.remoteGatewayPort = key.remotePort
      if random.next() % 4 == 0 {
        key.hasCookie = key.proto == .udp && random.next() & 1 == 0
        if key.hasCookie { key.cookie = UInt64(random.next() % 2) }
        // Makes the state keep its addresses beside.
        if random.next() % 4 == 0 { key.gateway.low = 1 }
        _ = table.insert(StateRecord(), key, indexesMapping: false)
        continue
      }
      key.gateway = key.lan
      key.gatewayPort = key.lanPort
      let out = NarrowKey(
        key.proto, variant: key.variant, from: key.lan.ipv4, UInt16(key.lanPort),
        to: key.remote.ipv4, UInt16(key.remotePort), isOut: true)
      let found = table.find(out, isOut: true, interface: 0)
      #expect(found == table.find(key, isOut: true, interface: 0))
      if found >= 0 { hits += 1 }
      let back = NarrowKey(
        key.proto, variant: key.variant, from: key.remoteGateway.ipv4,
        UInt16(key.remoteGatewayPort), to: key.gateway.ipv4, UInt16(key.gatewayPort), isOut: false)
      #expect(
        table.find(back, isOut: false, interface: 0)
          == table.find(key, isOut: false, interface: 0))
    }
    #expect(hits > 500)
  }
}

extension StateTable {
  /// Adds a state that is filled in already; nil when a state with its key is in the way.
  mutating func insert(_ record: StateRecord, _ key: StateKey, indexesMapping: Bool) -> Int32? {
    let index = take()
    state(index).pointee = record
    if link(index, key, indexesMapping: indexesMapping) { return index }
    abandon(index)
    return nil
  }
}
