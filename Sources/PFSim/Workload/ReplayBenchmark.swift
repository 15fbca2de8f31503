/// Measures the replay of a generated capture in NAT mode against libpcap's reading of the same file.
public final class ReplayBenchmark {
  /// What one run took.
  public struct Outcome: Sendable, Hashable {
    /// The packets of the capture.
    public var packets: Int
    /// Nanoseconds a packet that reading alone took, the best of three.
    public var reading: Double
    /// Nanoseconds a packet that the whole replay took, the best of the runs.
    public var replay: Double
    /// The packets that passed.
    public var passed: Int
  }
  private let path: String
  private let clock: Measurement.Clock

  /// Prepares to measure a capture written by ``write(packets:flows:to:)``.
  public init(path: String, clock: @escaping Measurement.Clock) {
    self.path = path
    self.clock = clock
  }

  /// Writes small packets of many TCP connections from a VM to the Internet: handshakes first,
  /// then segments without data in both directions.
  /// - Throws: ``CaptureError`` where the file cannot be written.
  public static func write(packets: Int, flows: Int, to path: String) throws(CaptureError) {
    let writer = try CaptureWriter(path: path, linkType: .ethernet)
    var random = SplitMix64(seed: 11)
    let ether: [UInt8] = [0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2, 8, 0]
    for number in 0..<packets {
      let step = number / flows
      let flow = step < 3 ? number % flows : random.below(flows)
      let isAnswer = step == 1 || (step > 2 && random.below(2) == 0)
      var packet = WorkloadPacket()
      packet.proto = .tcp
      packet.source = AddressBits(ipv4: 0xc0a8_4002)
      packet.sourcePort = UInt16(10_000 + flow % 50_000)
      packet.destination = AddressBits(
        ipv4: 0x0808_0000 + UInt32(flow / 50_000 + flow % 211 * 64))
      packet.destinationPort = 443
      if isAnswer {
        swap(&packet.source, &packet.destination)
        swap(&packet.sourcePort, &packet.destinationPort)
      }
      var frame = ether
      if isAnswer { frame = Array(ether[6..<12] + ether[0..<6] + ether[12...]) }
      var bytes = packet.bytes
      bytes[27] = isAnswer || step == 0 ? 1 : 2
      if isAnswer, step > 1 { bytes[27] = 2 }
      bytes[31] = step == 0 ? 0 : 2
      bytes[33] = step == 0 ? 0x02 : step == 1 ? 0x12 : 0x10
      frame += bytes
      frame.withUnsafeBytes {
        // A packet every microsecond: no state runs out on the way.
        writer.write($0, at: CaptureTime(nanoseconds: Int64(number) * 1_000))
      }
    }
    try writer.finish()
  }

  /// Reads the capture without looking at it.
  private func read() throws -> (packets: Int, nanoseconds: UInt64) {
    let start = clock()
    let reader = try CaptureReader(path: path)
    while try reader.next() != nil {}
    return (reader.count, clock() &- start)
  }

  /// Reads and replays, alternating.
  /// - Throws: What reading and loading throw.
  public func measure(runs: Int) throws -> Outcome {
    var outcome = Outcome(packets: 0, reading: .infinity, replay: .infinity, passed: 0)
    for _ in 0..<max(runs, 1) {
      let alone = try read()
      outcome.packets = alone.packets
      let share = 1 / Double(max(alone.packets, 1))
      outcome.reading = min(outcome.reading, Double(alone.nanoseconds) * share)
      let start = clock()
      outcome.passed = try replayOnce()
      outcome.replay = min(outcome.replay, Double(clock() &- start) * share)
    }
    return outcome
  }

  private func replayOnce() throws -> Int {
    var deployment = Deployment()
    deployment.rules = RulesFile(
      name: "bench", text: "set limit states 1000000\npass all keep state\n")
    // With pfd's own limit of 10,000 states most packets would be blocked.
    deployment.host.settings.pfdResetsTimeouts = false
    var options = Replay.Options(modes: [ModeSetup(.nat, deployment: deployment)])
    options.flowLimit = 1 << 18
    let replay = try Replay(options)
    let recording = try Recording(paths: [path])
    while let (frame, capture) = try recording.next() {
      try replay.feed(frame, type: recording.linkType(of: capture))
    }
    let result = try replay.finish()
    return result.modes.first?.totals.passed.packets ?? 0
  }
}
