import Testing

@testable import PFSim

/// What scrub rules do to whole hooks: counters, pflog and rewritten segments.
@Suite struct ScrubTests {
  private let client = PacketBuilder(
    from: IPAddress(ipv4: 0xc633_6409), to: IPAddress(ipv4: 0xcb00_7105))
  private let server = PacketBuilder(
    from: IPAddress(ipv4: 0xcb00_7105), to: IPAddress(ipv4: 0xc633_6409))

  /// A SYN that claims 20 bytes of options and has four.
  private var cutSYN: [UInt8] {
    var packet = client.tcp(from: 1_000, to: 80, .syn, options: [1, 1, 1, 1])
    packet[32] = 0xa0
    return packet
  }

  private static func stamps(_ value: UInt32, _ echo: UInt32) -> [UInt8] {
    [1, 1, 8, 10]
      + [value, echo].flatMap { number in
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
      }
  }

  private func checksumIsRight(_ buffer: PacketBuffer) -> Bool {
    let bytes = buffer.base.reading
    return Checksum.transport(
      bytes + 20, count: buffer.count - 20, source: AddressBits(ipv4: bytes.big32(12)),
      destination: AddressBits(ipv4: bytes.big32(16)), proto: .tcp) == 0
  }

  @Test("options that end behind the packet count as short wherever they are looked for")
  func shortOptions() throws {
    for (rules, count) in [
      ("scrub in all max-mss 1000\npass", 1), ("scrub all reassemble tcp\npass", 2),
    ] {
      let filter = try PacketFilterTests.filter(rules)
      let buffer = PacketBuffer()
      buffer.assign(cutSYN)
      _ = filter.process(buffer, .in, on: try PacketFilterTests.index("en0", filter))
      #expect(filter.status.reasons[Int(Reason.short.rawValue)] == UInt64(count), "\(rules)")
    }
  }

  @Test("unreadable options of a connection with timestamps count as short in every segment")
  func shortOptionsOfState() throws {
    let filter = try PacketFilterTests.filter("scrub all reassemble tcp\npass flags any")
    let en0 = try PacketFilterTests.index("en0", filter)
    let buffer = PacketBuffer()
    buffer.assign(
      client.tcp(from: 1_000, to: 80, .syn, sequence: 100, options: Self.stamps(1_000, 0)))
    #expect(filter.process(buffer, .in, on: en0).state == .created)
    #expect(filter.status.reasons[Int(Reason.short.rawValue)] == 0)
    var packet = client.tcp(from: 1_000, to: 80, .ack, sequence: 101, options: [1, 1, 1, 1])
    packet[32] = 0xa0
    buffer.assign(packet)
    #expect(filter.process(buffer, .in, on: en0).state == .matched)
    #expect(filter.status.reasons[Int(Reason.short.rawValue)] == 1)
  }

  @Test("modulated numbers and moved timestamps leave together, with a right checksum")
  func modulatedTimestamps() throws {
    let filter = try PacketFilterTests.filter(
      "scrub all reassemble tcp\npass all flags any modulate state")
    let en0 = try PacketFilterTests.index("en0", filter)
    let buffer = PacketBuffer()
    buffer.assign(
      client.tcp(from: 1_000, to: 80, .syn, sequence: 100, options: Self.stamps(1_000, 0)))
    #expect(filter.process(buffer, .in, on: en0).state == .created)
    #expect(checksumIsRight(buffer))
    let start = buffer.base.reading.big32(24)
    let stamp = buffer.base.reading.big32(44)
    buffer.assign(
      server.tcp(
        from: 80, to: 1_000, [.syn, .ack], sequence: 500, acknowledgment: start &+ 1,
        options: Self.stamps(2_000, stamp)))
    #expect(filter.process(buffer, .out, on: en0).state == .matched)
    #expect(buffer.base.reading.big32(24) != 500)
    #expect(buffer.base.reading.big32(28) == 101)
    #expect(buffer.base.reading.big32(44) != 2_000)
    #expect(buffer.base.reading.big32(48) == 1_000)
    #expect(checksumIsRight(buffer))
  }

  /// The reasons that pflog shows for IPv4 fragments, and those counted.
  private func logged(
    _ rules: String, _ parts: [(offset: UInt16, count: Int, more: Bool)]
  ) throws -> (log: [Reason], counted: [UInt64]) {
    let filter = try PacketFilterTests.filter(rules)
    let en0 = try PacketFilterTests.index("en0", filter)
    var reasons: [Reason] = []
    filter.logSink = { reasons.append($0.reason) }
    let buffer = PacketBuffer()
    for part in parts {
      var builder = client
      builder.fragmentField = part.offset / 8 | (part.more ? 0x2000 : 0)
      buffer.assign(builder.packet(.udp, [UInt8](repeating: 7, count: part.count)))
      _ = filter.process(buffer, .in, on: en0)
    }
    let counted = [Reason.normalize, .fragment, .memory].map {
      filter.status.reasons[Int($0.rawValue)]
    }
    return (reasons, counted)
  }

  @Test("scrub logs what it drops itself, not what the fragment code freed before")
  func scrubLog() throws {
    let overlap: [(UInt16, Int, Bool)] = [(0, 32, true), (0, 32, true)]
    let crop = try logged("scrub in log all fragment crop\npass", overlap + [(64, 5, true)])
    #expect(crop.log == [.fragment])
    #expect(crop.counted == [1, 1, 0])
    let doomed = try logged(
      "scrub in log all fragment drop-ovl\npass", overlap + [(64, 32, true), (64, 32, true)])
    #expect(doomed.log == [.normalize])
    #expect(doomed.counted == [3, 0, 0])
    let memory = try logged(
      "set limit frags 1\nscrub in log all\npass",
      [(0, 32, true), (64, 32, true), (128, 32, true)])
    #expect(memory.log.isEmpty)
    #expect(memory.counted == [0, 0, 1])
  }
}
