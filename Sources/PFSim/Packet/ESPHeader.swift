/// A view of the start of an ESP header.
///
/// Numbers are in host order.
struct ESPHeader {
  /// The bytes seen.
  static let length = 8

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// Looks at a header; nil where fewer than eight bytes are there.
  @inline(__always)
  init?(_ base: UnsafeMutableRawPointer, count: Int) {
    guard count >= Self.length else { return nil }
    self.base = base
  }

  /// The index of the security association.
  @inline(__always)
  var spi: UInt32 { base.reading.big32(0) }
}
