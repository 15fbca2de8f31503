/// What the tracking of a connection reads of a segment; numbers in host order.
struct TCPSegment {
  var flags: TCPFlags
  var sequence: UInt32
  var acknowledgment: UInt32
  var window: UInt16
  /// The bytes of payload.
  var length: Int
  /// The window scale of a SYN, with bit 7 set; 0 where it has none.
  var windowScale: UInt8 = 0
  /// Whether resets need an exact sequence number (a reassembling scrub rule matched).
  var isReassembled = false

  /// The sequence space that the segment fills.
  @inline(always) var span: UInt32 {
    UInt32(truncatingIfNeeded: length) &+ (flags.contains(.syn) ? 1 : 0)
      &+ (flags.contains(.fin) ? 1 : 0)
  }
}

/// The tracking of TCP windows and states (kernel: `pf_test_state_tcp()`), as pure functions.
enum TCPTracking {
  /// Whether a segment fits the connection.
  enum Fit: UInt8 {
    case inWindow
    case loose
    case outside
  }

  /// A segment as the tracking sees it.
  struct Examination {
    var fit = Fit.outside
    var sequence: UInt32 = 0
    var end: UInt32 = 0
    var acknowledgment: UInt32 = 0
    var window: UInt32 = 0
    var sourceScale: UInt32 = 0
    /// Whether modulation changes the segment's numbers, into these.
    var isModulated = false
    var newSequence: UInt32 = 0
    var newAcknowledgment: UInt32 = 0
  }

  private static let slack: UInt32 = 0xffff + 1500

  /// The kernel's `SEQ_GEQ`.
  @inline(always)
  static func notBefore(_ a: UInt32, _ b: UInt32) -> Bool {
    Int32(bitPattern: a &- b) >= 0
  }

  /// Judges a segment; the first one of a side sets that side up.
  /// - Parameter random: Draws the offset of a side whose sequence numbers are to be modulated.
  @inline(always)
  static func examine(
    _ segment: TCPSegment, _ source: inout StatePeer, _ destination: inout StatePeer,
    random: inout RandomSource
  ) -> Examination {
    var result = Examination()
    result.window = UInt32(segment.window)
    var (sourceScale, destinationScale) = scales(segment, source, destination)
    result.sequence = segment.sequence
    result.acknowledgment = segment.acknowledgment
    if source.sequenceLow == 0 {
      begin(
        segment, &source, &destination, &result, &sourceScale, &destinationScale, random: &random)
    } else {
      result.acknowledgment = segment.acknowledgment &- destination.sequenceOffset
      if source.sequenceOffset != 0 {
        result.isModulated = true
        result.newSequence = segment.sequence &+ source.sequenceOffset
        result.newAcknowledgment = result.acknowledgment
      }
      result.end = segment.sequence &+ segment.span
    }
    let resetsWithoutAck =
      result.acknowledgment == 0 && segment.flags.isSuperset(of: [.ack, .rst])
    if !segment.flags.contains(.ack) || resetsWithoutAck || destination.state < TCPState.synSent {
      result.acknowledgment = destination.sequenceLow
    }
    if result.sequence == result.end {
      result.sequence = source.sequenceLow
      result.end = result.sequence
    }
    result.sourceScale = sourceScale
    result.fit = fit(segment, source, destination, result, destinationScale)
    return result
  }

  @inline(always)
  private static func scales(
    _ segment: TCPSegment, _ source: StatePeer, _ destination: StatePeer
  ) -> (UInt32, UInt32) {
    if segment.flags.contains(.syn) { return (0, 0) }
    // KERNEL: pf_test_state_tcp() shifts by TCP_MAX_WINSHIFT where no scale was negotiated.
    return (
      source.hasWindowScale ? source.scale : 14,
      destination.hasWindowScale ? destination.scale : 14
    )
  }

  /// Sets up the side that sent its first segment.
  @inline(never)
  private static func begin(
    _ segment: TCPSegment, _ source: inout StatePeer, _ destination: inout StatePeer,
    _ result: inout Examination, _ sourceScale: inout UInt32, _ destinationScale: inout UInt32,
    random: inout RandomSource
  ) {
    if destination.sequenceOffset != 0, source.sequenceOffset == 0 {
      repeat {
        source.sequenceOffset = (random.next() & 0x7fff_ffff) &- segment.sequence
      } while source.sequenceOffset == 0
      result.acknowledgment = segment.acknowledgment &- destination.sequenceOffset
      result.isModulated = true
      result.newSequence = segment.sequence &+ source.sequenceOffset
      result.newAcknowledgment = result.acknowledgment
    }
    result.end = segment.sequence &+ segment.span
    if segment.flags.contains(.syn), destination.hasWindowScale {
      source.windowScale = segment.windowScale
      if source.hasWindowScale {
        sourceScale = source.scale
        result.window = (result.window &+ (1 << sourceScale) &- 1) >> sourceScale
        destinationScale = destination.scale
      } else {
        let restored = UInt32(destination.maxWindow) << destination.scale
        destination.maxWindow = UInt16(min(restored, 0xffff))
        destination.windowScale = 0
      }
    }
    source.sequenceLow = segment.sequence
    source.state = max(source.state, TCPState.synSent)
    let reach = result.end &+ max(1, UInt32(destination.maxWindow) << destinationScale)
    if source.sequenceHigh == 1 || notBefore(reach, source.sequenceHigh) {
      source.sequenceHigh = reach
    }
    source.maxWindow = max(source.maxWindow, UInt16(truncatingIfNeeded: result.window))
  }

  @inline(always)
  private static func fit(
    _ segment: TCPSegment, _ source: StatePeer, _ destination: StatePeer, _ seen: Examination,
    _ destinationScale: UInt32
  ) -> Fit {
    let skew = Int32(bitPattern: destination.sequenceLow &- seen.acknowledgment)
    let low = source.sequenceLow
    let original = segment.sequence
    if notBefore(source.sequenceHigh, seen.end),
      notBefore(seen.sequence, low &- (UInt32(destination.maxWindow) << destinationScale)),
      skew >= -Int32(slack), skew <= Int32(bitPattern: slack << seen.sourceScale),
      !segment.flags.contains(.rst) || original == low || original == low &+ 1
        || original &+ 1 == low || !segment.isReassembled
    {
      return .inWindow
    }
    let isOpen =
      destination.state < TCPState.synSent || destination.state >= TCPState.finWait2
      || source.state >= TCPState.finWait2
    if isOpen, notBefore(source.sequenceHigh &+ slack, seen.end),
      notBefore(seen.sequence, low &- slack)
    {
      return .loose
    }
    return .outside
  }

  /// Moves the windows by a segment that fits.
  @inline(always)
  static func slide(
    _ seen: Examination, _ source: inout StatePeer, _ destination: inout StatePeer
  ) {
    source.maxWindow = max(source.maxWindow, UInt16(truncatingIfNeeded: seen.window))
    if Int32(bitPattern: seen.end &- source.sequenceLow) > 0 { source.sequenceLow = seen.end }
    let scaled = seen.window << seen.sourceScale
    if notBefore(seen.acknowledgment &+ scaled, destination.sequenceHigh) {
      destination.sequenceHigh = seen.acknowledgment &+ max(scaled, 1)
    }
  }

  /// Moves the states by a segment in the window.
  /// - Returns: Whether the connection just became established on both sides.
  @inline(always)
  static func advance(
    _ flags: TCPFlags, _ source: inout StatePeer, _ destination: inout StatePeer
  ) -> Bool {
    if flags.contains(.syn) { source.state = max(source.state, TCPState.synSent) }
    if flags.contains(.fin) { source.state = max(source.state, TCPState.closing) }
    if flags.contains(.ack) {
      if destination.state == TCPState.synSent {
        destination.state = TCPState.established
        if source.state == TCPState.established { return true }
      } else if destination.state == TCPState.closing {
        destination.state = TCPState.finWait2
      }
    }
    return false
  }

  /// Moves the states by a segment that fits loosely.
  @inline(never)
  static func advanceLoosely(
    _ flags: TCPFlags, _ source: inout StatePeer, _ destination: inout StatePeer
  ) {
    if flags.contains(.fin) { source.state = max(source.state, TCPState.closing) }
    reset(flags, &source, &destination)
  }

  /// Ends the connection by a reset.
  @inline(always)
  static func reset(
    _ flags: TCPFlags, _ source: inout StatePeer, _ destination: inout StatePeer
  ) {
    guard flags.contains(.rst) else { return }
    source.state = TCPState.timeWait
    destination.state = TCPState.timeWait
  }

  /// The timeout that the states of both sides call for.
  @inline(always)
  static func timeout(_ source: StatePeer, _ destination: StatePeer) -> Timeout {
    let lower = min(source.state, destination.state)
    let upper = max(source.state, destination.state)
    if lower >= TCPState.finWait2 { return .tcpClosed }
    if lower >= TCPState.closing { return .tcpFinWait }
    if lower < TCPState.established { return .tcpOpening }
    return upper >= TCPState.closing ? .tcpClosing : .tcpEstablished
  }
}
