/// Where the walk over IPv6 extension headers ended.
struct IPv6Walk: Hashable, Sendable {
  /// How the walk ended.
  enum End: UInt8, Sendable {
    /// At a header that is not an extension header: ``IPv6Walk/proto`` at ``IPv6Walk/offset``.
    case payload
    /// At a fragment header, at ``IPv6Walk/offset``; ``IPv6Walk/proto`` is what follows it.
    case fragment
    /// At a header that is cut short.
    case short
  }
  /// How the walk ended.
  var end: End
  /// The protocol found.
  var proto: IPProtocol
  /// The offset of the last header from the packet's start, in bytes.
  var offset: Int
  /// The number of routing headers passed.
  var routingHeaders: Int
}

extension IPv6Header {
  /// Walks the extension headers as the filter does before it looks for the transport header.
  /// - Parameter extent: How far headers can be read; see ``extent(count:)``.
  /// - Complexity: O(headers); every header takes at least eight bytes.
  func walk(extent: Int) -> IPv6Walk {
    // KERNEL: pf_test6() knows AH, hop-by-hop, routing and destination options, in any order and
    // number; it stops at the first fragment header, whose follower it takes as the protocol.
    var walk = IPv6Walk(
      end: .payload, proto: nextHeader, offset: Self.minimumLength, routingHeaders: 0)
    let bytes = base.reading
    while true {
      switch walk.proto {
      case .fragment:
        guard walk.offset &+ 8 <= extent else {
          walk.end = .short
          return walk
        }
        walk.end = .fragment
        walk.proto = IPProtocol(rawValue: bytes.byte(walk.offset))
        return walk
      case .routing, .ah, .hopByHop, .destinationOptions:
        if walk.proto == .routing { walk.routingHeaders &+= 1 }
        guard walk.offset &+ 2 <= extent else {
          walk.end = .short
          return walk
        }
        let length = Int(bytes.byte(walk.offset &+ 1))
        let step = walk.proto == .ah ? (length &+ 2) &* 4 : (length &+ 1) &* 8
        walk.proto = IPProtocol(rawValue: bytes.byte(walk.offset))
        walk.offset &+= step
      default:
        return walk
      }
    }
  }
}
