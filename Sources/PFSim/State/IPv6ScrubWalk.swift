/// The walk over IPv6 extension headers that normalisation does, which is stricter than the
/// filter's own (``IPv6Header/walk(extent:)``).
struct IPv6ScrubWalk {
  /// How the walk ended.
  enum End {
    /// At a header that is not an extension header.
    case payload
    /// At a fragment header.
    case fragment(IPv6FragmentHeader)
    /// At a header that is cut short.
    case short
    /// At a header that must not be.
    case bad
  }
  /// How the walk ended.
  private(set) var end = End.payload
  /// The length given by a jumbo option, 0 without one.
  private(set) var jumboLength: UInt32 = 0

  private let bytes: UnsafeRawPointer
  private let extent: Int
  private let packetLength: Int
  private let payloadLength: UInt16

  /// Walks a packet's headers.
  /// - Complexity: O(headers and options).
  init(_ header: IPv6Header, packetLength: Int) {
    bytes = header.base.reading
    extent = header.extent(count: packetLength)
    self.packetLength = packetLength
    payloadLength = header.payloadLength
    end = walk(from: header.nextHeader)
  }

  private mutating func walk(from first: IPProtocol) -> End {
    // KERNEL: the do loop of pf_normalize_ip6()
    var proto = first
    var offset = IPv6Header.minimumLength
    var routingHeaders = 0
    while true {
      switch proto {
      case .fragment:
        guard offset + IPv6FragmentHeader.length <= extent else { return .short }
        return .fragment(IPv6FragmentHeader(bytes, at: offset))
      case .routing, .ah, .destinationOptions, .hopByHop:
        guard offset + 2 <= extent else { return .short }
      default:
        return .payload
      }
      let (next, length) = (bytes.byte(offset), Int(bytes.byte(offset + 1)))
      switch proto {
      case .routing:
        routingHeaders += 1
        guard routingHeaders == 1, offset + 3 <= extent, bytes.byte(offset + 2) != 0 else {
          return .bad
        }
      // KERNEL: the offset stays, so what follows a routing header is read from the same place.
      case .ah:
        offset += (length + 2) * 4
      case .destinationOptions:
        offset += (length + 1) * 8
      default:
        let finish = offset + (length + 1) * 8
        if let problem = walkOptions(from: offset + 2, to: finish) { return problem }
        offset = finish
      }
      proto = IPProtocol(rawValue: next)
    }
  }

  /// Looks at the options of a hop-by-hop header; nil when they are fine.
  private mutating func walkOptions(from start: Int, to finish: Int) -> End? {
    var offset = start
    while offset < finish {
      guard offset + 1 <= extent else { return .short }
      if bytes.byte(offset) == 0 {
        offset += 1
        continue
      }
      guard offset + 2 <= extent else { return .short }
      let length = Int(bytes.byte(offset + 1))
      guard offset + 2 + length <= finish else { return .bad }
      if bytes.byte(offset) == 0xc2 {
        guard payloadLength == 0 else { return .bad }
        guard offset + 6 <= extent else { return .short }
        jumboLength = bytes.big32(offset + 2)
        guard jumboLength > 65_535, Int(jumboLength) + IPv6Header.minimumLength == packetLength
        else {
          return .bad
        }
      }
      offset += 2 + length
    }
    return nil
  }
}
