/// An interval of numbers of 128 bits, ends included.
struct AddressInterval: Sendable, Hashable {
  var low: AddressBits
  var high: AddressBits

  /// The aligned blocks that make up the interval, as (value, prefix length of 128).
  ///
  /// - Complexity: At most 254 blocks.
  var blocks: [(value: AddressBits, length: Int)] {
    var result: [(value: AddressBits, length: Int)] = []
    var start = low
    while true {
      var length = max(0, 128 - start.trailingZeros)
      while length < 128, (start | ~AddressBits(prefixLength: length)) > high { length += 1 }
      result.append((start, length))
      let end = start | ~AddressBits(prefixLength: length)
      guard end < high, let next = end.successor else { return result }
      start = next
    }
  }
}

extension AddressBits {
  /// The number of trailing zero bits, 0…128.
  var trailingZeros: Int {
    low == 0 ? 64 + high.trailingZeroBitCount : low.trailingZeroBitCount
  }

  /// The next number; nil behind the last.
  var successor: AddressBits? {
    let (sum, carry) = low.addingReportingOverflow(1)
    guard carry else { return AddressBits(high: high, low: sum) }
    return high == .max ? nil : AddressBits(high: high + 1, low: 0)
  }

  /// The number before; nil before zero.
  var predecessor: AddressBits? {
    if low > 0 { return AddressBits(high: high, low: low - 1) }
    return high == 0 ? nil : AddressBits(high: high - 1, low: .max)
  }

  /// The number whose order is that of the kernel's range test.
  ///
  /// KERNEL: pf_match_addr_range compares the four words as they lie in memory; on a
  /// little-endian machine that is with the bytes of each word reversed. Its own inverse.
  var rangeOrder: AddressBits {
    AddressBits(
      words: word(0).byteSwapped, word(1).byteSwapped, word(2).byteSwapped, word(3).byteSwapped)
  }
}
