/// Draws prefixes that cluster as those of real filter sets do.
///
/// Every node of the binary trie of addresses prefers one of its branches; which one follows from
/// a hash of the node, so that all draws of one generator meet in the same subnets.
struct ClusteredAddresses: Sendable {
  /// Decides which branches are preferred.
  var seed: UInt64
  /// How much, 0 (even) … 1 (always the same branch).
  var skew: Double

  /// Draws a prefix, masked.
  /// - Parameter length: 0…32 or 0…128.
  func prefix(
    length: Int, family: AddressFamily, random: inout SplitMix64
  ) -> AddressBits {
    var bits = AddressBits.zero
    if family == .inet6 {
      // Global unicast addresses, as on the real Internet.
      bits.high = 0x2000_0000_0000_0000
    }
    let first = family == .inet6 ? 3 : 0
    for index in first..<max(first, length) where branch(at: index, of: bits, random: &random) {
      if index < 64 {
        bits.high |= 1 << UInt64(63 - index)
      } else {
        bits.low |= 1 << UInt64(127 - index)
      }
    }
    return bits & AddressBits(prefixLength: length)
  }

  private func branch(at index: Int, of bits: AddressBits, random: inout SplitMix64) -> Bool {
    let node = SplitMix64.mix(
      bits.high ^ SplitMix64.mix(bits.low &+ seed &+ UInt64(index) &* 0x9e37_79b9))
    // The skew of a node lies between none and the full one; deep nodes are even.
    let strength = index < 28 ? skew * Double(node >> 40) * 0x1p-24 : 0
    let preferred = node & 1 == 1
    return random.fraction() < 0.5 + strength / 2 ? preferred : !preferred
  }
}
