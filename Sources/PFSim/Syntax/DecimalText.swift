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

  /// A whole number as `%f` prints it.
  static func fixed(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    var magnitude = abs(value)
    if magnitude < 9e18 { return (value < 0 ? "-" : "") + "\(UInt64(magnitude)).000000" }
    var digits = ""
    while magnitude >= 1 {
      let digit = magnitude.truncatingRemainder(dividingBy: 10)
      digits = "\(Int(digit))" + digits
      magnitude = ((magnitude - digit) / 10).rounded(.down)
    }
    return (value < 0 ? "-" : "") + digits + ".000000"
  }
}
