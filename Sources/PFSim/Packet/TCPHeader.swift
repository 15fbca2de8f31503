/// A view of a TCP header of at least 20 bytes; accessors cannot fail once it was made.
///
/// Numbers are in host order. The bytes belong to the packet's buffer.
struct TCPHeader: PortHeaderView {
  /// The header's length without options, in bytes.
  static let minimumLength = 20

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// The sequence number of the first byte.
  @inline(__always)
  var sequence: UInt32 {
    get { base.reading.big32(4) }
    nonmutating set { base.put32(4, newValue) }
  }

  /// The next sequence number that the sender expects.
  @inline(__always)
  var acknowledgment: UInt32 {
    get { base.reading.big32(8) }
    nonmutating set { base.put32(8, newValue) }
  }

  /// The header's length in bytes as it says itself, 0…60; not checked against anything.
  @inline(__always)
  var headerLength: Int { Int(base.reading.byte(12) >> 4) << 2 }

  /// The four bits between the header's length and the flags.
  @inline(__always)
  var reserved: UInt8 { base.reading.byte(12) & 0x0f }

  /// Length, reserved bits and flags as one 16-bit word, as checksums see it.
  @inline(__always)
  var controlWord: UInt16 {
    get { base.reading.big16(12) }
    nonmutating set { base.put16(12, newValue) }
  }

  /// The flags.
  @inline(__always)
  var flags: TCPFlags {
    get { TCPFlags(rawValue: base.reading.byte(13)) }
    nonmutating set { base.put8(13, newValue.rawValue) }
  }

  /// The window, unscaled.
  @inline(__always)
  var window: UInt16 { base.reading.big16(14) }

  /// The checksum.
  @inline(__always)
  var checksum: UInt16 {
    get { base.reading.big16(16) }
    nonmutating set { base.put16(16, newValue) }
  }

  /// The urgent pointer.
  @inline(__always)
  var urgentPointer: UInt16 {
    get { base.reading.big16(18) }
    nonmutating set { base.put16(18, newValue) }
  }
}
