/// Numbers as C's library reads them.
enum CNumber {
  /// An unsigned number as `strtoul(…, 0)` reads it: decimal, `0x…` or octal with a leading 0,
  /// perhaps with blanks and a sign in front.
  ///
  /// Nil where anything else follows.
  static func unsigned(_ text: String) -> UInt64? {
    var bytes = Array(text.utf8)[...]
    while let first = bytes.first, first == 32 || (9...13).contains(first) { bytes.removeFirst() }
    var isNegative = false
    if let sign = bytes.first, sign == 43 || sign == 45 {
      isNegative = sign == 45
      bytes.removeFirst()
    }
    var radix: UInt64 = 10
    if bytes.first == 48 {
      radix = 8
      let second = bytes.dropFirst().first
      if second == 120 || second == 88, bytes.count > 2 {
        radix = 16
        bytes.removeFirst(2)
      }
    }
    guard !bytes.isEmpty else { return nil }
    var value: UInt64 = 0
    for byte in bytes {
      guard let digit = digit(byte), digit < radix else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
    }
    return isNegative ? 0 &- value : value
  }

  /// The hexadecimal digits that a text begins with, 0 where there are none; the largest number
  /// where they do not fit.
  static func hexadecimal(_ text: Substring) -> UInt64 {
    let digits = text.prefix { $0.isASCII && $0.isHexDigit }
    return digits.isEmpty ? 0 : UInt64(digits, radix: 16) ?? .max
  }

  /// A decimal number of digits, perhaps with a minus in front; nil where it does not fit.
  static func decimal(_ digits: [UInt8]) -> Int64? {
    let isNegative = digits.first == 45
    guard digits.count > (isNegative ? 1 : 0) else { return nil }
    var value: Int64 = 0
    for byte in digits[(isNegative ? 1 : 0)...] {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte) - 48
      let (sum, carry) =
        isNegative
        ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 48...57: UInt64(byte - 48)
    case 97...122: UInt64(byte - 87)
    case 65...90: UInt64(byte - 55)
    default: nil
    }
  }

  /// A fraction as `strtod` reads it, and the rest of the text.
  static func fraction(_ text: String) -> (value: Double, rest: String) {
    let bytes = Array(text.utf8)
    if let hexadecimal = hexadecimalFraction(bytes) { return hexadecimal }
    var end = 0
    if end < bytes.count, bytes[end] == 43 || bytes[end] == 45 { end += 1 }
    let wholeStart = end
    end = endOfDigits(bytes, end)
    let whole = String(decoding: bytes[wholeStart..<end], as: UTF8.self)
    var part = ""
    if end < bytes.count, bytes[end] == 46 {
      let stop = endOfDigits(bytes, end + 1)
      part = String(decoding: bytes[(end + 1)..<stop], as: UTF8.self)
      if !(whole.isEmpty && part.isEmpty) { end = stop }
    }
    if whole.isEmpty, part.isEmpty { return (0, text) }
    var exponent = ""
    if end < bytes.count, bytes[end] == 101 || bytes[end] == 69 {
      var start = end + 1
      if start < bytes.count, bytes[start] == 43 || bytes[start] == 45 { start += 1 }
      let stop = endOfDigits(bytes, start)
      if stop > start {
        exponent = String(decoding: bytes[end..<stop], as: UTF8.self)
        end = stop
      }
    }
    let value =
      Double("\(whole.isEmpty ? "0" : whole).\(part.isEmpty ? "0" : part)\(exponent)") ?? 0
    return (bytes.first == 45 ? -value : value, String(decoding: bytes[end...], as: UTF8.self))
  }

  /// A whole number `0x…`, perhaps with a sign in front; nil for anything else.
  private static func hexadecimalFraction(_ bytes: [UInt8]) -> (value: Double, rest: String)? {
    let start = bytes.first == 43 || bytes.first == 45 ? 1 : 0
    guard bytes.count > start + 2, bytes[start] == 48, bytes[start + 1] | 32 == 120 else {
      return nil
    }
    var value = 0.0
    var end = start + 2
    while end < bytes.count, let digit = digit(bytes[end]), digit < 16 {
      value = value * 16 + Double(digit)
      end += 1
    }
    guard end > start + 2 else { return nil }
    return (bytes[0] == 45 ? -value : value, String(decoding: bytes[end...], as: UTF8.self))
  }

  private static func endOfDigits(_ bytes: [UInt8], _ start: Int) -> Int {
    var end = start
    while end < bytes.count, (48...57).contains(bytes[end]) { end += 1 }
    return end
  }
}
