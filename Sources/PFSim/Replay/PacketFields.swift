/// The header fields of a recorded packet that tell which flow it belongs to and what it means.
///
/// A flat value; offsets count from the start of the IP header.
struct PacketFields: Sendable {
  /// How far the packet could be read.
  enum Completeness: UInt8, Sendable {
    /// Both headers.
    case complete
    /// The IP header only: a later fragment, or a protocol without ports.
    case networkOnly
    /// A header is cut or contradicts itself.
    case malformed
  }
  var completeness = Completeness.malformed
  var family = AddressFamily.unspecified
  var proto = IPProtocol.any
  var source = AddressBits.zero
  var destination = AddressBits.zero
  /// The ports; for ICMP queries the identifier in both.
  var sourcePort: UInt16 = 0
  var destinationPort: UInt16 = 0
  var ttl: UInt8 = 0
  /// The packet's length in bytes as its header says.
  var totalLength = 0
  /// The length of the IP header with options and extension headers.
  var networkLength = 0
  /// Whether the packet is a part of a datagram, and whether it is the part with the ports.
  var isFragment = false
  var isFirstFragment = false
  /// The datagram's number.
  var identification: UInt32 = 0
  var tcpFlags = TCPFlags()
  /// The TCP header's length in bytes; the other protocols' fixed lengths.
  var transportLength = 0
  var icmpType: UInt8 = 0
  var icmpCode: UInt8 = 0
  /// Whether the packet is an ICMP error, so that it quotes another packet.
  var isError = false

  /// The bytes behind both headers.
  var payloadLength: Int { max(0, totalLength - networkLength - transportLength) }
  /// Whether the packet is an echo request or another ICMP query.
  var isQuery: Bool {
    family == .inet
      ? proto == .icmp && [8, 13, 15, 17].contains(icmpType)
      : proto == .icmpv6 && icmpType == 128
  }
  /// Whether the destination is a multicast or limited broadcast address.
  var isGroup: Bool {
    family == .inet
      ? destination.ipv4 >> 28 == 14 || destination.ipv4 == .max
      : destination.high >> 56 == 0xff
  }
  /// Whether an IPv6 packet cannot have been forwarded: neighbour discovery, multicast and
  /// link-local destinations.
  var staysOnLink: Bool {
    guard family == .inet6 else { return false }
    let isDiscovery = proto == .icmpv6 && (133...137).contains(icmpType) && ttl == 255
    return isGroup || isDiscovery || destination.isLinkLocal6
  }
}

extension AddressBits {
  /// Whether an IPv6 address is of fe80::/10.
  var isLinkLocal6: Bool { high >> 54 == 0x3fa }
}

extension PacketFields {
  /// Reads the headers at `base`.
  /// - Parameters:
  ///   - count: The bytes that are there.
  ///   - isQuotation: Whether the packet stands in an ICMP error, where eight bytes of the
  ///     transport header are enough and the length need not be there.
  init(_ base: UnsafeMutableRawPointer, count: Int, isQuotation: Bool = false) {
    self.init()
    read(base, count: count, isQuotation: isQuotation)
  }

  /// Reads the headers at `base` into fields of which nothing is known yet.
  @inline(__always)
  mutating func read(_ base: UnsafeMutableRawPointer, count: Int, isQuotation: Bool = false) {
    guard count >= 1 else { return }
    switch base.reading.byte(0) >> 4 {
    case 4: read4(base, count: count, isQuotation: isQuotation)
    case 6: read6(base, count: count, isQuotation: isQuotation)
    default: break
    }
  }

  @inline(__always)
  private mutating func read4(_ base: UnsafeMutableRawPointer, count: Int, isQuotation: Bool) {
    guard let header = IPv4Header(base, count: count) else { return }
    family = .inet
    proto = header.proto
    source = header.source
    destination = header.destination
    ttl = header.ttl
    totalLength = Int(header.totalLength)
    networkLength = header.headerLength
    identification = UInt32(header.identification)
    isFragment = header.isFragment
    isFirstFragment = isFragment && header.fragmentOffset == 0
    guard networkLength >= IPv4Header.minimumLength, networkLength <= count,
      networkLength <= totalLength || isQuotation
    else { return }
    completeness = .networkOnly
    if isFragment, !isFirstFragment { return }
    readTransport(base, count: count, isQuotation: isQuotation)
  }

  @inline(never)
  private mutating func read6(_ base: UnsafeMutableRawPointer, count: Int, isQuotation: Bool) {
    guard let header = IPv6Header(base, count: count) else { return }
    family = .inet6
    source = header.source
    destination = header.destination
    ttl = header.hopLimit
    totalLength = Int(header.payloadLength) + IPv6Header.minimumLength
    var walk = header.walk(extent: count)
    proto = walk.proto
    networkLength = walk.offset
    completeness = .networkOnly
    if walk.end == .fragment {
      isFragment = true
      isFirstFragment = base.reading.big16(walk.offset &+ 2) & 0xfff8 == 0
      identification = base.reading.big32(walk.offset &+ 4)
      networkLength = walk.offset &+ 8
      walk.end = .payload
    }
    if walk.end == .short || networkLength > count {
      completeness = .malformed
    } else if !isFragment || isFirstFragment {
      readTransport(base, count: count, isQuotation: isQuotation)
    }
  }

  @inline(__always)
  private mutating func readTransport(
    _ base: UnsafeMutableRawPointer, count: Int, isQuotation: Bool
  ) {
    let start = base + networkLength
    let left = count &- networkLength
    guard proto == .tcp, left >= TCPHeader.minimumLength else {
      return readOther(start, left: left, isQuotation: isQuotation)
    }
    completeness = .complete
    sourcePort = start.reading.big16(0)
    destinationPort = start.reading.big16(2)
    tcpFlags = TCPFlags(rawValue: start.reading.byte(13))
    let length = Int(start.reading.byte(12) >> 4) << 2
    transportLength = max(TCPHeader.minimumLength, length)
  }

  /// Reads what is no TCP header or one cut short.
  @inline(never)
  private mutating func readOther(
    _ start: UnsafeMutableRawPointer, left: Int, isQuotation: Bool
  ) {
    let needed: Int
    switch proto {
    case .tcp: needed = isQuotation ? 8 : TCPHeader.minimumLength
    case .udp: needed = UDPHeader.minimumLength
    case .icmp, .icmpv6: needed = ICMPHeader.minimumLength
    default: return
    }
    guard left >= needed else {
      completeness = .malformed
      return
    }
    completeness = .complete
    if proto == .tcp || proto == .udp {
      sourcePort = start.reading.big16(0)
      destinationPort = start.reading.big16(2)
      transportLength = proto == .udp ? UDPHeader.minimumLength : TCPHeader.minimumLength
    } else if let header = ICMPHeader(start, count: left) {
      readMessage(header)
    }
  }

  private mutating func readMessage(_ header: ICMPHeader) {
    transportLength = ICMPHeader.minimumLength
    icmpType = header.type
    icmpCode = header.code
    let hasIdentifier: Bool
    if family == .inet {
      isError = header.isError
      hasIdentifier = [0, 8, 13, 14, 15, 16, 17, 18].contains(icmpType)
    } else {
      isError = header.isError6
      hasIdentifier = icmpType == 128 || icmpType == 129
    }
    if hasIdentifier {
      sourcePort = header.identifier
      destinationPort = header.identifier
    }
  }
}
