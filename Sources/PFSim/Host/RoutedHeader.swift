/// The fields of an IP header that routing looks at.
struct RoutedHeader {
  var family: AddressFamily
  var source: AddressBits
  var destination: AddressBits
  /// TTL or hop limit.
  var hopLimit: UInt8
  /// IPv4: don't fragment; always true for IPv6, whose packets are not fragmented on the way.
  var mustNotFragment: Bool

  /// Reads the header; nil where the bytes are not IPv4 or IPv6 or are cut short.
  @inline(__always)
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 20, let base = bytes.baseAddress else { return nil }
    switch base.byte(0) >> 4 {
    case 4:
      family = .inet
      source = AddressBits(ipv4: base.big32(12))
      destination = AddressBits(ipv4: base.big32(16))
      hopLimit = base.byte(8)
      mustNotFragment = base.byte(6) & 0x40 != 0
    case 6 where bytes.count >= 40:
      family = .inet6
      source = base.address6(8)
      destination = base.address6(24)
      hopLimit = base.byte(7)
      mustNotFragment = true
    default:
      return nil
    }
  }

  /// 224.0.0.0/4 or ff00::/8.
  var isToMulticast: Bool {
    family == .inet ? destination.high >> 60 == 0xe : destination.high >> 56 == 0xff
  }

  /// 255.255.255.255.
  var isToLimitedBroadcast: Bool {
    family == .inet && destination.ipv4 == .max
  }

  /// Whether `ip_forward` and `ip6_forward` refuse the packet whatever the routes say.
  var isNotForwardable: Bool {
    if isToMulticast || isToLimitedBroadcast { return true }
    if family == .inet {
      let net = destination.ipv4 >> 24
      return net == 0 || net == 127 || destination.ipv4 >> 28 == 0xf
        || destination.ipv4 >> 16 == 0xa9fe
    }
    return Self.isLinkLocal(destination) || Self.isLinkLocal(source)
      || source.isZero || destination == AddressBits(high: 0, low: 1)
  }

  private static func isLinkLocal(_ bits: AddressBits) -> Bool { bits.high >> 54 == 0x3fa }

  /// Lowers the TTL or hop limit of a packet by one and mends the IPv4 header's checksum.
  static func decrementHopLimit(_ packet: PacketBuffer) {
    guard packet.count >= 20 else { return }
    let base = packet.base
    if base.load(as: UInt8.self) >> 4 == 6 {
      let limit = base.load(fromByteOffset: 7, as: UInt8.self)
      base.storeBytes(of: limit &- 1, toByteOffset: 7, as: UInt8.self)
      return
    }
    let limit = base.load(fromByteOffset: 8, as: UInt8.self)
    base.storeBytes(of: limit &- 1, toByteOffset: 8, as: UInt8.self)
    // KERNEL: ip_forward adds the difference to the stored sum (RFC 1624).
    let old = UInt32(
      UInt16(bigEndian: base.loadUnaligned(fromByteOffset: 10, as: UInt16.self)))
    var sum = old + 0x100
    sum = (sum & 0xffff) + (sum >> 16)
    base.storeBytes(
      of: UInt16(truncatingIfNeeded: sum).bigEndian, toByteOffset: 10, as: UInt16.self)
  }
}

extension RoutedHeader {
  /// Whether bytes begin with an IP header that can be read.
  static func isReadable(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { RoutedHeader($0) != nil }
  }
}
