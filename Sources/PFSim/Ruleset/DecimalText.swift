/// Decimal fractions as C's `%f` prints them, without Foundation.
enum DecimalText {
  /// A probability in percent: six digits behind the point, trailing zeros cut.
  static func percent(_ probability: UInt32) -> String {
    // probability × 100 / 2³² exactly, as a number of millionths; %f rounds half to even.
    let scaled = UInt64(probability) * 100_000_000
    var millionths = scaled >> 32
    let rest = scaled & 0xffff_ffff
    if rest > 0x8000_0000 || (rest == 0x8000_0000 && millionths & 1 == 1) { millionths += 1 }
    var text = fraction(millionths)
    while text.hasSuffix("0"), text.contains(".") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// A number of millionths with six digits behind the point.
  private static func fraction(_ millionths: UInt64) -> String {
    let digits = String(millionths % 1_000_000)
    return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
  }
}
