extension UnsafeRawPointer {
  /// Reads one byte.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { load(fromByteOffset: offset, as: UInt8.self) }

  /// Reads two bytes in network order, at any alignment.
  @inline(__always)
  func big16(_ offset: Int) -> UInt16 {
    UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  /// Reads four bytes in network order, at any alignment.
  @inline(__always)
  func big32(_ offset: Int) -> UInt32 {
    UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// Reads eight bytes in network order, at any alignment.
  @inline(__always)
  func big64(_ offset: Int) -> UInt64 {
    UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Reads the sixteen bytes of an IPv6 address.
  @inline(__always)
  func address6(_ offset: Int) -> AddressBits {
    AddressBits(high: big64(offset), low: big64(offset + 8))
  }
}

extension UnsafeMutableRawPointer {
  /// The same place, for reading.
  @inline(__always)
  var reading: UnsafeRawPointer { UnsafeRawPointer(self) }

  /// Writes one byte.
  @inline(__always)
  func put8(_ offset: Int, _ value: UInt8) {
    storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
  }

  /// Writes two bytes in network order, at any alignment.
  @inline(__always)
  func put16(_ offset: Int, _ value: UInt16) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
  }

  /// Writes four bytes in network order, at any alignment.
  @inline(__always)
  func put32(_ offset: Int, _ value: UInt32) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
  }

  /// Writes eight bytes in network order, at any alignment.
  @inline(__always)
  func put64(_ offset: Int, _ value: UInt64) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
  }

  /// Writes the sixteen bytes of an IPv6 address.
  @inline(__always)
  func put(address6: AddressBits, at offset: Int) {
    put64(offset, address6.high)
    put64(offset + 8, address6.low)
  }
}
