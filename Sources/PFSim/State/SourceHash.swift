/// The hash of `source-hash` pools (kernel: `pf_hash()`).
enum SourceHash {
  /// Hashes an address with a pool's key; words are used as a little-endian CPU reads them.
  static func hash(
    _ address: AddressBits, _ key: (UInt32, UInt32, UInt32, UInt32), isIPv6: Bool
  ) -> AddressBits {
    let words = (0..<4).map { address.word($0).byteSwapped }
    var a: UInt32 = 0x9e37_79b9
    var b: UInt32 = 0x9e37_79b9
    var c = key.0
    if !isIPv6 {
      a &+= words[0]
      b &+= key.1
      mix(&a, &b, &c)
      return AddressBits(ipv4: (c &+ key.2).byteSwapped)
    }
    var result: [UInt32] = []
    for (own, other, extra) in [(0, 2, 0), (1, 3, key.1), (2, 1, key.2), (3, 0, key.3)] {
      a &+= words[own]
      b &+= words[other]
      c &+= extra
      mix(&a, &b, &c)
      result.append(c.byteSwapped)
    }
    return AddressBits(words: result[0], result[1], result[2], result[3])
  }

  private static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    a = (a &- b &- c) ^ c >> 13
    b = (b &- c &- a) ^ a << 8
    c = (c &- a &- b) ^ b >> 13
    a = (a &- b &- c) ^ c >> 12
    b = (b &- c &- a) ^ a << 16
    c = (c &- a &- b) ^ b >> 5
    a = (a &- b &- c) ^ c >> 3
    b = (b &- c &- a) ^ a << 10
    c = (c &- a &- b) ^ b >> 15
  }
}
