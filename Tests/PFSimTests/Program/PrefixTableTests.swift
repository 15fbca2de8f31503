import Testing

@testable import PFSim

/// The same operations as a table's, by looking at every entry.
private struct PlainTable {
  var entries: [TableDefinition.Entry] = []

  func match(_ address: IPAddress) -> TableDefinition.Entry? {
    entries.filter { $0.family == address.family && contains($0, address.bits) }
      .max { $0.prefixLength < $1.prefixLength }
  }

  private func contains(_ entry: TableDefinition.Entry, _ bits: AddressBits) -> Bool {
    bits & AddressBits(prefixLength: Int(entry.prefixLength)) == entry.address
  }

  func index(of entry: TableDefinition.Entry) -> Int? {
    entries.firstIndex {
      $0.family == entry.family && $0.address == entry.address
        && $0.prefixLength == entry.prefixLength
    }
  }

  mutating func insert(_ entry: TableDefinition.Entry) -> PrefixTable.Change {
    guard let found = index(of: entry) else {
      entries.append(entry)
      return .done
    }
    return entries[found].negated == entry.negated ? .unchanged : .conflict
  }

  mutating func remove(_ entry: TableDefinition.Entry) -> PrefixTable.Change {
    guard let found = index(of: entry) else { return .unchanged }
    guard entries[found].negated == entry.negated else { return .conflict }
    entries.remove(at: found)
    return .done
  }

  var sorted: [TableDefinition.Entry] {
    entries.sorted { left, right in
      if left.family != right.family { return left.family == .inet }
      if left.address != right.address { return left.address < right.address }
      return left.prefixLength > right.prefixLength
    }
  }
}

@Suite struct PrefixTableTests {
  /// Addresses in which few bits differ, so that networks nest and collide.
  private func bits(_ family: AddressFamily, _ random: inout some RandomNumberGenerator)
    -> AddressBits
  {
    let spread: UInt64 = 0xc0c0_0000_0303_0000
    let high = UInt64.random(in: 0...UInt64.max, using: &random) & spread
    let low = UInt64.random(in: 0...UInt64.max, using: &random) & 0x8000_0000_0000_0003
    return family == .inet
      ? AddressBits(ipv4: UInt32(truncatingIfNeeded: high >> 16) & 0xc003_0303)
      : AddressBits(high: high, low: low)
  }

  private func entry(_ random: inout some RandomNumberGenerator) -> TableDefinition.Entry {
    let family = Bool.random(using: &random) ? AddressFamily.inet : .inet6
    let full = family.addressBits
    let length = Bool.random(using: &random) ? full : Int.random(in: 0...full, using: &random)
    return TableDefinition.Entry(
      family: family, address: bits(family, &random) & AddressBits(prefixLength: length),
      prefixLength: UInt8(length), negated: Int.random(in: 0..<4, using: &random) == 0)
  }

  @Test(arguments: 0..<40)
  func `a table agrees with a plain list after every change`(seed: UInt64) {
    var random = SystemRandomNumberGenerator()
    let table = PrefixTable()
    var plain = PlainTable()
    for step in 0..<300 {
      let shrinks = step > 200
      if let old = plain.entries.randomElement(using: &random),
        Int.random(in: 0..<10, using: &random) < (shrinks ? 8 : 2)
      {
        #expect(table.remove(old) == plain.remove(old))
      } else {
        let new = entry(&random)
        #expect(table.insert(new) == plain.insert(new))
      }
      #expect(table.count == plain.entries.count)
      for _ in 0..<10 {
        let family = Bool.random(using: &random) ? AddressFamily.inet : .inet6
        let address = IPAddress(family: family, bits: bits(family, &random))
        #expect(table.match(address) == plain.match(address))
      }
    }
    #expect(table.entries == plain.sorted)
    for old in plain.entries { #expect(table.remove(old) == .done) }
    #expect(table.count == 0)
    #expect(table.tree.pointee.root4 == .empty)
    #expect(table.tree.pointee.root6 == .empty)
  }

  @Test func `a large table agrees with a plain list`() {
    var random = SystemRandomNumberGenerator()
    let table = PrefixTable()
    var plain = PlainTable()
    while table.count < PrefixTree.wideCount + 500 {
      let length = Int.random(in: 0..<8, using: &random) > 0 ? 32 : Int.random(in: 0...32)
      let bits = AddressBits(ipv4: UInt32.random(in: 0...UInt32.max, using: &random) & 0xc0ff_ff03)
      let entry = TableDefinition.Entry(
        family: .inet, address: bits & AddressBits(prefixLength: length),
        prefixLength: UInt8(length))
      if table.insert(entry) == .done { plain.entries.append(entry) }
    }
    for removed in 0..<40 {
      let bits = AddressBits(ipv4: UInt32.random(in: 0...UInt32.max, using: &random) & 0xc0ff_ff03)
      let address = IPAddress(family: .inet, bits: bits)
      let found = table.match(address)
      #expect(found == plain.match(address))
      if let found, removed.isMultiple(of: 2) {
        #expect(table.remove(found) == plain.remove(found))
      }
    }
    for entry in plain.entries { #expect(table.remove(entry) == .done) }
    #expect(table.count == 0)
    #expect((0..<1 << 20).allSatisfy { table.tree.pointee.wideRoot?[$0] == .empty })
  }

  @Test func `a removed entry's counters do not come back`() {
    let table = PrefixTable()
    let entry = network("10.0.0.0", 8)
    #expect(table.insert(entry) == .done)
    table.tree.pointee.add(to: 1, bytes: 60, isOut: false, passed: true)
    #expect(table.counts(of: entry)?.counters.passedIn.bytes == 60)
    #expect(table.remove(entry) == .done)
    #expect(table.insert(entry) == .done)
    #expect(table.counts(of: entry)?.counters == PrefixCounters())
    table.tree.pointee.add(to: 1, bytes: 50, isOut: true, passed: false)
    #expect(table.counts(of: entry)?.counters.blockedOut.packets == 1)
    #expect(table.counts(of: entry)?.counters.passedIn.packets == 0)
  }

  @Test func `a pool skips exceptions and nested networks`() {
    let table = PrefixTable()
    let entries = [
      network("10.0.0.0", 30), network("10.0.0.1", 32), network("10.0.0.2", 32, negated: true),
    ]
    for entry in entries { #expect(table.insert(entry) == .done) }
    var position = PrefixTable.PoolPosition(index: -1, counter: .zero)
    var seen: [String] = []
    while let address = table.next(&position, .inet) {
      seen.append(IPAddress(family: .inet, bits: address).description)
      position.counter = AddressBits(ipv4: address.ipv4 + 1)
    }
    #expect(seen == ["10.0.0.0", "10.0.0.3", "10.0.0.1"])
  }

  @Test func `a pool with a fresh counter starts with the second entry`() {
    let table = PrefixTable()
    _ = table.insert(network("10.0.0.1", 32))
    _ = table.insert(network("10.0.0.2", 32))
    var position = PrefixTable.PoolPosition(index: 0, counter: .zero)
    #expect(table.next(&position, .inet)?.ipv4 == 0x0a00_0002)
  }

  private func network(
    _ text: String, _ length: UInt8, negated: Bool = false
  ) -> TableDefinition.Entry {
    let address = IPAddress(text) ?? IPAddress(ipv4: 0)
    return TableDefinition.Entry(
      family: address.family, address: address.bits, prefixLength: length, negated: negated)
  }
}
