/// Columns as C's `printf` makes them.
extension String {
  /// The text at the left of a column (`%-Ns`); longer texts are not cut.
  func left(_ width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }

  /// The text at the right of a column (`%Ns`); longer texts are not cut.
  func right(_ width: Int) -> String {
    String(repeating: " ", count: Swift.max(0, width - count)) + self
  }
}

extension Double {
  /// The number with one digit behind the point (`%.1f`); 0 for what is no number.
  var oneDecimal: String {
    guard isFinite, abs(self) < 1e15 else { return "0.0" }
    let tenths = Int64((self * 10).rounded(.toNearestOrEven))
    let sign = tenths < 0 ? "-" : ""
    return "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}

/// Spans of time as pfctl prints them.
enum ClockText {
  /// `HH:MM:SS`; hours go on beyond 99.
  static func time(_ seconds: UInt64) -> String {
    [seconds / 3600, seconds / 60 % 60, seconds % 60].map(two).joined(separator: ":")
  }

  /// `N days HH:MM:SS`.
  static func days(_ seconds: UInt64) -> String {
    "\(seconds / 86_400) days \(time(seconds % 86_400))"
  }

  private static func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
