/// Measures packets of established TCP connections and new ones.
public final class StateBenchmark {
  /// The number of connections.
  public let count: Int
  /// Whether an address and port are translated on the way out.
  public let translates: Bool

  private let filter: PacketFilter
  private let buffer = PacketBuffer()
  private let clock: Measurement.Clock
  /// The segments of ``order``, 64 bytes each.
  private let segments: UnsafeMutableRawPointer
  /// The connection of each segment.
  private let order: Int
  private let uplink = 1
  /// The hints of the segments to come, by the lower bits of their places.
  private let hints: UnsafeMutablePointer<StateHint>

  /// The segments measured at most, one behind the other.
  private static let traceLimit = 1 << 20
  private static let stride = 64
  /// How many segments ahead a look-up begins.
  private static let distance = 16
  /// The length of a segment without data.
  private static let length = 40

  /// Makes connections and takes them through their handshake.
  /// - Throws: ``EvaluationBenchmark/Disagreement`` where one is not established as it should.
  public init(
    count: Int, translates: Bool, clock: @escaping Measurement.Clock
  ) throws(EvaluationBenchmark.Disagreement) {
    self.count = count
    self.translates = translates
    self.clock = clock
    filter = try Self.filter(translates: translates, limit: count + 10)
    order = min(Self.traceLimit, max(1 << 16, count * 4))
    hints = .allocate(capacity: 2 * Self.distance)
    hints.initialize(repeating: StateHint(), count: 2 * Self.distance)
    segments = .allocate(byteCount: order * Self.stride, alignment: 64)
    try establish()
    var random = SplitMix64(seed: 3)
    for place in 0..<order {
      let packet = Self.segment(random.below(count), flags: 0x10, sequence: 2, acknowledgment: 2)
      packet.withUnsafeBytes { bytes in
        guard let first = bytes.baseAddress else { return }
        (segments + place * Self.stride).copyMemory(from: first, byteCount: bytes.count)
      }
    }
  }

  deinit {
    segments.deallocate()
    hints.deallocate()
  }

  private static func filter(
    translates: Bool, limit: Int
  ) throws(EvaluationBenchmark.Disagreement) -> PacketFilter {
    let text = """
      set limit states \(limit)
      \(translates ? "nat on en0 inet from 10.0.0.0/8 to any -> 192.0.2.1" : "")
      pass all flags S/SA keep state

      """
    let filter = PacketFilter(interfaces: [Interface(name: "lo0"), Interface(name: "en0")])
    let parsed = parseRuleset(Array(text.utf8))
    do throws(LoadError) {
      try filter.load(parsed.ruleset)
    } catch {
      throw .init(message: error.message)
    }
    filter.setEnabled(true)
    return filter
  }

  /// An outgoing segment of a connection.
  private static func segment(
    _ number: Int, flags: UInt8, sequence: UInt8, acknowledgment: UInt8
  ) -> [UInt8] {
    var packet = WorkloadPacket()
    packet.proto = .tcp
    packet.direction = .out
    packet.source = AddressBits(ipv4: 0x0a00_0000 + UInt32(number / 50_000))
    packet.sourcePort = UInt16(10_000 + number % 50_000)
    packet.destination = AddressBits(
      ipv4: 0x1000_0000 + UInt32(truncatingIfNeeded: SplitMix64.mix(UInt64(number)) & 0xff_ffff))
    packet.destinationPort = 443
    var bytes = packet.bytes
    (bytes[27], bytes[31], bytes[33]) = (sequence, acknowledgment, flags)
    return bytes
  }

  private func establish() throws(EvaluationBenchmark.Disagreement) {
    for number in 0..<count {
      buffer.assign(Self.segment(number, flags: 0x02, sequence: 1, acknowledgment: 0))
      let first = filter.process(buffer, .out, on: uplink)
      var answer = buffer.array
      answer.swapEnds()
      (answer[27], answer[31], answer[33]) = (1, 2, 0x12)
      buffer.assign(answer)
      let second = filter.process(buffer, .in, on: uplink)
      buffer.assign(Self.segment(number, flags: 0x10, sequence: 2, acknowledgment: 2))
      let third = filter.process(buffer, .out, on: uplink)
      guard first.state == .created || first.state == .matched, second.verdict == .pass,
        second.state == .matched, third.verdict == .pass, third.state == .matched
      else { throw .init(message: "connection \(number): \(first), \(second), \(third)") }
    }
  }

  /// The bytes of all states, keys and indices.
  public var bytesPerState: Double {
    Double(filter.states.bytes) / Double(max(filter.states.count, 1))
  }

  /// Begins the look-up of a segment to come, and fetches the state of a nearer one.
  @inline(__always)
  private func lookAhead(from place: Int) {
    let mask = 2 * Self.distance - 1
    var next = place &+ Self.distance
    if next >= order { next &-= order }
    let header = UnsafeRawPointer(segments + next * Self.stride)
    hints[next & mask] = filter.beginLookup(
      ExpectedEnds(
        .tcp, from: AddressBits(ipv4: header.big32(12)), header.big16(20),
        to: AddressBits(ipv4: header.big32(16)), header.big16(22), isIPv6: false), .out)
    next = place &+ Self.distance / 2
    if next >= order { next &-= order }
    filter.fetchState(hints[next & mask])
  }

  /// The search for the state of a segment, and the tracking of its window.
  /// - Parameter ahead: Whether the look-ups of segments to come are begun in between.
  public func measureHits(seconds: Double, ahead: Bool = false) -> Measurement {
    let filter = filter
    let buffer = buffer
    let record = filter.program.interfaces.ofHost.base[uplink]
    var passed = 0
    let measurement = Measurement.take(of: order, seconds: seconds, clock) { range in
      for place in range {
        if ahead { lookAhead(from: place) }
        let base = segments + place * Self.stride
        var run = HookRun(
          packet: PacketDescription(
            base: base, count: Self.length, interface: record, isIPv6: false, isOut: true),
          buffer: buffer)
        filter.readForMeasuring(&run)
        if filter.testTCPState(&run) == .pass { passed &+= 1 }
      }
    }
    checksum &+= passed
    return measurement
  }

  /// The whole hook.
  /// - Parameter ahead: Whether the look-ups of segments to come are begun in between.
  public func measureHook(seconds: Double, ahead: Bool = false) -> Measurement {
    var passed = 0
    let measurement = Measurement.take(of: order, seconds: seconds, clock) { range in
      for place in range {
        if ahead { lookAhead(from: place) }
        buffer.assign(
          UnsafeRawBufferPointer(
            start: segments + place * Self.stride, count: Self.length))
        if filter.process(buffer, .out, on: uplink).verdict == .pass { passed &+= 1 }
      }
    }
    checksum &+= passed
    return measurement
  }

  /// New connections in an empty filter, and the purge of all of them.
  /// - Returns: Nanoseconds for a new state, and for its expiry.
  public static func measureCreation(
    count: Int, translates: Bool, clock: @escaping Measurement.Clock
  ) throws(EvaluationBenchmark.Disagreement) -> (creation: Measurement, expiry: Measurement) {
    let filter = try filter(translates: translates, limit: count + 10)
    let buffer = PacketBuffer()
    let packets = (0..<count).map { segment($0, flags: 0x02, sequence: 1, acknowledgment: 0) }
    let creation = Measurement.take(of: count, seconds: 600, once: true, clock) { range in
      for number in range {
        buffer.assign(packets[number])
        _ = filter.process(buffer, .out, on: 1)
      }
    }
    guard filter.states.count > count * 9 / 10 else {
      throw .init(message: "\(filter.states.count) states from \(count) packets")
    }
    // Some 200 seconds later all have run out; the purge then takes a tenth of them a second.
    filter.advance(to: 100)
    var windows: [Double] = []
    var second = 100.0
    var removed = 0
    while filter.states.count > 0, second < 1_000 {
      let before = filter.states.count
      let start = clock()
      second += 1
      filter.advance(to: second)
      let elapsed = clock() &- start
      let gone = before - filter.states.count
      removed += gone
      if gone > 500 { windows.append(Double(elapsed) / Double(gone)) }
    }
    return (creation, Measurement(of: windows, packets: removed))
  }

  /// A sum over all outcomes, so that no work is optimised away.
  public private(set) var checksum = 0
}

extension PacketFilter {
  /// Reads what the search for a TCP state needs of a packet.
  @inline(__always)
  fileprivate func readForMeasuring(_ run: inout HookRun) {
    let header = run.packet.base.reading
    run.packet.source = AddressBits(ipv4: header.big32(12))
    run.packet.destination = AddressBits(ipv4: header.big32(16))
    run.packet.proto = .tcp
    run.packet.totalLength = Int(header.big16(2))
    run.packet.offset = IPv4Header.minimumLength
    run.packet.sourcePort = header.big16(20)
    run.packet.destinationPort = header.big16(22)
    run.packet.flags = header.byte(33)
    run.packet.payloadLength = run.packet.totalLength - 40
  }
}

extension [UInt8] {
  /// Swaps source and destination of a TCP segment over IPv4.
  fileprivate mutating func swapEnds() {
    let (source, destination) = (Array(self[12..<16]), Array(self[16..<20]))
    let (from, to) = (Array(self[20..<22]), Array(self[22..<24]))
    replaceSubrange(12..<20, with: destination + source)
    replaceSubrange(20..<24, with: to + from)
  }
}
