import Testing

@testable import PFSim

/// Modes that work on threads of their own give what they give one behind the other.
struct ReplayThreadsTests {
  private static let modes: [NetworkMode] = [.nat, .softnet, .bridged]
  private static let rules = """
    set limit states 3000
    nat on en0 from 192.168.64.0/24 to any -> (en0)
    block drop out quick on en0 proto udp to port 99
    block return in on bridge100 proto tcp to port 23
    pass all keep state

    """

  /// Frames of VMs that come up one after the other: connections that overlap, UDP with ICMP
  /// errors, fragments, ARP and packets of many sizes.
  private static func recording() -> ReplayFixture {
    var fixture = ReplayFixture()
    var random = SplitMix64(seed: 5)
    for round in 0..<500 {
      let number = 5 + min(round / 100, 4)
      let vm = CaptureFixture.ip("192.168.64.\(number)")
      let port = UInt16(20_000 + round)
      let service: UInt16 = [443, 23, 22, 8080][random.below(4)]
      let server = CaptureFixture.ip("1.1.\(random.below(4)).\(random.below(200))")
      fixture.connect(vm, port, to: server, service, macs: (number, 1))
      let out = PacketBuilder(from: vm, to: server)
      let back = PacketBuilder(from: server, to: vm)
      let query = out.udp(
        from: port, to: random.below(3) == 0 ? 99 : 53,
        [UInt8](repeating: 7, count: random.below(1_400)))
      fixture.add(query, from: number)
      switch random.below(5) {
      case 0: fixture.add(back.icmp(type: 3, code: 3, Array(query.prefix(28))), from: 1, to: number)
      case 1: fixture.add(back.udp(from: 53, to: port, [1, 2]), from: 1, to: number)
      case 2: addFragments(out, from: number, UInt16(round), to: &fixture)
      case 3: fixture.add([UInt8](repeating: 0, count: 28), from: number, type: 0x0806)
      default:
        // An earlier connection goes on.
        let earlier = UInt16(20_000 + random.below(round + 1))
        fixture.add(
          out.tcp(
            from: earlier, to: service, [.ack, .psh], sequence: 104, acknowledgment: 503, [9]),
          from: number)
      }
    }
    return fixture
  }

  private static func addFragments(
    _ builder: PacketBuilder, from number: Int, _ identification: UInt16,
    to fixture: inout ReplayFixture
  ) {
    var first = builder
    first.identification = identification
    first.fragmentField = 0x2000
    var second = first
    second.fragmentField = 100
    let datagram = Array(builder.udp(from: 4_000, to: 53, [UInt8](repeating: 1, count: 900))[20...])
    fixture.add(first.packet(.udp, Array(datagram[..<800])), from: number)
    fixture.add(second.packet(.udp, Array(datagram[800...])), from: number)
  }

  @Test func `Threads change nothing in what modes say`() throws {
    let fixture = Self.recording()
    func run(_ usesThreads: Bool, flowLimit: Int) throws -> String {
      let result = try fixture.replay(Self.modes, rules: Self.rules) {
        $0.usesThreads = usesThreads
        $0.flowLimit = flowLimit
        // Most VMs show themselves when the hosts stand already.
        $0.sampleSize = 200
      }
      #expect(result.packets > 3_000)
      #expect(result.modes.allSatisfy { $0.totals.all.packets > 3_000 })
      return result.json.text(indented: true)
    }
    for flowLimit in [100, 32_768] {
      let alone = try run(false, flowLimit: flowLimit)
      for _ in 0..<2 {
        let beside = try run(true, flowLimit: flowLimit)
        #expect(beside == alone)
      }
    }
  }

  @Test func `Several rulesets are replayed side by side over one reading`() throws {
    let fixture = Self.recording()
    let rulesets = ["pass all\n", Self.rules, "block all\n", Self.rules]
    func run(_ usesThreads: Bool) throws -> [ReplayTotals] {
      try fixture.replay(Self.modes) { options in
        options.usesThreads = usesThreads
        options.modes = rulesets.map { text in
          var deployment = Deployment()
          deployment.rules = RulesFile(name: "pf.conf", text: text)
          return ModeSetup(.nat, deployment: deployment)
        }
      }.modes.map(\.totals)
    }
    let totals = try run(true)
    #expect(totals == (try run(false)))
    #expect(totals[0].blocked.packets == 0)
    #expect(totals[1].blocked.packets > 0)
    #expect(totals[2].passed.packets < totals[1].passed.packets)
    #expect(totals[1] == totals[3])
  }

  @Test func `Reports of packets come in order and at once`() throws {
    let fixture = Self.recording()
    var options = Replay.Options(
      modes: Self.modes.map { ModeSetup($0, deployment: Deployment()) })
    options.recordsEvents = true
    options.sampleSize = 1
    let replay = try Replay(options)
    var reported: [(mode: NetworkMode, packet: Int)] = []
    replay.onPacket = { mode, event in reported.append((mode.setup.mode, event.number)) }
    for (index, frame) in fixture.frames.prefix(600).enumerated() {
      let known = reported.count
      try frame.bytes.withUnsafeBytes { bytes in
        try replay.feed(
          CapturedFrame(
            number: index + 1, time: CaptureTime(nanoseconds: Int64(index) * 1_000_000),
            originalLength: bytes.count, bytes: bytes), type: .ethernet)
      }
      let isIP = frame.bytes[12...13] == [8, 0]
      #expect(reported[known...].map(\.mode) == (isIP ? Self.modes : []))
      #expect(reported[known...].allSatisfy { $0.packet == index + 1 })
    }
    #expect(reported.count > 1_500)
  }

  @Test func `A replay that nobody finishes ends cleanly`() throws {
    let fixture = Self.recording()
    var options = Replay.Options(
      modes: Self.modes.map { ModeSetup($0, deployment: Deployment()) })
    options.sampleSize = 200
    let replay = try Replay(options)
    for (index, frame) in fixture.frames.enumerated() {
      try frame.bytes.withUnsafeBytes { bytes in
        try replay.feed(
          CapturedFrame(
            number: index + 1, time: CaptureTime(nanoseconds: Int64(index) * 1_000_000),
            originalLength: bytes.count, bytes: bytes), type: .ethernet)
      }
    }
    #expect(replay.modes.count == 3)
  }

  @Test func `A batch keeps the bytes of each packet and is full before they do not fit`() {
    var batch = PacketBatch(limit: 64)
    defer { batch.deallocate() }
    let buffer = PacketBuffer()
    var lengths: [Int] = []
    while !batch.isFull {
      let length = lengths.count % 3 == 2 ? 60_000 : 41
      buffer.assign([UInt8](repeating: UInt8(lengths.count), count: length))
      batch.append(buffer)
      lengths.append(length)
    }
    #expect(lengths.count > 1 && lengths.count < 64)
    for (number, length) in lengths.enumerated() {
      let bytes = batch.packets[number].bytes
      #expect(bytes.count == length && bytes.allSatisfy { $0 == UInt8(number) })
    }
    batch.removeAll()
    for _ in 0..<64 {
      #expect(!batch.isFull)
      batch.append(PacketBuffer(capacity: 64))
    }
    #expect(batch.isFull)
  }
}
