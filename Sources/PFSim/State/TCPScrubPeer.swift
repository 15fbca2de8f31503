/// What `scrub reassemble tcp` remembers of one side of a connection.
///
/// A plain value for the state table; times are in microseconds of the filter's clock.
struct TCPScrubPeer: Hashable, Sendable {
  /// What is known of a side's use of timestamps (kernel: `PFSS_…`).
  struct Flags: OptionSet, Hashable, Sendable {
    var rawValue: UInt8
    /// It offered timestamps, which are modulated.
    static let timestamp = Flags(rawValue: 1)
    /// Its timestamps can be judged.
    static let paws = Flags(rawValue: 2)
    /// It was idle for too long, so its timestamps are not judged any more.
    static let pawsIdled = Flags(rawValue: 4)
    /// Its first data came with a timestamp.
    static let dataWithTimestamp = Flags(rawValue: 8)
    /// Its first data came without one.
    static let dataWithout = Flags(rawValue: 16)
  }

  /// Whether anything is remembered; a side is scrubbed from its first packet on.
  var isActive = false
  /// The highest TTL or hop limit seen.
  var ttl: UInt8 = 0
  /// What is known of its timestamps.
  var flags: Flags = []
  /// What is added to its timestamps.
  var modulation: UInt32 = 0
  /// Its largest timestamp.
  var value: UInt32 = 0
  /// The largest timestamp that it echoed.
  var echo: UInt32 = 0
  /// Its first timestamp.
  var firstValue: UInt32 = 0
  /// When its last timestamp was noted.
  var last: UInt64 = 0

  /// Whether the side offered timestamps.
  var hasTimestamps: Bool { isActive && flags.contains(.timestamp) }

  /// A side of which nothing is remembered.
  init() {}

  /// Starts with a side's first packet.
  /// - Parameters:
  ///   - ttl: The packet's TTL or hop limit.
  ///   - extent: The bytes readable from the TCP header's start on.
  ///   - now: The time in microseconds.
  ///   - random: A number to move timestamps by, drawn when the packet offers timestamps.
  init(
    ttl: UInt8, _ header: TCPHeader, extent: Int, now: UInt64, random: () -> UInt32
  ) {
    // KERNEL: pf_normalize_tcp_init(): the last timestamp option counts.
    isActive = true
    self.ttl = ttl
    guard header.flags.contains(.syn), header.headerLength > TCPHeader.minimumLength,
      header.headerLength <= extent
    else { return }
    let bytes = header.base.reading
    var options = TCPOptions(header, least: Self.timestampLength)
    while let option = options.next() {
      guard option.kind == .timestamp, option.length >= Self.timestampLength else { continue }
      flags.insert(.timestamp)
      modulation = random()
      firstValue = bytes.big32(option.offset + 2)
      value = firstValue
      echo = bytes.big32(option.offset + 6)
      last = now
    }
  }

  /// The length of a timestamp option.
  static let timestampLength = 10
  /// After how many seconds without a packet a side's timestamps are not judged any more.
  static let longestIdle: UInt64 = 24 * 24 * 60 * 60
  /// From what age in seconds on a connection's sender is not judged any more.
  static let longestConnection: UInt32 = 12 * 24 * 60 * 60
}
