/// The Internet checksum: whole sums, pseudo headers, and the kernel's incremental updates.
///
/// All 16-bit values are numbers in host order, as read by ``UnsafeRawPointer/big16(_:)``.
enum Checksum {
  /// Adds bytes to a running sum; an odd last byte counts as the upper half of a word.
  ///
  /// - Complexity: O(count), four bytes a step.
  static func add(_ bytes: UnsafeRawPointer, count: Int, to sum: UInt64 = 0) -> UInt64 {
    var sum = sum
    var offset = 0
    while offset &+ 4 <= count {
      sum &+= UInt64(bytes.big32(offset))
      offset &+= 4
    }
    if offset &+ 2 <= count {
      sum &+= UInt64(bytes.big16(offset))
      offset &+= 2
    }
    if offset < count { sum &+= UInt64(bytes.byte(offset)) << 8 }
    return sum
  }

  /// Folds a running sum to 16 bits without complementing it.
  static func fold(_ sum: UInt64) -> UInt16 {
    var sum = (sum >> 32) &+ (sum & 0xffff_ffff)
    while sum > 0xffff { sum = (sum >> 16) &+ (sum & 0xffff) }
    return UInt16(truncatingIfNeeded: sum)
  }

  /// The checksum to put into a header whose checksum field is zero.
  static func internet(_ bytes: UnsafeRawPointer, count: Int) -> UInt16 {
    ~fold(add(bytes, count: count))
  }

  /// The running sum of the pseudo header of either family.
  /// - Parameters:
  ///   - length: The upper layer's length in bytes, its header included.
  static func pseudoHeader(
    source: AddressBits, destination: AddressBits, proto: IPProtocol, length: Int
  ) -> UInt64 {
    // An IPv4 address has zeros in its lower words, so one sum serves both families.
    var sum = UInt64(proto.rawValue)
    sum &+= words(source) &+ words(destination)
    let length = UInt64(truncatingIfNeeded: length) & 0xffff_ffff
    return sum &+ (length >> 16) &+ (length & 0xffff)
  }

  private static func words(_ bits: AddressBits) -> UInt64 {
    (bits.high >> 32) &+ (bits.high & 0xffff_ffff) &+ (bits.low >> 32) &+ (bits.low & 0xffff_ffff)
  }

  /// The checksum of a TCP, UDP or ICMPv6 message, its own checksum field included in the sum.
  ///
  /// Zero for a message whose checksum is right; the value to store for one whose field is zero.
  static func transport(
    _ bytes: UnsafeRawPointer, count: Int, source: AddressBits, destination: AddressBits,
    proto: IPProtocol
  ) -> UInt16 {
    let pseudo = pseudoHeader(
      source: source, destination: destination, proto: proto, length: count)
    return ~fold(add(bytes, count: count, to: pseudo))
  }
}
