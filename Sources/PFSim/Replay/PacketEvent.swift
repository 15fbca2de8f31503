/// What became of one packet, for reports of every packet.
public struct PacketEvent: Sendable {
  /// The frame's number in its capture.
  public var number: Int
  /// When it was recorded.
  public var time: CaptureTime
  /// Its ends and protocol as recorded; nil where they cannot be read.
  public var ends: PacketEnds?
  /// What became of it, in a word.
  public var verdict: String
  /// What the hops do not say; empty for nothing.
  public var remark: String
  /// Its path; empty where it has none.
  public var hops: [Hop]

  init(
    _ recorded: RecordedPacket, _ ends: PacketEnds?, fate: PacketFate, remark: Remark, hops: [Hop]
  ) {
    number = recorded.number
    time = recorded.time
    self.ends = ends
    verdict = fate.word
    self.remark = remark.text
    self.hops = hops
    if fate == .notHappening {
      self.remark = "what it answers or follows did not arrive"
    }
  }
}

extension PacketFate {
  /// The fate in a word or two.
  var word: String {
    switch self {
    case .arrived: "arrives"
    case .held: "held"
    case .blocked: "blocked"
    case .lost: "lost"
    case .answeredByHost: "answered by the host"
    case .softnet: "dropped by Softnet"
    case .isolation: "dropped by isolation"
    case .undetermined: "undetermined"
    case .notHappening: "would not happen"
    case .ignored: "not seen"
    }
  }
}
