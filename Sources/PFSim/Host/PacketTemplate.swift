/// A packet being put together from its notation.
struct PacketTemplate {
  /// A piece of a datagram.
  struct Fragment {
    /// In bytes.
    var offset: Int
    var hasMore: Bool
  }
  var proto: IPProtocol
  var source: IPAddress
  var destination: IPAddress
  var sourcePort: UInt16
  var destinationPort: UInt16
  var ttl: UInt8 = 64
  var tos: UInt8 = 0
  /// The payload behind the transport header, in bytes.
  var length = 0
  /// The IP identification; of echo messages the identifier.
  var identifier: UInt16 = 0
  var sequence: UInt32 = 1000
  var acknowledgment: UInt32 = 0
  var flags = TCPFlags.syn
  var icmpType: UInt8?
  var icmpCode: UInt8 = 0
  var dontFragment = false
  var fragment: Fragment?

  init(
    proto: IPProtocol, source: IPAddress, destination: IPAddress, sourcePort: UInt16,
    destinationPort: UInt16
  ) {
    self.proto = proto
    self.source = source
    self.destination = destination
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
  }

  /// The packet, with right checksums.
  var bytes: [UInt8] {
    var builder = PacketBuilder(from: source, to: destination)
    builder.ttl = ttl
    builder.tos = tos
    if !isEcho { builder.identification = identifier }
    if dontFragment { builder.fragmentField = IPv4Header.dontFragment }
    let payload = [UInt8](repeating: 0, count: length)
    guard let fragment else { return whole(builder, payload) }
    return piece(fragment, builder, payload)
  }

  private var isEcho: Bool {
    let type = icmpType ?? echoRequest
    return proto == .icmp && (type == 8 || type == 0)
      || proto == .icmpv6 && (type == 128 || type == 129)
  }

  private var echoRequest: UInt8 { proto == .icmpv6 ? 128 : 8 }

  private func whole(_ builder: PacketBuilder, _ payload: [UInt8]) -> [UInt8] {
    switch proto {
    case .tcp:
      return builder.tcp(
        from: sourcePort, to: destinationPort, flags, sequence: sequence,
        acknowledgment: acknowledgment, payload)
    case .udp: return builder.udp(from: sourcePort, to: destinationPort, payload)
    case .icmp, .icmpv6:
      let rest = isEcho ? UInt32(identifier) << 16 | 1 : 0
      return builder.icmp(type: icmpType ?? echoRequest, code: icmpCode, rest: rest, payload)
    default: return builder.packet(proto, payload)
    }
  }

  private func piece(
    _ fragment: Fragment, _ builder: PacketBuilder, _ payload: [UInt8]
  ) -> [UInt8] {
    var builder = builder
    let header = source.family == .inet ? 20 : 40
    let content =
      fragment.offset == 0
      ? Array(whole(builder, payload).dropFirst(header))
      : payload.isEmpty ? [UInt8](repeating: 0, count: 8) : payload
    let more: UInt16 = fragment.hasMore ? 1 : 0
    let units = UInt16(fragment.offset / 8)
    if source.family == .inet {
      builder.fragmentField = units | more << 13
      return builder.packet(proto, content)
    }
    let field = units << 3 | more
    let extensionHeader: [UInt8] = [
      proto.rawValue, 0, UInt8(field >> 8), UInt8(field & 0xff), 0, 0,
      UInt8(identifier >> 8), UInt8(identifier & 0xff),
    ]
    return builder.packet(.fragment, extensionHeader + content)
  }
}

extension PacketTemplate {
  /// A protocol by name or number, nil for neither.
  static func proto(named name: Substring) -> IPProtocol? {
    switch name {
    case "tcp": .tcp
    case "udp": .udp
    case "icmp": .icmp
    case "icmp6", "ipv6-icmp": .icmpv6
    case "esp": .esp
    case "gre": .gre
    case "igmp": .igmp
    case "ah": .ah
    default: UInt8(name).map(IPProtocol.init(rawValue:))
    }
  }

  /// Flags by pf's letters, with `.` for tcpdump's ACK; nil for other letters.
  static func flags(_ text: Substring) -> TCPFlags? {
    var flags = TCPFlags(rawValue: 0)
    for letter in text {
      if letter == "." {
        flags.insert(TCPFlags(rawValue: 0x10))
        continue
      }
      guard let bit = Array("FSRPAUEW").firstIndex(of: letter) else { return nil }
      flags.insert(TCPFlags(rawValue: 1 << UInt8(bit)))
    }
    return flags
  }

  /// An ICMP type by pf's name, nil for an unknown one.
  func icmpType(named name: Substring) -> UInt8? {
    guard proto == .icmp || proto == .icmpv6 else { return nil }
    return ICMPNames.type(of: String(name), source.family)
  }
}
