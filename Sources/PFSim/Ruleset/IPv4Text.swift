/// The forms in which pf.conf takes IPv4 addresses.
enum IPv4Text {
  /// A strict `a.b.c.d`, perhaps with a plain `/n` behind it: the most frequent forms, which mean
  /// the same to each of pfctl's readers.
  ///
  /// Nil for anything else.
  static func plain(_ text: String) -> HostItem? {
    var text = text
    return text.withUTF8 { bytes in
      let end = bytes.firstIndex(of: 47) ?? bytes.count
      guard let value = strict(UnsafeBufferPointer(rebasing: bytes[..<end])),
        let length = end == bytes.count ? 32 : plainLength(bytes[(end + 1)...])
      else { return nil }
      var item = HostItem(family: .inet, address: AddressBits(ipv4: value))
      item.setPrefixLength(length)
      return item
    }
  }

  /// One or two digits without a leading zero, up to 32.
  private static func plainLength(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard let first = digits.first, digits.count <= 2, digits.count == 1 || first != 48 else {
      return nil
    }
    var value = 0
    for digit in digits {
      guard (48...57).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 48)
    }
    return value <= 32 ? value : nil
  }

  private static func strict(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard bytes.count >= 7, bytes.count <= 15 else { return nil }
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digits = 0
    var dots = 0
    for byte in bytes {
      if byte == 46 {
        guard digits > 0, dots < 3 else { return nil }
        value = value << 8 | octet
        octet = 0
        digits = 0
        dots += 1
      } else {
        guard (48...57).contains(byte), digits == 0 || octet > 0 else { return nil }
        octet = octet * 10 + UInt32(byte - 48)
        guard octet < 256 else { return nil }
        digits += 1
      }
    }
    return dots == 3 && digits > 0 ? value << 8 | octet : nil
  }

  /// `a.b.c.d/n` with octets left out at the end (`10/8`), as `inet_net_pton` reads it.
  static func network(_ text: String) -> HostItem? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let length = UInt8(parts[1]), length <= 32 else { return nil }
    let octets = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    guard (1...4).contains(octets.count) else { return nil }
    var value: UInt32 = 0
    for (index, octet) in octets.enumerated() {
      guard let number = UInt8(octet), octet.utf8.first != 43 else { return nil }
      value |= UInt32(number) << UInt32(24 - 8 * index)
    }
    var item = HostItem(family: .inet, address: AddressBits(ipv4: value))
    item.setPrefixLength(Int(length))
    return item
  }

  /// One to four numbers, decimal, octal or hexadecimal, as `inet_aton` reads them.
  static func loose(_ text: String) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...4).contains(parts.count) else { return nil }
    var value: UInt64 = 0
    for (index, part) in parts.enumerated() {
      guard let first = part.utf8.first, (48...57).contains(first),
        let number = CNumber.unsigned(String(part))
      else { return nil }
      if index < parts.count - 1 {
        guard number < 256 else { return nil }
        value = value << 8 | number
      } else {
        let bits = UInt64(8 * (4 - index))
        guard number >> bits == 0 else { return nil }
        value = value << bits | number
      }
    }
    return UInt32(truncatingIfNeeded: value)
  }
}
