/// What became of the packets of a replay; each packet is in exactly one of the first groups.
public struct ReplayTotals: Sendable, Hashable {
  /// A number of packets and their bytes on the wire from the IP header on.
  public struct Amount: Sendable, Hashable {
    /// The packets.
    public var packets = 0
    /// Their bytes.
    public var bytes = 0

    /// Counts a packet.
    mutating func add(_ bytes: Int) {
      packets += 1
      self.bytes += bytes
    }
  }
  /// All packets: a super-frame counts once for every segment.
  public var all = Amount()
  /// pf looked at them and let them through.
  public var passed = Amount()
  /// pf blocked them.
  public var blocked = Amount()
  /// pf did not look at them: pf off, bridged, no IP, none of the host's.
  public var notSeen = Amount()
  /// pfsim cannot tell.
  public var undetermined = Amount()
  /// Softnet dropped them.
  public var droppedBySoftnet = Amount()
  /// The bridge's isolation dropped them.
  public var droppedByIsolation = Amount()
  /// They would not exist, because what they answer did not arrive.
  public var notHappening = Amount()
  /// Among the others: pf changed an address, a port or an ICMP identifier.
  public var translated = Amount()
  /// Among the others: they left, but cannot come back or be delivered.
  public var lost = Amount()
  /// TCP super-frames that were cut to the MTU.
  public var superFrames = 0

  /// Counts a packet.
  mutating func count(_ fate: PacketFate, isSeen: Bool, isTranslated: Bool, bytes: Int) {
    all.add(bytes)
    if isTranslated { translated.add(bytes) }
    switch fate {
    case .notHappening: notHappening.add(bytes)
    case .undetermined: undetermined.add(bytes)
    case .softnet: droppedBySoftnet.add(bytes)
    case .isolation: droppedByIsolation.add(bytes)
    case .blocked: blocked.add(bytes)
    case .ignored: notSeen.add(bytes)
    case .arrived, .held, .lost, .answeredByHost:
      if fate == .lost { lost.add(bytes) }
      if isSeen { passed.add(bytes) } else { notSeen.add(bytes) }
    }
  }
}
