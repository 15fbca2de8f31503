/// Draws packets that meet the rules of a ``MixedRules``: every protocol and family, fragments,
/// options, flags, types of service.
struct MixedPackets {
  private var random: SplitMix64

  private static let addresses4: [UInt32] = [
    0x0a00_0001, 0x0a00_0002, 0x0a00_0003, 0x0a00_0005, 0x0a00_0009, 0x0a00_0107, 0x0101_0101,
    0xc0a8_4002, 0xc0a8_4001, 0xc0a8_0114, 0xdead_beef,
  ]
  private static let addresses6: [AddressBits] = [
    AddressBits(high: 0xfd00_0000_0000_0000, low: 1),
    AddressBits(high: 0xfd00_0000_0000_0000, low: 2),
    AddressBits(high: 0xfd00_0000_0000_0000, low: 77),
    AddressBits(high: 0xfd00_0000_0000_0001, low: 5),
    AddressBits(high: 0x2001_0db8_0000_0000, low: 1),
    AddressBits(high: 0x2001_0db8_0000_0000, low: 99),
    AddressBits(high: 0x2600_0000_0000_0000, low: 1),
  ]
  private static let ports: [UInt16] = [53, 79, 80, 81, 443, 444, 1024, 50_000, 65_535]
  private static let flags: [UInt8] = [0x02, 0x02, 0x02, 0x12, 0x10, 0x11, 0x04, 0x14, 0x00, 0x29]

  /// Makes a generator; equal seeds give equal packets.
  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// The next packet's bytes.
  mutating func next() -> [UInt8] { random.below(3) == 0 ? packet6() : packet4() }

  /// The first segment of a connection over IPv4.
  mutating func opening() -> [UInt8] {
    let builder = PacketBuilder(
      from: IPAddress(ipv4: one(of: Self.addresses4)), to: IPAddress(ipv4: one(of: Self.addresses4))
    )
    return builder.tcp(
      from: one(of: Self.ports), to: one(of: Self.ports), .syn,
      sequence: UInt32(truncatingIfNeeded: random.next()))
  }

  private mutating func one<Element>(of list: [Element]) -> Element {
    list[random.below(list.count)]
  }

  private mutating func packet4() -> [UInt8] {
    let proto: UInt8 = one(of: [6, 6, 6, 17, 17, 1, 47, 50, 2, 58])
    let payload = transport(proto)
    let options: [UInt8] = random.below(30) == 0 ? [1, 1, 1, 0] : []
    let length = 20 + options.count + payload.count
    var fragment: UInt16 = 0
    if random.below(15) == 0 { fragment = one(of: [0x2000, 0x2004, 0x0004]) }
    var bytes: [UInt8] = [UInt8(0x45 + options.count / 4), one(of: [0, 0, 0, 0x10, 0x08])]
    bytes += Self.big(UInt16(length)) + Self.big(UInt16(random.below(4))) + Self.big(fragment)
    bytes += [64, proto, 0, 0]
    for address in [one(of: Self.addresses4), one(of: Self.addresses4)] {
      bytes += Self.big(UInt16(address >> 16)) + Self.big(UInt16(address & 0xffff))
    }
    bytes += options
    let sum = bytes.withUnsafeBytes { view in
      view.baseAddress.map { Checksum.internet($0, count: view.count) } ?? 0
    }
    bytes.replaceSubrange(10..<12, with: Self.big(sum))
    return bytes + payload
  }

  private mutating func packet6() -> [UInt8] {
    let proto: UInt8 = one(of: [6, 6, 17, 17, 58, 47, 50, 59, 1])
    var payload = transport(proto)
    var header = proto
    if random.below(15) == 0 {
      payload = [proto, 0] + Self.big(one(of: [0x0001, 0x0021, 0x0020])) + [0, 0, 0, 7] + payload
      header = 44
    }
    var bytes: [UInt8] = [0x60, 0, 0, 0] + Self.big(UInt16(payload.count)) + [header, 64]
    for address in [one(of: Self.addresses6), one(of: Self.addresses6)] {
      for half in [address.high, address.low] {
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
      }
    }
    return bytes + payload
  }

  private mutating func transport(_ proto: UInt8) -> [UInt8] {
    let ports = Self.big(one(of: Self.ports)) + Self.big(one(of: Self.ports))
    switch proto {
    case 6:
      return ports + [0, 0, 0, UInt8(1 + random.below(4)), 0, 0, 0, 0, 0x50, one(of: Self.flags)]
        + [0x20, 0, 0, 0, 0, 0]
    case 17: return ports + [0, 8, 0, 0]
    case 1, 58:
      let types: [UInt8] = proto == 1 ? [8, 0, 3, 5, 13] : [128, 129, 1, 3, 135]
      return [one(of: types), UInt8(random.below(2)), 0, 0, 0, UInt8(random.below(2)), 0, 1]
    case 47: return [0, 0, 0x08, 0, 0, 0, 0, 0]
    default: return [0, 0, 0, UInt8(random.below(3)), 0, 0, 0, 1]
    }
  }

  private static func big(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
}
