/// A view of a UDP header; accessors cannot fail once it was made.
///
/// Numbers are in host order.
struct UDPHeader: PortHeaderView {
  /// The header's length in bytes.
  static let minimumLength = 8

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// The length of header and data as the header says itself.
  @inline(__always)
  var datagramLength: UInt16 { base.reading.big16(4) }

  /// The checksum; 0 for none.
  @inline(__always)
  var checksum: UInt16 {
    get { base.reading.big16(6) }
    nonmutating set { base.put16(6, newValue) }
  }
}
