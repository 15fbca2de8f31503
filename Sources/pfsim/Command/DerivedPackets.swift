/// Adapts packets that answer an earlier output whose port, id or sequence number is random.
///
/// The vectors hold the numbers that the kernel drew; ours differ. The answers are made to fit, and
/// their checksums follow incrementally.
struct DerivedPackets {
  private struct Ends: Hashable {
    var proto: UInt8
    var source: [UInt8]
  }
  /// Our port or id for one that the kernel chose, by protocol and translated source.
  private var ports: [Ends: [UInt16: UInt16]] = [:]
  /// What to add to acknowledgments sent to an address.
  private var offsets: [[UInt8]: UInt32] = [:]

  /// Learns from an output of ours and the kernel's.
  mutating func learn(expected text: String?, _ got: [UInt8]) {
    guard let text, text != got.hexadecimal else { return }
    let expected = stride(from: 0, to: text.utf8.count - 1, by: 2).map { place in
      let start = text.index(text.startIndex, offsetBy: place)
      return UInt8(text[start..<text.index(start, offsetBy: 2)], radix: 16) ?? 0
    }
    guard let one = Layout(expected), let other = Layout(got), one.proto == other.proto,
      one.source(expected) == other.source(got)
    else { return }
    let place = one.portPlace
    if let place, place + 2 <= min(expected.count, got.count) {
      let ends = Ends(proto: one.proto, source: one.source(expected))
      ports[ends, default: [:]][expected.big16(place)] = got.big16(place)
    }
    if one.proto == 6, one.transport + 8 <= min(expected.count, got.count) {
      offsets[one.source(expected)] =
        got.big32(one.transport + 4) &- expected.big32(one.transport + 4)
    }
  }

  /// Makes an answer fit our output.
  func adapt(_ packet: [UInt8]) -> [UInt8] {
    guard let layout = Layout(packet), let place = layout.answerPlace(packet) else {
      return packet
    }
    var packet = packet
    let inner = layout.innerProtocol(packet)
    let ends = Ends(
      proto: inner ?? layout.proto,
      source: layout.quotedSource(packet) ?? layout.destination(packet))
    if place + 2 <= packet.count, let new = ports[ends]?[packet.big16(place)] {
      if inner == 17, let sum = layout.innerUDPChecksum(packet) {
        let old = packet.big16(sum)
        packet.put(DerivedPackets.fix(old, packet.big16(place), new), at: sum)
        packet.replace(packet.big16(sum), at: sum, checksum: layout.checksumPlace, old: old)
      }
      packet.replace(new, at: place, checksum: layout.checksumPlace, old: packet.big16(place))
    }
    if layout.proto == 6, let offset = offsets[layout.destination(packet)], offset != 0,
      layout.transport + 12 <= packet.count
    {
      let at = layout.transport + 8
      let new = packet.big32(at) &+ offset
      for (index, word) in [UInt16(new >> 16), UInt16(new & 0xffff)].enumerated() {
        packet.replace(
          word, at: at + 2 * index, checksum: layout.checksumPlace,
          old: packet.big16(at + 2 * index))
      }
    }
    return packet
  }

  /// A checksum after one word changed.
  fileprivate static func fix(_ checksum: UInt16, _ old: UInt16, _ new: UInt16) -> UInt16 {
    var sum = UInt32(~checksum) + UInt32(~old) + UInt32(new)
    while sum > 0xffff { sum = sum >> 16 + sum & 0xffff }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}

/// Where the fields of a packet are.
private struct Layout {
  var isIPv6: Bool
  var proto: UInt8
  var transport: Int

  init?(_ packet: [UInt8]) {
    guard packet.count >= 20 else { return nil }
    isIPv6 = packet[0] >> 4 == 6
    guard !isIPv6 || packet.count >= 40 else { return nil }
    proto = isIPv6 ? packet[6] : packet[9]
    transport = isIPv6 ? 40 : Int(packet[0] & 15) * 4
  }

  func source(_ packet: [UInt8]) -> [UInt8] { Array(packet[isIPv6 ? 8..<24 : 12..<16]) }
  func destination(_ packet: [UInt8]) -> [UInt8] { Array(packet[isIPv6 ? 24..<40 : 16..<20]) }

  /// The place of the source port or id of an output.
  var portPlace: Int? {
    switch proto {
    case 6, 17: transport
    case 1: transport + 4
    default: nil
    }
  }

  var checksumPlace: Int { transport + (proto == 6 ? 16 : proto == 17 ? 6 : 2) }

  private func isError(_ packet: [UInt8]) -> Bool {
    proto == 1 && transport < packet.count && [3, 4, 5, 11, 12].contains(packet[transport])
  }

  /// The protocol that an ICMP error quotes.
  func innerProtocol(_ packet: [UInt8]) -> UInt8? {
    isError(packet) && transport + 18 <= packet.count ? packet[transport + 17] : nil
  }

  /// The source of the packet that an ICMP error quotes.
  func quotedSource(_ packet: [UInt8]) -> [UInt8]? {
    guard isError(packet), transport + 28 <= packet.count else { return nil }
    return Array(packet[transport + 20..<transport + 24])
  }

  /// The place of the port or id of an answer that goes back to an output's source.
  func answerPlace(_ packet: [UInt8]) -> Int? {
    if isError(packet) {
      guard transport + 8 < packet.count else { return nil }
      let inner = transport + 8 + Int(packet[transport + 8] & 15) * 4
      return innerProtocol(packet) == 1 ? inner + 4 : inner
    }
    switch proto {
    case 6, 17: return transport + 2
    case 1: return transport + 4
    default: return nil
    }
  }

  func innerUDPChecksum(_ packet: [UInt8]) -> Int? {
    guard transport + 8 < packet.count else { return nil }
    let place = transport + 8 + Int(packet[transport + 8] & 15) * 4 + 6
    return place + 2 <= packet.count ? place : nil
  }
}

extension [UInt8] {
  fileprivate func big16(_ place: Int) -> UInt16 {
    UInt16(self[place]) << 8 | UInt16(self[place + 1])
  }
  fileprivate func big32(_ place: Int) -> UInt32 {
    UInt32(big16(place)) << 16 | UInt32(big16(place + 2))
  }
  fileprivate mutating func put(_ value: UInt16, at place: Int) {
    self[place] = UInt8(value >> 8)
    self[place + 1] = UInt8(value & 255)
  }
  /// Replaces a word and corrects the checksum over it.
  fileprivate mutating func replace(
    _ value: UInt16, at place: Int, checksum: Int, old: UInt16
  ) {
    put(value, at: place)
    guard checksum + 2 <= count else { return }
    put(DerivedPackets.fix(big16(checksum), old, value), at: checksum)
  }
}
