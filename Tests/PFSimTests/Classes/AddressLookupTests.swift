import Testing

@testable import PFSim

@Suite struct AddressLookupTests {
  private func forest(_ family: AddressFamily, count: Int, seed: UInt64) -> PrefixForest {
    var random = SplitMix64(seed: seed)
    let addresses = ClusteredAddresses(seed: seed, skew: 0.8)
    let width = family.addressBits
    let prefixes = (0..<count).map { _ -> PrefixForest.Prefix in
      let length = random.below(4) == 0 ? width : random.below(width + 1)
      let bits = addresses.prefix(length: length, family: family, random: &random)
      return .init(bits: bits, length: UInt8(length))
    }
    return PrefixForest(prefixes, width: width)
  }

  @Test(arguments: [AddressFamily.inet, .inet6])
  func `the class of an address is the longest prefix around it`(family: AddressFamily) {
    let width = family.addressBits
    let forest = forest(family, count: 300, seed: 7)
    let classes = AddressLookup(forest)
    defer { classes.deallocate() }
    var random = SplitMix64(seed: 3)
    for round in 0..<600 {
      let prefix = forest.prefixes[random.below(forest.count)]
      var address = AddressBits(high: random.next(), low: random.next())
      // Inside a prefix, at its ends, or just outside.
      let mask = AddressBits(prefixLength: Int(prefix.length))
      address = (prefix.bits & mask) | (address & ~mask)
      if round % 3 == 0 { address = prefix.bits }
      if round % 3 == 1, round % 2 == 0 { address = prefix.last(width) }
      address = address & AddressBits(prefixLength: width)
      let expected = forest.prefixes.indices.filter {
        let candidate = forest.prefixes[$0]
        return address & AddressBits(prefixLength: Int(candidate.length)) == candidate.bits
      }.max { forest.prefixes[$0].length < forest.prefixes[$1].length }
      let found =
        family == .inet
        ? classes.lookup(ipv4: address.ipv4) : classes.lookup(ipv6: address)
      #expect(Int(found) == expected)
      if Int(found) != expected { break }
    }
  }

  /// Trees of one, two and three levels, full ones and those with one run too many.
  @Test(arguments: [1, 3, 8, 9, 40, 130])
  func `every address of a block with some hosts has its host's class`(hosts: Int) {
    let block: UInt32 = 0x0a01_0200
    let prefixes = (0..<hosts).map {
      PrefixForest.Prefix(
        bits: AddressBits(ipv4: block + UInt32($0 * 255 / max(hosts - 1, 1))), length: 32)
    }
    let forest = PrefixForest(prefixes, width: 32)
    let classes = AddressLookup(forest)
    defer { classes.deallocate() }
    for address in (block - 1)...(block + 256) {
      let expected = prefixes.contains { $0.bits.ipv4 == address }
      let found = classes.lookup(ipv4: address)
      #expect((found != 0) == expected)
      if expected { #expect(forest.prefixes[Int(found)].bits.ipv4 == address) }
    }
  }

  @Test(arguments: [0, 16, 17, 288, 289, 4_912, 4_913])
  func `trees of every depth find the first and the last address of each run`(hosts: Int) {
    // The hosts' neighbours are other classes, so that there are about as many runs as hosts.
    let prefixes = (0..<hosts).map {
      PrefixForest.Prefix(bits: AddressBits(ipv4: .max - UInt32($0)), length: 32)
    }
    let forest = PrefixForest(prefixes, width: 32)
    let classes = AddressLookup(forest)
    defer { classes.deallocate() }
    #expect(classes.lookup(ipv4: 0) == 0)
    #expect(classes.lookup(ipv4: .max - UInt32(hosts)) == 0)
    let wrong = (0..<UInt32(hosts)).filter {
      forest.prefixes[Int(classes.lookup(ipv4: .max - $0))].bits.ipv4 != .max - $0
    }
    #expect(wrong.isEmpty)
  }

  @Test func `a network's parts follow it without a gap`() {
    let forest = forest(.inet, count: 150, seed: 2)
    for node in forest.prefixes.indices {
      let outer = forest.prefixes[node]
      for other in forest.prefixes.indices {
        let inner = forest.prefixes[other]
        let isInside =
          inner.length >= outer.length
          && inner.bits & AddressBits(prefixLength: Int(outer.length)) == outer.bits
        #expect(isInside == (other >= node && other < Int(forest.ends[node])))
      }
      #expect(forest.node(of: outer) == UInt32(node))
    }
  }
}
