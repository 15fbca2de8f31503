import Testing

@testable import PFSim

/// Feeds packets to a replay as frames of a capture.
struct ReplayFixture {
  static let vm = CaptureFixture.ip("192.168.64.5")
  static let sibling = CaptureFixture.ip("192.168.64.6")
  static let gateway = CaptureFixture.ip("192.168.64.1")
  static let uplink = CaptureFixture.ip("192.168.1.20")
  static let lan = CaptureFixture.ip("192.168.1.50")
  static let server = CaptureFixture.ip("1.1.1.1")

  private(set) var frames: [(bytes: [UInt8], time: Double)] = []
  private let linkType: LinkType
  private var paused = 0.0

  init(linkType: LinkType = .ethernet) { self.linkType = linkType }

  /// A frame between a VM and the bridge; `from` and `to` are the last bytes of the addresses.
  mutating func add(_ packet: [UInt8], from: Int = 5, to: Int = 1, type: UInt16? = nil) {
    let isIPv6 = packet.first.map { $0 >> 4 == 6 } ?? false
    let bytes =
      linkType == .ethernet
      ? CaptureFixture.ethernet(
        packet, from: Self.mac(from), to: Self.mac(to), type: type ?? (isIPv6 ? 0x86dd : 0x0800))
      : packet
    frames.append((bytes, 100 + Double(frames.count) / 100 + paused))
  }

  /// Lets time pass before the next frame.
  mutating func pause(seconds: Double) { paused += seconds }

  /// A whole TCP connection with a little data both ways, initiated by `source`.
  mutating func connect(
    _ source: IPAddress, _ port: UInt16, to destination: IPAddress, _ service: UInt16,
    macs: (Int, Int) = (5, 1)
  ) {
    let out = PacketBuilder(from: source, to: destination)
    let back = PacketBuilder(from: destination, to: source)
    add(out.tcp(from: port, to: service, .syn, sequence: 100), from: macs.0, to: macs.1)
    add(
      back.tcp(from: service, to: port, [.syn, .ack], sequence: 500, acknowledgment: 101),
      from: macs.1, to: macs.0)
    add(
      out.tcp(from: port, to: service, .ack, sequence: 101, acknowledgment: 501), from: macs.0,
      to: macs.1)
    add(
      out.tcp(
        from: port, to: service, [.ack, .psh], sequence: 101, acknowledgment: 501, [1, 2, 3]),
      from: macs.0, to: macs.1)
    add(
      back.tcp(
        from: service, to: port, [.ack, .psh], sequence: 501, acknowledgment: 104, [4, 5]),
      from: macs.1, to: macs.0)
  }

  static func mac(_ last: Int) -> String { "52:54:00:00:00:0\(last)" }

  /// Replays the frames with rules in the modes.
  func replay(
    _ modes: [NetworkMode] = [.nat], rules: String? = nil,
    loadOrder: Deployment.LoadOrder = .beforeVM, softnet: SoftnetOptions = SoftnetOptions(),
    _ change: (inout Replay.Options) -> Void = { _ in }
  ) throws -> ReplayResult {
    var deployment = Deployment()
    deployment.rules = rules.map { RulesFile(name: "pf.conf", text: $0) }
    deployment.loadOrder = loadOrder
    var options = Replay.Options(
      modes: modes.map { ModeSetup($0, deployment: deployment, softnet: softnet) })
    change(&options)
    let replay = try Replay(options)
    try feed(replay)
    return ReplayFindings.add(to: try replay.finish(), replay)
  }

  /// Feeds the frames to a replay, all or the last ones.
  func feed(_ replay: Replay, last: Int = .max) throws {
    for (index, frame) in frames.enumerated().suffix(last) {
      try frame.bytes.withUnsafeBytes { bytes in
        try replay.feed(
          CapturedFrame(
            number: index + 1, time: CaptureTime(nanoseconds: Int64(frame.time * 1e9)),
            originalLength: bytes.count, bytes: bytes), type: linkType)
      }
    }
  }
}
