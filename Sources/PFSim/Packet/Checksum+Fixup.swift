extension Checksum {
  /// Updates a checksum for one changed 16-bit word.
  ///
  /// The kernel computes on words as they lie in memory of a little-endian machine. Sums of
  /// swapped words are swapped sums except for the two forms of zero, so the words are swapped
  /// here to get the same form.
  /// - Parameter isUDP: Whether a zero checksum means "none" and stays, and a computed zero
  ///   becomes all ones.
  @inline(__always)
  static func fix(_ checksum: UInt16, _ old: UInt16, _ new: UInt16, isUDP: Bool) -> UInt16 {
    // KERNEL: nat464_cksum_fixup() folds the carry once and cuts to 16 bits.
    if isUDP, checksum == 0 { return 0 }
    let sum =
      UInt32(checksum.byteSwapped) &+ UInt32(old.byteSwapped) &- UInt32(new.byteSwapped)
    let folded = UInt16(truncatingIfNeeded: (sum >> 16) &+ (sum & 0xffff))
    return isUDP && folded == 0 ? 0xffff : folded.byteSwapped
  }

  /// Updates a checksum for a changed 32-bit number, upper half first.
  @inline(__always)
  static func fix(_ checksum: UInt16, _ old: UInt32, _ new: UInt32, isUDP: Bool) -> UInt16 {
    let upper = fix(
      checksum, UInt16(truncatingIfNeeded: old >> 16), UInt16(truncatingIfNeeded: new >> 16),
      isUDP: isUDP)
    return fix(
      upper, UInt16(truncatingIfNeeded: old), UInt16(truncatingIfNeeded: new), isUDP: isUDP)
  }

  /// Updates a checksum for a changed 32-bit number, lower half first; the order decides which form
  /// a zero has (kernel: `pf_change_a()`).
  @inline(__always)
  static func fixNumber(_ checksum: UInt16, _ old: UInt32, _ new: UInt32) -> UInt16 {
    // KERNEL: pf_change_a() divides the number as a little-endian machine reads it.
    let lower = fix(
      checksum, UInt16(truncatingIfNeeded: old), UInt16(truncatingIfNeeded: new), isUDP: false)
    return fix(
      lower, UInt16(truncatingIfNeeded: old >> 16), UInt16(truncatingIfNeeded: new >> 16),
      isUDP: false)
  }

  /// Updates a checksum for a changed IPv4 address and then a changed port.
  @inline(__always)
  static func fix(
    _ checksum: UInt16, _ old: UInt32, _ new: UInt32, _ oldPort: UInt16, _ newPort: UInt16,
    isUDP: Bool
  ) -> UInt16 {
    if isUDP, checksum == 0 { return 0 }
    // Steps of 16 bits give the same as one sum modulo 65,535, except that the form of a zero
    // depends on them.
    let added = UInt64(checksum) &+ UInt64(old) &+ UInt64(oldPort)
    let sum = fold3(added &+ UInt64(~new) &+ UInt64(~newPort))
    if sum != 0, sum != 0xffff { return sum }
    return stepwise(checksum, old, new, oldPort, newPort, isUDP: isUDP)
  }

  @inline(never)
  private static func stepwise(
    _ checksum: UInt16, _ old: UInt32, _ new: UInt32, _ oldPort: UInt16, _ newPort: UInt16,
    isUDP: Bool
  ) -> UInt16 {
    fix(fix(checksum, old, new, isUDP: isUDP), oldPort, newPort, isUDP: isUDP)
  }

  /// Folds a sum below 2 to the power of 48 to 16 bits.
  @inline(__always)
  private static func fold3(_ sum: UInt64) -> UInt16 {
    let once = (sum >> 16) &+ (sum & 0xffff)
    let twice = (once >> 16) &+ (once & 0xffff)
    return UInt16(truncatingIfNeeded: (twice >> 16) &+ (twice & 0xffff))
  }

  /// Updates a checksum for a changed address, word by word from the first.
  /// - Parameter words: The number of 32-bit words to walk: 1 for IPv4 to IPv4, else 4 (words
  ///   beyond the shorter address are zero, as in the kernel).
  @inline(__always)
  static func fix(
    _ checksum: UInt16, _ old: AddressBits, _ new: AddressBits, words: Int, isUDP: Bool
  ) -> UInt16 {
    var checksum = checksum
    for index in 0..<words {
      checksum = fix(checksum, old.word(index), new.word(index), isUDP: isUDP)
    }
    return checksum
  }
}
