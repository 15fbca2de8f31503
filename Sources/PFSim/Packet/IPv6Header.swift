/// A view of an IPv6 fixed header; accessors cannot fail once it was made.
///
/// Numbers are in host order. The bytes belong to the packet's buffer.
struct IPv6Header: HeaderView {
  /// The fixed header's length in bytes.
  static let minimumLength = 40

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// Version, traffic class and flow label as one field.
  @inline(__always)
  var flow: UInt32 { base.reading.big32(0) }

  /// The traffic class.
  @inline(__always)
  var trafficClass: UInt8 { UInt8(truncatingIfNeeded: flow >> 20) }

  /// The number of bytes behind the fixed header, as the header says itself.
  @inline(__always)
  var payloadLength: UInt16 {
    get { base.reading.big16(4) }
    nonmutating set { base.put16(4, newValue) }
  }

  /// The protocol of what follows the fixed header.
  @inline(__always)
  var nextHeader: IPProtocol {
    get { IPProtocol(rawValue: base.reading.byte(6)) }
    nonmutating set { base.put8(6, newValue.rawValue) }
  }

  /// The hop limit.
  @inline(__always)
  var hopLimit: UInt8 {
    get { base.reading.byte(7) }
    nonmutating set { base.put8(7, newValue) }
  }

  /// The sender.
  @inline(__always)
  var source: AddressBits {
    get { base.reading.address6(8) }
    nonmutating set { base.put(address6: newValue, at: 8) }
  }

  /// The receiver.
  @inline(__always)
  var destination: AddressBits {
    get { base.reading.address6(24) }
    nonmutating set { base.put(address6: newValue, at: 24) }
  }

  /// How far headers can be read in a packet of `count` bytes: what the capture and the header
  /// both admit (kernel: the two length tests of `pf_pull_hdr`).
  @inline(__always)
  func extent(count: Int) -> Int { min(count, Int(payloadLength) + Self.minimumLength) }
}
