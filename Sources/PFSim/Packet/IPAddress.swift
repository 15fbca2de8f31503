/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable {
  /// The family, never ``AddressFamily/unspecified``.
  public var family: AddressFamily
  /// The address's bits (see ``AddressBits`` for where an IPv4 address lies).
  public var bits: AddressBits

  /// Makes an address from its family and bits.
  public init(family: AddressFamily, bits: AddressBits) {
    self.family = family
    self.bits = bits
  }

  /// Makes an IPv4 address from a number in host order.
  public init(ipv4: UInt32) {
    self.init(family: .inet, bits: AddressBits(ipv4: ipv4))
  }

  /// Reads dotted-quad IPv4 or RFC 4291 IPv6 text without a scope; nil where the text is neither.
  ///
  /// This is the strict form (`inet_pton`); pf.conf's looser IPv4 forms are the parser's business.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    if let four = Self.parseIPv4(bytes[...]) {
      self.init(ipv4: four)
    } else if let bits = Self.parseIPv6(bytes) {
      self.init(family: .inet6, bits: bits)
    } else {
      return nil
    }
  }

  private static func parseIPv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    for part in parts {
      guard (1...3).contains(part.count) else { return nil }
      if part.count > 1, part.first == UInt8(ascii: "0") { return nil }
      var octet: UInt32 = 0
      for byte in part {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
      }
      guard octet < 256 else { return nil }
      value = value << 8 | octet
    }
    return value
  }

  private static func parseIPv6(_ bytes: [UInt8]) -> AddressBits? {
    guard bytes.count >= 2, bytes.count <= 45 else { return nil }
    var head: [UInt16] = []
    var tail: [UInt16] = []
    var compressed = false
    var index = 0
    if bytes[0] == UInt8(ascii: ":") {
      guard bytes[1] == UInt8(ascii: ":") else { return nil }
      compressed = true
      index = 2
    }
    while index < bytes.count {
      let end = bytes[index...].firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
      let part = bytes[index..<end]
      if end == bytes.count, part.contains(UInt8(ascii: ".")) {
        guard let four = parseIPv4(part) else { return nil }
        let groups = [UInt16(four >> 16), UInt16(truncatingIfNeeded: four)]
        if compressed { tail += groups } else { head += groups }
        index = end
        break
      }
      guard let group = parseGroup(part) else { return nil }
      if compressed { tail.append(group) } else { head.append(group) }
      guard end < bytes.count else {
        index = end
        break
      }
      index = end + 1
      if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
        guard !compressed else { return nil }
        compressed = true
        index += 1
      } else if index == bytes.count {
        return nil
      }
    }
    let count = head.count + tail.count
    guard compressed ? count < 8 : count == 8 else { return nil }
    let groups = head + [UInt16](repeating: 0, count: 8 - count) + tail
    let halves = groups.map(UInt64.init)
    return AddressBits(
      high: halves[0] << 48 | halves[1] << 32 | halves[2] << 16 | halves[3],
      low: halves[4] << 48 | halves[5] << 32 | halves[6] << 16 | halves[7])
  }

  private static func parseGroup(_ part: ArraySlice<UInt8>) -> UInt16? {
    guard (1...4).contains(part.count) else { return nil }
    var value: UInt16 = 0
    for byte in part {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}

extension IPAddress: CustomStringConvertible {
  /// The address as `inet_ntop` prints it: dotted quad, or IPv6 with its longest run of zeros cut.
  public var description: String {
    family == .inet6 ? ipv6Text : ipv4Text(bits.ipv4)
  }

  private func ipv4Text(_ value: UInt32) -> String {
    "\(value >> 24).\(value >> 16 & 255).\(value >> 8 & 255).\(value & 255)"
  }

  private var ipv6Text: String {
    let groups = (0..<8).map { index -> UInt16 in
      let half = index < 4 ? bits.high : bits.low
      return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (index & 3)))
    }
    let run = longestZeroRun(groups)
    // KERNEL: inet_ntop6 prints ::a.b.c.d and ::ffff:a.b.c.d with a dotted tail.
    if run.lowerBound == 0, run.count == 6 || (run.count == 5 && groups[5] == 0xffff) {
      let tail = ipv4Text(UInt32(groups[6]) << 16 | UInt32(groups[7]))
      return run.count == 6 ? "::" + tail : "::ffff:" + tail
    }
    var text = ""
    var index = 0
    while index < 8 {
      if index == run.lowerBound, run.count >= 2 {
        text += "::"
        index = run.upperBound
        continue
      }
      if !text.isEmpty, !text.hasSuffix(":") { text += ":" }
      text += String(groups[index], radix: 16)
      index += 1
    }
    return text
  }

  private func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
    var best = 8..<8
    var start = 0
    while start < 8 {
      guard groups[start] == 0 else {
        start += 1
        continue
      }
      let end = groups[start...].firstIndex { $0 != 0 } ?? 8
      if end - start > best.count { best = start..<end }
      start = end
    }
    return best.count >= 2 ? best : 8..<8
  }
}
