/// The further segments of a connection whose first one came through a hook: mostly such as belong
/// there, some that do not fit.
struct TCPConversation {
  /// One end, as the other packets of its direction show it where they enter the hook.
  private struct End {
    var address: IPAddress
    var port: UInt16
  }
  private enum Stage { case opening, answered, open }

  /// What the client's segments carry, and what the server's do.
  private var ends: [(source: End, destination: End)]
  /// The next sequence number of the client and of the server.
  private var next: [UInt32]
  /// What each has seen of the other.
  private var seen: [UInt32]
  private var stage = Stage.opening

  /// Begins behind a first segment.
  /// - Parameters:
  ///   - bytes: The segment as it came, a SYN over IPv4.
  ///   - after: The segment as it left.
  init?(_ bytes: [UInt8], after: [UInt8], _ random: inout SplitMix64) {
    guard let client = Self.header(bytes), let passed = Self.header(after),
      client.flags == .syn
    else { return nil }
    ends = [(client.source, client.destination), (passed.destination, passed.source)]
    next = [client.sequence &+ 1, UInt32(truncatingIfNeeded: random.next())]
    seen = [0, passed.sequence &+ 1]
  }

  private static func header(
    _ bytes: [UInt8]
  ) -> (source: End, destination: End, sequence: UInt32, flags: TCPFlags)? {
    guard bytes.count >= 40, bytes[0] == 0x45, bytes[9] == IPProtocol.tcp.rawValue else {
      return nil
    }
    return bytes.withUnsafeBytes { view in
      guard let base = view.baseAddress else { return nil }
      func end(_ address: Int, _ port: Int) -> End {
        End(address: IPAddress(ipv4: base.big32(address)), port: base.big16(port))
      }
      return (end(12, 20), end(16, 22), base.big32(24), TCPFlags(rawValue: base.byte(33)))
    }
  }

  /// The next segment, and whether it comes from the server.
  mutating func segment(_ random: inout SplitMix64) -> (bytes: [UInt8], isAnswer: Bool) {
    let isAnswer = stage == .answered ? false : stage == .opening ? true : random.below(2) == 0
    let side = isAnswer ? 1 : 0
    var builder = PacketBuilder(
      from: ends[side].source.address, to: ends[side].destination.address)
    builder.ttl = UInt8(1 + random.below(255))
    if random.below(2) == 0 { builder.fragmentField = 0x4000 }
    var flags: TCPFlags = stage == .opening ? [.syn, .ack] : .ack
    var payload: [UInt8] = []
    if stage == .open {
      if random.below(30) == 0 { flags.insert(random.below(2) == 0 ? .fin : .rst) }
      if random.below(3) == 0 { flags.insert(.psh) }
      payload = [UInt8](repeating: 7, count: random.below(3) * 100)
    }
    let stray = random.below(20) == 0 ? UInt32(random.below(200_000)) : 0
    let options: [UInt8] = random.below(4) == 0 ? [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 1] : []
    var bytes = builder.tcp(
      from: ends[side].source.port, to: ends[side].destination.port, flags,
      sequence: next[side] &+ stray, acknowledgment: seen[side], window: 60_000,
      options: options, payload)
    if stage == .opening { next[side] &+= 1 }
    next[side] &+= UInt32(payload.count)
    stage = stage == .opening ? .answered : .open
    if random.below(12) == 0 { spoil(&bytes, &random) }
    return (bytes, isAnswer)
  }

  /// Changes a byte of the headers, or adds some behind the packet.
  private func spoil(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    if random.below(4) == 0 { bytes += [0, 0, 0] }
    let place = [1, 2, 3, 5, 6, 7, 8, 20, 21, 32, 33, 39][random.below(12)]
    bytes[place] = UInt8(truncatingIfNeeded: random.next())
  }

  /// Notes how a segment left, so that the other side can acknowledge it.
  mutating func passed(_ after: [UInt8], isAnswer: Bool) {
    guard let header = Self.header(after) else { return }
    let payload = max(0, after.count - 20 - Int(after[32] >> 4) * 4)
    let span = UInt32(truncatingIfNeeded: payload) &+ (header.flags.contains(.syn) ? 1 : 0)
    seen[isAnswer ? 0 : 1] = header.sequence &+ span
  }
}
