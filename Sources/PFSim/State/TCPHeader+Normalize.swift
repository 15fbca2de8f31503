extension TCPHeader {
  /// What TCP normalisation decided about a segment.
  enum Normalization: Hashable, Sendable {
    /// It goes on, perhaps rewritten.
    case pass
    /// It is dropped; nil where the kernel names no reason.
    case drop(Reason?)
  }

  /// Applies a matching scrub rule to a segment, rewriting header and options in place.
  /// - Parameters:
  ///   - maxMSS: The rule's `max-mss`, 0 for none.
  ///   - extent: The bytes readable from the header's start on.
  ///   - checksumIsPartial: Whether hardware is to compute the checksum, so that option changes
  ///     need no update.
  func normalize(maxMSS: UInt16, extent: Int, checksumIsPartial: Bool) -> Normalization {
    // KERNEL: pf_normalize_tcp()
    var flags = self.flags
    if flags.contains(.syn) {
      if flags.contains(.rst) { return .drop(.normalize) }
      flags.remove(.fin)
    } else if flags.isDisjoint(with: [.ack, .rst]) {
      return .drop(.normalize)
    }
    if !flags.contains(.ack), !flags.isDisjoint(with: [.fin, .psh, .urg]) {
      return .drop(.normalize)
    }
    guard headerLength >= Self.minimumLength else { return .drop(.normalize) }
    // KERNEL: pf_normalize_tcpopt() drops without a reason when it cannot read the options.
    guard maxMSS == 0 || headerLength <= extent else { return .drop(nil) }
    if flags != self.flags || reserved != 0 {
      let old = controlWord
      controlWord = old & 0xf000 | UInt16(flags.rawValue)
      checksum = Checksum.fix(checksum, old, controlWord, isUDP: false)
    }
    if !flags.contains(.urg), urgentPointer != 0 {
      checksum = Checksum.fix(checksum, urgentPointer, 0, isUDP: false)
      urgentPointer = 0
    }
    if maxMSS > 0 { limit(mss: maxMSS, checksumIsPartial: checksumIsPartial) }
    return .pass
  }

  /// Lowers every maximum segment option above a bound.
  private func limit(mss bound: UInt16, checksumIsPartial: Bool) {
    // KERNEL: pf_normalize_tcpopt() stops at the end-of-list option and at a bad length, and does
    // not ask whether the option has room for its value.
    let end = headerLength
    var offset = Self.minimumLength
    while offset < end {
      let kind = TCPOption.Kind(rawValue: base.reading.byte(offset))
      if kind == .end { return }
      if kind == .noOperation {
        offset += 1
        continue
      }
      guard offset + 2 <= end else { return }
      let length = Int(base.reading.byte(offset + 1))
      guard length >= 2, offset + length <= end else { return }
      if kind == .maximumSegment, offset + 3 <= end {
        // KERNEL: the options are copied to a place of their own, with zeros behind them.
        let isCut = offset + 4 > end
        let old =
          isCut ? UInt16(base.reading.byte(offset + 2)) << 8 : base.reading.big16(offset + 2)
        if old > bound {
          if !checksumIsPartial { checksum = Checksum.fix(checksum, old, bound, isUDP: false) }
          base.put8(offset + 2, UInt8(bound >> 8))
          if !isCut { base.put8(offset + 3, UInt8(truncatingIfNeeded: bound)) }
        }
      }
      offset += length
    }
  }
}
