/// A view of a UDP header; accessors cannot fail once it was made.
///
/// Numbers are in host order.
struct UDPHeader {
  /// The header's length in bytes.
  static let length = 8

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// Looks at a header; nil where fewer than eight bytes are there.
  @inline(__always)
  init?(_ base: UnsafeMutableRawPointer, count: Int) {
    guard count >= Self.length else { return nil }
    self.base = base
  }

  /// The sender's port.
  @inline(__always)
  var sourcePort: UInt16 {
    get { base.reading.big16(0) }
    nonmutating set { base.put16(0, newValue) }
  }

  /// The receiver's port.
  @inline(__always)
  var destinationPort: UInt16 {
    get { base.reading.big16(2) }
    nonmutating set { base.put16(2, newValue) }
  }

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
