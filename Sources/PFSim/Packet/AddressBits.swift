/// The 128 bits of an address or mask, without a family.
///
/// Bit 0 of the address is the most significant bit of ``high``. An IPv4 address
/// occupies the upper half of `high` (the kernel's `addr32[0]`), the rest is zero,
/// so prefixes of both families are masks from the top.
public struct AddressBits: Hashable, Sendable {
  /// The first eight bytes on the wire, as a number in host order.
  public var high: UInt64
  /// The last eight bytes on the wire, as a number in host order.
  public var low: UInt64

  /// All zero.
  public static let zero = AddressBits(high: 0, low: 0)

  /// Makes the bits from two halves in host order.
  @inlinable
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Makes the bits of an IPv4 address given as a number in host order.
  @inlinable
  public init(ipv4 address: UInt32) {
    self.init(high: UInt64(address) << 32, low: 0)
  }

  /// Makes a mask of `length` leading ones, clamped to 0…128.
  @inlinable
  public init(prefixLength length: Int) {
    let length = max(0, min(128, length))
    high = length == 0 ? 0 : length >= 64 ? .max : ~(UInt64.max >> UInt64(length))
    low = length <= 64 ? 0 : length >= 128 ? .max : ~(UInt64.max >> UInt64(length - 64))
  }

  /// The IPv4 address as a number in host order.
  @inlinable public var ipv4: UInt32 { UInt32(truncatingIfNeeded: high >> 32) }

  /// One of the kernel's four words (`addr32[index]`), as a number in host order; `index` 0…3.
  @inlinable
  public func word(_ index: Int) -> UInt32 {
    let half = index < 2 ? high : low
    return UInt32(truncatingIfNeeded: index & 1 == 0 ? half >> 32 : half)
  }

  /// Makes the bits from the kernel's four words, each a number in host order.
  @inlinable
  public init(words a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) {
    high = UInt64(a) << 32 | UInt64(b)
    low = UInt64(c) << 32 | UInt64(d)
  }

  /// Whether every bit is zero.
  @inlinable public var isZero: Bool { high | low == 0 }

  /// The number of leading ones, as the length of a mask that is a prefix.
  @inlinable public var leadingOnes: Int {
    high == .max ? 64 + (~low).leadingZeroBitCount : (~high).leadingZeroBitCount
  }

  /// Bitwise and.
  @inlinable
  public static func & (left: AddressBits, right: AddressBits) -> AddressBits {
    AddressBits(high: left.high & right.high, low: left.low & right.low)
  }

  /// Bitwise or.
  @inlinable
  public static func | (left: AddressBits, right: AddressBits) -> AddressBits {
    AddressBits(high: left.high | right.high, low: left.low | right.low)
  }

  /// Bitwise complement.
  @inlinable
  public static prefix func ~ (bits: AddressBits) -> AddressBits {
    AddressBits(high: ~bits.high, low: ~bits.low)
  }
}

extension AddressBits: Comparable {
  /// Orders by numeric value, the first byte on the wire being most significant.
  @inlinable
  public static func < (left: AddressBits, right: AddressBits) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}
