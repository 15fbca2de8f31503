/// A view of a GRE header with key: the eight bytes that PPTP uses.
///
/// Numbers are in host order.
struct GREHeader: HeaderView {
  /// The bytes seen.
  static let minimumLength = 8

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// Flags and version as one field.
  @inline(__always)
  var flags: UInt16 { base.reading.big16(0) }

  /// The protocol carried.
  @inline(__always)
  var carriedProtocol: UInt16 { base.reading.big16(2) }

  /// PPTP: the number of bytes behind the header.
  @inline(__always)
  var payloadLength: UInt16 { base.reading.big16(4) }

  /// PPTP: the call's number.
  @inline(__always)
  var callID: UInt16 {
    get { base.reading.big16(6) }
    nonmutating set { base.put16(6, newValue) }
  }

  /// Whether the header is version 1 carrying PPP, which pf tracks by call id.
  @inline(__always)
  var isPPTP: Bool { flags & 7 == 1 && carriedProtocol == 0x880b }
}
