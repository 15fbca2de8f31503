/// An Ethernet address.
public struct MACAddress: Hashable, Sendable {
  /// The 48 bits as a number, the first byte on the wire being most significant.
  public var bits: UInt64

  /// Makes an address from its bits; bits above the 48th are cut off.
  public init(bits: UInt64) { self.bits = bits & 0xffff_ffff_ffff }

  /// Reads six hexadecimal bytes with colons between them; a leading zero may be missing.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 6 else { return nil }
    var value: UInt64 = 0
    for part in parts {
      guard (1...2).contains(part.utf8.count), let byte = UInt8(part, radix: 16),
        part.first != "+"
      else { return nil }
      value = value << 8 | UInt64(byte)
    }
    bits = value
  }

  /// Reads six bytes; nil where the buffer is shorter.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 6, let base = bytes.baseAddress else { return nil }
    bits = UInt64(base.big32(0)) << 16 | UInt64(base.big16(4))
  }

  /// `ff:ff:ff:ff:ff:ff`.
  public static let broadcast = MACAddress(bits: 0xffff_ffff_ffff)

  /// Whether the address names a group (multicast or broadcast).
  public var isGroup: Bool { bits >> 40 & 1 == 1 }
}

extension MACAddress: CustomStringConvertible {
  /// Six lower-case bytes of two digits with colons between them.
  public var description: String {
    (0..<6).map { index in
      let byte = bits >> UInt64(40 - 8 * index) & 0xff
      return (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined(separator: ":")
  }
}
