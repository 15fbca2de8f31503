@testable import PFSim

/// A random packet over the addresses of ``RandomRuleset``.
struct RandomPacket {
  var bytes: [UInt8]
  var proto: IPProtocol
  var source: UInt32
  var destination: UInt32
  var sourcePort: UInt16 = 0
  var destinationPort: UInt16 = 0
  var flags: TCPFlags = []
  var direction: Direction
  var interface: String

  /// Makes a packet: forwarded between inside and outside, or to and from the host itself.
  init(_ random: inout RandomChoices) {
    let isOut = random.chance(50)
    let inner = random.chance(70) ? random.pick(RandomRuleset.inside) : RandomRuleset.own
    let outer = random.pick(RandomRuleset.outside)
    interface = random.pick(["en0", "en0", "bridge100"])
    // What leaves by the uplink comes from inside; at the bridge it is the other way round.
    let fromInside = isOut == (interface == "en0")
    let ends = (fromInside ? inner : outer, fromInside ? outer : inner)
    direction = isOut ? .out : .in
    source = IPAddress(ends.0)?.bits.ipv4 ?? 0
    destination = IPAddress(ends.1)?.bits.ipv4 ?? 0
    if direction == .in, interface == "en0", random.chance(50) {
      destination = IPAddress(RandomRuleset.own)?.bits.ipv4 ?? 0
    }
    let builder = PacketBuilder(
      from: IPAddress(ipv4: source), to: IPAddress(ipv4: destination))
    proto = random.pick([.tcp, .tcp, .udp, .udp, .icmp])
    let payload = [UInt8](repeating: 7, count: random.below(9))
    if proto == .icmp {
      sourcePort = UInt16(1 + random.below(3))
      bytes = builder.echo(identifier: sourcePort, payload)
      return
    }
    sourcePort = UInt16(
      random.chance(60) ? 1024 + random.below(4) : random.pick(RandomRuleset.ports))
    destinationPort = UInt16(random.pick(RandomRuleset.ports))
    if proto == .udp {
      bytes = builder.udp(from: sourcePort, to: destinationPort, payload)
    } else {
      flags = random.pick([.syn, .syn, .ack, [.syn, .ack], .rst, [.fin, .ack]])
      bytes = builder.tcp(
        from: sourcePort, to: destinationPort, flags, sequence: random.word(),
        acknowledgment: random.word(), payload)
    }
  }

  /// Makes it the packet of the other end, in the other direction.
  mutating func turnAround() {
    swap(&source, &destination)
    direction = direction == .in ? .out : .in
    let builder = PacketBuilder(from: IPAddress(ipv4: source), to: IPAddress(ipv4: destination))
    switch proto {
    case .icmp: bytes = builder.icmp(type: 0, rest: UInt32(sourcePort) << 16)
    case .udp:
      swap(&sourcePort, &destinationPort)
      bytes = builder.udp(from: sourcePort, to: destinationPort)
    default:
      swap(&sourcePort, &destinationPort)
      bytes = builder.tcp(from: sourcePort, to: destinationPort, flags)
    }
  }
}

/// Whether a packet's header and transport checksums are right.
func hasRightChecksums(_ buffer: PacketBuffer) -> Bool {
  let bytes = buffer.base.reading
  guard buffer.count >= 28, Checksum.internet(bytes, count: 20) == 0 else { return false }
  let proto = IPProtocol(rawValue: bytes.byte(9))
  if proto == .icmp { return Checksum.internet(bytes + 20, count: buffer.count - 20) == 0 }
  return Checksum.transport(
    bytes + 20, count: buffer.count - 20, source: AddressBits(ipv4: bytes.big32(12)),
    destination: AddressBits(ipv4: bytes.big32(16)), proto: proto) == 0
}
