/// One packet that stands for a set, at the hook where it meets the rules.
public struct WitnessPacket: Sendable, Hashable {
  /// The interface of the hook.
  public var interface: String
  /// The direction of the hook.
  public var direction: Direction
  /// The sender.
  public var source: IPAddress
  /// The receiver.
  public var destination: IPAddress
  /// The protocol.
  public var proto: IPProtocol
  /// TCP and UDP: the source port.
  public var sourcePort: UInt16 = 0
  /// TCP and UDP: the destination port.
  public var destinationPort: UInt16 = 0
  /// ICMP: the type.
  public var icmpType: UInt8 = 0
  /// ICMP: the code.
  public var icmpCode: UInt8 = 0
  /// TCP: the flags.
  public var flags: UInt8 = 0
  /// The type of service.
  public var tos: UInt8 = 0
  /// Whether it is a fragment (the first of a datagram).
  public var isFragment = false

  /// The packet's bytes, with right checksums.
  public var bytes: [UInt8] {
    var builder = PacketBuilder(from: source, to: destination)
    builder.tos = source.family == .inet ? tos : 0
    if isFragment, source.family == .inet { builder.fragmentField = 0x2000 }
    switch proto {
    case .tcp where !isFragment:
      return builder.tcp(from: sourcePort, to: destinationPort, TCPFlags(rawValue: flags))
    case .udp where !isFragment:
      return builder.udp(from: sourcePort, to: destinationPort)
    case .icmp where !isFragment && source.family == .inet,
      .icmpv6 where !isFragment && source.family == .inet6:
      return builder.icmp(type: icmpType, code: icmpCode, rest: 0x0007_0001, quoted)
    default:
      let payload = [UInt8](repeating: 0, count: 16)
      guard isFragment, source.family == .inet6 else { return builder.packet(proto, payload) }
      return builder.packet(.fragment, [proto.rawValue, 0, 0, 1, 0, 0, 0, 1] + payload)
    }
  }

  /// What an ICMP error quotes: a datagram of the receiver; pf drops errors that quote nothing.
  private var quoted: [UInt8] {
    let errors: [UInt8] = source.family == .inet ? [3, 4, 5, 11, 12] : [1, 2, 3, 4]
    guard errors.contains(icmpType) else { return [] }
    return PacketBuilder(from: destination, to: source).udp(from: 50000, to: 53)
  }

  /// The packet in the notation of `pfsim explain`, with its hook.
  public var notation: String {
    let hook = "\(direction == .in ? "in" : "out") on \(interface)"
    let tosText = tos == 0 ? "" : " tos \(tos)"
    guard !isFragment else { return hexNotation + " " + hook }
    switch proto {
    case .tcp:
      guard let letters = flagLetters else { return hexNotation + " " + hook }
      return "tcp \(ends) \(letters)\(tosText) \(hook)"
    case .udp: return "udp \(ends)\(tosText) \(hook)"
    case .icmp where icmpType == 8 && icmpCode == 0 && source.family == .inet,
      .icmpv6 where icmpType == 128 && icmpCode == 0 && source.family == .inet6:
      return "icmp \(source) > \(destination) echoreq id 7\(tosText) \(hook)"
    default: return hexNotation + " " + hook
    }
  }

  private var ends: String {
    source.family == .inet6
      ? "[\(source)]:\(sourcePort) > [\(destination)]:\(destinationPort)"
      : "\(source):\(sourcePort) > \(destination):\(destinationPort)"
  }

  private var flagLetters: String? {
    guard flags != 0 else { return nil }
    let letters = zip(["F", "S", "R", "P", "A", "U", "E", "W"], 0..<8)
    return letters.filter { flags >> UInt8($0.1) & 1 == 1 }.map(\.0).joined()
  }

  private var hexNotation: String {
    let digits = Array("0123456789abcdef")
    return "hex:" + String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

extension PacketClasses {
  /// A packet of a set; nil for an empty set and for one outside ``universe``.
  public func witness(of region: PacketRegion) -> WitnessPacket? {
    for shape in universe.sets {
      for set in region.sets {
        if let common = layout.intersection(set, shape) { return witness(in: common) }
      }
    }
    return nil
  }

  private func witness(in set: PacketSet) -> WitnessPacket? {
    // What happens on lo0 is special; another interface shows more.
    let usual = interfaces.indices.filter { interfaces[$0].map { !$0.hasPrefix("lo") } ?? false }
    guard let interface = first(.interface, of: set, preferring: usual),
      let direction = first(.direction, of: set, preferring: [0]),
      let source = address(.source, of: set, sources, PreferredValues.sources),
      let destination = address(.destination, of: set, destinations, PreferredValues.destinations),
      let proto = first(
        .proto, of: set, preferring: PreferredValues.protos.map { protos.position(of: $0) }),
      let whole = first(.wholeness, of: set, preferring: [0])
    else { return nil }
    var packet = WitnessPacket(
      interface: interfaces[interface] ?? otherInterface, direction: direction == 0 ? .in : .out,
      source: source, destination: destination, proto: exampleProto(proto))
    packet.isFragment = whole == 1
    packet.sourcePort = port(.sourcePort, of: set, sourcePorts, PreferredValues.sourcePorts)
    packet.destinationPort = port(
      .destinationPort, of: set, destinationPorts, PreferredValues.destinationPorts)
    addTransport(of: set, to: &packet)
    return packet
  }

  private func addTransport(of set: PacketSet, to packet: inout WitnessPacket) {
    if let index = first(.icmp, of: set, preferring: []), index > 0 {
      packet.icmpType = icmp.classes[index - 1].type
      packet.icmpCode = icmp.classes[index - 1].code
    }
    let wanted = PreferredValues.flags.map { flags.position(of: $0) + 2 }
    if let index = first(.tcpFlags, of: set, preferring: wanted), index > 1 {
      let liked = PreferredValues.flags.first { flags.position(of: $0) == index - 2 }
      packet.flags = liked ?? flags.representative(of: index - 2)
    }
    if let index = first(.tos, of: set, preferring: [tos.position(of: 0)]) {
      packet.tos = tos.representative(of: index)
    }
  }

  /// A name that no criterion uses.
  private var otherInterface: String {
    ["en0", "en1", "en5"].first { !interfaces.contains($0) } ?? "en99"
  }

  private func exampleProto(_ index: Int) -> IPProtocol {
    let liked = PreferredValues.protos.first { protos.position(of: $0) == index }
    return IPProtocol(rawValue: liked ?? protos.representative(of: index))
  }

  private func first(
    _ field: PacketField, of set: PacketSet, preferring preferred: [Int]
  ) -> Int? {
    if let liked = preferred.first(where: { holds(set, field, $0) }) { return liked }
    return (0..<layout.counts[Int(field.rawValue)]).first { holds(set, field, $0) }
  }

  private func port(
    _ field: PacketField, of set: PacketSet, _ classes: ValueClasses, _ preferred: [Int]
  ) -> UInt16 {
    let value =
      preferred.first { holds(set, field, classes.position(of: $0) + 1) }
      ?? first(field, of: set, preferring: []).map { $0 == 0 ? 0 : classes.starts[$0 - 1] } ?? 0
    return UInt16(truncatingIfNeeded: value)
  }

  private func address(
    _ field: PacketField, of set: PacketSet, _ classes: [AddressClasses], _ preferred: [IPAddress]
  ) -> IPAddress? {
    let liked = preferred.first { address in
      let isIPv4 = address.family == .inet
      let index = classes[isIPv4 ? 0 : 1].position(of: address.bits)
      return holds(set, field, isIPv4 ? index : index + classes[0].count)
    }
    return liked ?? first(field, of: set, preferring: []).map { self.address($0, classes) }
  }
}
