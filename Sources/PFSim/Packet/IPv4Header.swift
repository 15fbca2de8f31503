/// A view of an IPv4 header of at least 20 bytes; accessors cannot fail afterwards.
///
/// Numbers are in host order. The bytes belong to the packet's buffer.
struct IPv4Header: HeaderView {
  /// The shortest header, in bytes.
  static let minimumLength = 20
  /// "Don't fragment" in ``fragmentField``.
  static let dontFragment: UInt16 = 0x4000
  /// "More fragments" in ``fragmentField``.
  static let moreFragments: UInt16 = 0x2000
  /// The offset, in units of eight bytes, in ``fragmentField``.
  static let offsetMask: UInt16 = 0x1fff

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// The header's length in bytes as it says itself, 0…60; not checked against anything.
  @inline(__always)
  var headerLength: Int { Int(base.reading.byte(0) & 0x0f) << 2 }

  /// Type of service.
  @inline(__always)
  var tos: UInt8 {
    get { base.reading.byte(1) }
    nonmutating set { base.put8(1, newValue) }
  }

  /// The packet's length as it says itself.
  @inline(__always)
  var totalLength: UInt16 {
    get { base.reading.big16(2) }
    nonmutating set { base.put16(2, newValue) }
  }

  /// The datagram's number.
  @inline(__always)
  var identification: UInt16 {
    get { base.reading.big16(4) }
    nonmutating set { base.put16(4, newValue) }
  }

  /// Flags and offset as one field (`ip_off`).
  @inline(__always)
  var fragmentField: UInt16 {
    get { base.reading.big16(6) }
    nonmutating set { base.put16(6, newValue) }
  }

  /// Time to live.
  @inline(__always)
  var ttl: UInt8 {
    get { base.reading.byte(8) }
    nonmutating set { base.put8(8, newValue) }
  }

  /// The protocol of the payload.
  @inline(__always)
  var proto: IPProtocol { IPProtocol(rawValue: base.reading.byte(9)) }

  /// The header's checksum.
  @inline(__always)
  var checksum: UInt16 {
    get { base.reading.big16(10) }
    nonmutating set { base.put16(10, newValue) }
  }

  /// The sender, as an address in the top 32 bits.
  @inline(__always)
  var source: AddressBits {
    get { AddressBits(ipv4: base.reading.big32(12)) }
    nonmutating set { base.put32(12, newValue.ipv4) }
  }

  /// The receiver, as an address in the top 32 bits.
  @inline(__always)
  var destination: AddressBits {
    get { AddressBits(ipv4: base.reading.big32(16)) }
    nonmutating set { base.put32(16, newValue.ipv4) }
  }

  /// The offset of this fragment's data in the datagram, in bytes.
  @inline(__always)
  var fragmentOffset: Int { Int(fragmentField & Self.offsetMask) << 3 }

  /// Whether the packet is a part of a datagram: an offset, or more to come.
  @inline(__always)
  var isFragment: Bool { fragmentField & (Self.offsetMask | Self.moreFragments) != 0 }

  /// Whether the sender forbids fragmenting.
  @inline(__always)
  var dontFragment: Bool { fragmentField & Self.dontFragment != 0 }

  /// How far headers can be read in a packet of `count` bytes: what the capture and the header
  /// both admit (kernel: the two length tests of `pf_pull_hdr`).
  @inline(__always)
  func extent(count: Int) -> Int { min(count, Int(totalLength)) }

  /// Computes the header checksum anew; a header longer than `count` is summed up to there.
  func setChecksum(count: Int) {
    checksum = 0
    checksum = Checksum.internet(base.reading, count: min(headerLength, count))
  }
}
