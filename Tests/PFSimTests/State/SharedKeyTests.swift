import Testing

@testable import PFSim

/// Keys with several states, on different interfaces, of both families.
@Suite struct SharedKeyTests {
  /// A key with the interfaces of its states in the order of the search.
  private struct Group {
    var key: StateKey
    var states: [(interface: Int32, index: Int32)]
  }

  @Test("states that share keys are found as in a plain list of groups", arguments: 1...8)
  func agreesWithGroups(seed: UInt64) {
    var random = RandomSource(seed: seed)
    var table = StateTable()
    defer { table.deallocate() }
    var groups: [Group] = []
    for _ in 0..<3000 {
      let key = Self.randomKey(&random)
      let interface = [InterfaceRegistry.all, 1, 2, 3][Int(random.next() % 4)]
      let own = groups.firstIndex { Self.isSame($0.key, key, outside: false) }
      switch random.next() % 4 {
      case 0, 1:
        var record = StateRecord()
        record.interface = interface
        let index = table.insert(record, key, indexesMapping: false)
        Self.insert(index, key, interface, own, &groups)
      case 2 where !groups.isEmpty:
        let victim = Int(random.next()) % groups.count
        let member = Int(random.next()) % groups[victim].states.count
        let index = groups[victim].states[member].index
        #expect(Self.isSame(table.key(of: index), groups[victim].key, outside: true))
        table.detach(index)
        table.free(index)
        groups[victim].states.remove(at: member)
        if groups[victim].states.isEmpty { groups.remove(at: victim) }
      default:
        let expected = own.flatMap { Self.first(groups[$0], interface) } ?? -1
        #expect(table.find(key, isOut: true, interface: interface) == expected)
        let outside = groups.firstIndex { Self.isSame($0.key, key, outside: true) }
        let back = outside.flatMap { Self.first(groups[$0], interface) } ?? -1
        #expect(table.find(key, isOut: false, interface: interface) == back)
      }
      #expect(table.count == groups.reduce(0) { $0 + $1.states.count })
    }
  }

  private static func insert(
    _ index: Int32?, _ key: StateKey, _ interface: Int32, _ own: Int?, _ groups: inout [Group]
  ) {
    guard let own else {
      let isTaken = groups.contains { isSame($0.key, key, outside: true) }
      #expect((index == nil) == isTaken)
      if let index { groups.append(Group(key: key, states: [(interface, index)])) }
      return
    }
    let isTaken = groups[own].states.contains { $0.interface == interface }
    #expect((index == nil) == isTaken)
    guard let index else { return }
    let place = interface == InterfaceRegistry.all ? groups[own].states.count : 0
    groups[own].states.insert((interface, index), at: place)
  }

  private static func first(_ group: Group, _ interface: Int32) -> Int32? {
    group.states.first { $0.interface == InterfaceRegistry.all || $0.interface == interface }?.index
  }

  private static func randomKey(_ random: inout RandomSource) -> StateKey {
    var key = StateKey()
    key.proto = .tcp
    key.lanIsIPv6 = random.next() % 2 == 0
    key.gatewayIsIPv6 = key.lanIsIPv6
    func address() -> AddressBits {
      let bits = UInt64(random.next() % 4)
      return key.lanIsIPv6
        ? AddressBits(high: 0xfd00 << 48, low: bits)
        : AddressBits(ipv4: UInt32(truncatingIfNeeded: bits))
    }
    key.lan = address()
    key.gateway = address()
    key.remote = address()
    key.remoteGateway = key.remote
    key.lanPort = random.next() % 3
    key.gatewayPort = random.next() % 3
    return key
  }

  private static func isSame(_ one: StateKey, _ other: StateKey, outside: Bool) -> Bool {
    guard one.lanIsIPv6 == other.lanIsIPv6, one.remote == other.remote else { return false }
    return outside
      ? one.gateway == other.gateway && one.gatewayPort == other.gatewayPort
      : one.lan == other.lan && one.lanPort == other.lanPort
  }

  @Test("the oldest state of a mapping gives its port until it is gone")
  func mappingsKeepTheirOrder() {
    var table = StateTable()
    defer { table.deallocate() }
    var key = StateKey()
    key.proto = .tcp
    key.lan = AddressBits(ipv4: 0x0a00_0001)
    key.lanPort = 1_000
    key.gateway = AddressBits(ipv4: 0xc000_0201)
    var record = StateRecord()
    record.translationRule = 7
    var indices: [Int32] = []
    for number in 0..<5 {
      key.remote = AddressBits(ipv4: 0x0808_0800 + UInt32(number))
      key.remoteGateway = key.remote
      key.gatewayPort = 50_000 + UInt32(number)
      indices.append(table.insert(record, key, indexesMapping: true) ?? -1)
    }
    for victim in [2, 0, 4, 1, 3] {
      let found = table.firstMapping(Mapping(7, key)) { _ in true }
      #expect(found == indices.first { $0 >= 0 })
      table.detach(indices[victim])
      table.free(indices[victim])
      indices[victim] = -1
    }
    #expect(table.firstMapping(Mapping(7, key)) { _ in true } == -1)
  }
}
