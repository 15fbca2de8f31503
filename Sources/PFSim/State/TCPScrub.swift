/// One in-window segment of a connection under `scrub reassemble tcp`.
struct TCPScrub {
  /// The segment; its timestamps are rewritten in place.
  var header: TCPHeader
  /// The bytes readable from the header's start on.
  var extent: Int
  /// The length of the segment's data; negative where the header ends behind the packet.
  var payloadLength: Int
  /// Whether both sides are at least established.
  var bothEstablished: Bool
  /// The connection's age in seconds.
  var age: UInt32
  /// How many seconds a timestamp may run ahead (`set timeout tcp.tsdiff`).
  var tolerance: UInt32
  /// The time in microseconds.
  var now: UInt64
  /// Whether the check moved timestamps, so that the kernel writes the header back.
  private(set) var movesTimestamps = false

  /// Whether the segment has data.
  private var hasData: Bool {
    // KERNEL: the length is unsigned, so a segment that lacks bytes of its header has data.
    payloadLength != 0
  }

  /// The timestamps of a segment as the checks see them.
  private struct Timestamps {
    var value: UInt32
    var echo: UInt32
  }

  /// Rewrites timestamps and judges them; false when the segment is to be dropped with reason
  /// `bad-timestamp`.
  ///
  /// The caller raises the packet's TTL to ``TCPScrubPeer/ttl`` before.
  mutating func check(from source: inout TCPScrubPeer, to destination: inout TCPScrubPeer) -> Bool {
    // KERNEL: pf_normalize_tcp_stateful()
    var timestamps: Timestamps?
    guard modulate(source, destination, &timestamps) else { return false }
    source.retire(isIdle: now, isOld: age > TCPScrubPeer.longestConnection)
    destination.retire(isIdle: now, isOld: false)
    let bothJudged =
      source.isActive && destination.isActive && source.flags.contains(.paws)
      && destination.flags.contains(.paws)
    if let timestamps, bothJudged {
      if bothEstablished, !isPlausible(timestamps, source, destination) { return false }
    } else if timestamps == nil, bothJudged, !header.flags.contains(.rst), hasData,
      source.flags.contains(.dataWithTimestamp)
    {
      return false
    }
    if hasData, source.isActive,
      source.flags.intersection([.timestamp, .dataWithTimestamp, .dataWithout]) == .timestamp
    {
      source.flags.insert(timestamps == nil ? .dataWithout : .dataWithTimestamp)
    }
    if let timestamps { note(timestamps, &source) }
    return true
  }

  /// Rewrites the timestamp option; false when there are two.
  private mutating func modulate(
    _ source: TCPScrubPeer, _ destination: TCPScrubPeer, _ found: inout Timestamps?
  ) -> Bool {
    let (movesValue, movesEcho) = (source.hasTimestamps, destination.hasTimestamps)
    guard header.headerLength > TCPHeader.minimumLength, movesValue || movesEcho,
      header.headerLength <= extent
    else { return true }
    let bytes = header.base.reading
    var options = TCPOptions(header, least: TCPScrubPeer.timestampLength)
    while let option = options.next() {
      guard option.kind == .timestamp else { continue }
      if found != nil { return false }
      guard option.length >= TCPScrubPeer.timestampLength else { continue }
      // KERNEL: a number that is not moved stays in network order for the checks as well.
      var timestamps = Timestamps(
        value: bytes.big32(option.offset + 2).byteSwapped,
        echo: bytes.big32(option.offset + 6).byteSwapped)
      if timestamps.value != 0, movesValue {
        timestamps.value = timestamps.value.byteSwapped
        change(at: option.offset + 2, to: timestamps.value &+ source.modulation)
      }
      if timestamps.echo != 0, movesEcho {
        timestamps.echo = timestamps.echo.byteSwapped &- destination.modulation
        change(at: option.offset + 6, to: timestamps.echo)
      }
      found = timestamps
    }
    return true
  }

  private mutating func change(at offset: Int, to new: UInt32) {
    movesTimestamps = true
    let old = header.base.reading.big32(offset)
    header.base.put32(offset, new)
    header.checksum = Checksum.fixNumber(header.checksum, old, new)
  }

  private func isPlausible(
    _ timestamps: Timestamps, _ source: TCPScrubPeer, _ destination: TCPScrubPeer
  ) -> Bool {
    let passed = now &- source.last
    // At most 1,100 ticks a second, computed as the kernel does with 909 microseconds a tick.
    let seconds = UInt32(truncatingIfNeeded: passed / 1_000_000) &+ tolerance
    let ticks = seconds &* 1_100 &+ UInt32(truncatingIfNeeded: passed % 1_000_000 / 909)
    if Self.isBefore(timestamps.value, destination.echo) { return false }
    if Self.isBefore(source.value &+ ticks, timestamps.value) { return false }
    guard timestamps.echo != 0 else { return true }
    return !Self.isBefore(destination.value, timestamps.echo)
      && !Self.isBefore(timestamps.echo, destination.firstValue)
  }

  private func note(_ timestamps: Timestamps, _ source: inout TCPScrubPeer) {
    guard source.isActive, source.flags.intersection([.timestamp, .pawsIdled]) == .timestamp else {
      return
    }
    let isJudged = source.flags.contains(.paws)
    source.last = now
    if !isJudged || !Self.isBefore(timestamps.value, source.value) {
      source.value = timestamps.value
    }
    guard timestamps.echo != 0 else { return }
    if !isJudged || !Self.isBefore(timestamps.echo, source.echo) { source.echo = timestamps.echo }
    guard !isJudged else { return }
    if source.firstValue == 0 || Self.isBefore(timestamps.value, source.firstValue) {
      source.firstValue = timestamps.value
    }
    source.flags.insert(.paws)
  }

  /// Whether one number comes before another, modulo 2³².
  private static func isBefore(_ one: UInt32, _ other: UInt32) -> Bool {
    Int32(bitPattern: one &- other) < 0
  }
}

extension TCPScrubPeer {
  /// Gives up judging a side's timestamps when it was silent, or its connection lives, too long.
  fileprivate mutating func retire(isIdle now: UInt64, isOld: Bool) {
    guard isActive, flags.contains(.paws),
      isOld || now / 1_000_000 > last / 1_000_000 + Self.longestIdle
    else { return }
    flags.remove(.paws)
    flags.insert(.pawsIdled)
  }
}
