/// A view of the first eight bytes of an ICMP or ICMPv6 message, whose layouts agree.
///
/// Numbers are in host order.
struct ICMPHeader: HeaderView {
  /// The bytes seen, in the kernel's `ICMP_MINLEN`.
  static let minimumLength = 8

  /// The header's first byte.
  let base: UnsafeMutableRawPointer

  /// The message's type.
  @inline(__always)
  var type: UInt8 { base.reading.byte(0) }

  /// The message's code.
  @inline(__always)
  var code: UInt8 { base.reading.byte(1) }

  /// The checksum.
  @inline(__always)
  var checksum: UInt16 {
    get { base.reading.big16(2) }
    nonmutating set { base.put16(2, newValue) }
  }

  /// The identifier of queries.
  @inline(__always)
  var identifier: UInt16 {
    get { base.reading.big16(4) }
    nonmutating set { base.put16(4, newValue) }
  }

  /// The sequence number of echoes.
  @inline(__always)
  var sequence: UInt16 { base.reading.big16(6) }

  /// Whether the type is one of ICMPv4's errors (kernel: `icmptype` test of `pf_test_rule`).
  @inline(__always)
  var isError: Bool {
    type == 3 || type == 4 || type == 5 || type == 11 || type == 12
  }

  /// Whether the type is one of ICMPv6's errors that pf knows.
  @inline(__always)
  var isError6: Bool { (1...4).contains(type) }
}
