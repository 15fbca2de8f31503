/// A view of the start of an ESP header.
///
/// Numbers are in host order.
struct ESPHeader: HeaderView {
  /// The bytes seen.
  static let minimumLength = 8

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// The index of the security association.
  @inline(__always)
  var spi: UInt32 { base.reading.big32(0) }
}
