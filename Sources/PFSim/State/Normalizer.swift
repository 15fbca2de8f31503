/// What the filter's IP normalisation decided about a packet.
enum NormalizationOutcome: Hashable, Sendable {
  /// The packet goes on; `reassembles` tells that a reassembling rule saw it, which makes the
  /// state code strict about resets (kernel: `PFDESC_IP_REAS`).
  case pass(reassembles: Bool)
  /// The fragment stays with the filter; `grew` tells whether more fragments are held than before.
  case held(grew: Bool)
  /// The packet is dropped; nil where the kernel names no reason. A rule that logs does not log
  /// it where the kernel's fragment code has freed it already.
  case drop(Reason?, isLogged: Bool = true)
  /// The kernel stops the machine.
  case kernelPanic
}

/// Applies a matching scrub rule to packets: header fixes, fragments, and what they leave behind.
///
/// A pure state machine: the caller finds the rule, counts and logs; time and random numbers come
/// from outside.
struct Normalizer: Sendable {
  /// The fragments and ranges remembered.
  var fragments = FragmentTable()

  /// Normalises an IPv4 packet, rewriting it in place.
  /// - Parameters:
  ///   - packet: The packet, of at least 20 bytes, without bytes behind its total length.
  ///   - options: The options of the matching rule.
  ///   - now: The time in whole seconds.
  ///   - randomID: A number for `random-id`.
  mutating func normalize4(
    _ packet: PacketBuffer, _ options: ScrubOptions, isOut: Bool, now: UInt32,
    randomID: () -> UInt16
  ) -> NormalizationOutcome {
    // KERNEL: pf_normalize_ip()
    guard let header = IPv4Header(packet.base, count: packet.count) else { return .drop(.short) }
    let headerLength = header.headerLength
    guard headerLength >= 20, headerLength <= Int(header.totalLength) else {
      return .drop(.normalize)
    }
    guard header.isFragment else {
      header.normalizeWhole(options, randomID: randomID)
      return .pass(reassembles: options.fragments == .reassemble)
    }
    header.clearDF(options)
    let length = Int(header.totalLength) - headerLength
    let hasMore = header.fragmentField & IPv4Header.moreFragments != 0
    guard !header.dontFragment, !hasMore || length & 7 == 0,
      header.fragmentOffset + length <= 65_535
    else { return .drop(.fragment) }
    guard options.fragments == .reassemble else {
      return pass4(packet, header, options, isOut: isOut, now: now)
    }
    switch fragments.reassemble4(packet, header, now: now) {
    case .kept(let grew): return .held(grew: grew)
    case .dropped(let reason): return .drop(reason, isLogged: reason == .fragment)
    case .completed: header.finish(options, randomID: randomID)
    }
    return .pass(reassembles: true)
  }

  /// Lets an IPv4 fragment through the non-buffering cache.
  private mutating func pass4(
    _ packet: PacketBuffer, _ header: IPv4Header, _ options: ScrubOptions, isOut: Bool,
    now: UInt32
  ) -> NormalizationOutcome {
    if !isOut || !packet.passedFragmentCache {
      let length = Int(header.totalLength) - header.headerLength
      let passage = fragments.pass(
        FragmentTable.Passing(
          key: FragmentKey(header), offset: UInt16(truncatingIfNeeded: header.fragmentOffset),
          length: UInt16(truncatingIfNeeded: length),
          hasMore: header.fragmentField & IPv4Header.moreFragments != 0,
          end: header.fragmentOffset + length,
          dropsOverlaps: options.fragments == .dropOverlap), now: now)
      switch passage {
      case .drops(let reason, let isLogged): return .drop(reason, isLogged: isLogged)
      case .passes(let front, let back): header.trim(packet, front: front, back: back)
      }
      if !isOut { packet.passedFragmentCache = true }
    }
    header.raise(ttl: options.minTTL)
    return .pass(reassembles: false)
  }
}

extension IPv4Header {
  /// Does to a packet that is no fragment what a scrub rule asks for.
  @inline(__always)
  func normalizeWhole(_ options: ScrubOptions, randomID: () -> UInt16) {
    clearDF(options)
    finish(options, randomID: randomID)
  }

  @inline(__always)
  fileprivate func clearDF(_ options: ScrubOptions) {
    if options.noDF { change(fragmentField: fragmentField & ~Self.dontFragment) }
  }

  /// Does what scrub rules do to whole packets: clears all fragment bits but "don't fragment",
  /// raises the TTL, and chooses a new number.
  fileprivate func finish(_ options: ScrubOptions, randomID: () -> UInt16) {
    change(fragmentField: fragmentField & Self.dontFragment)
    raise(ttl: options.minTTL)
    guard options.randomID else { return }
    let old = identification
    // KERNEL: a packet that cannot be fragmented gets no number (RFC 6864).
    identification = dontFragment ? 0 : randomID()
    checksum = Checksum.fix(checksum, old, identification, isUDP: false)
  }

  fileprivate func change(fragmentField new: UInt16) {
    let old = fragmentField
    guard old != new else { return }
    fragmentField = new
    checksum = Checksum.fix(checksum, old, new, isUDP: false)
  }

  fileprivate func raise(ttl least: UInt8) {
    let old = ttl
    guard old < least else { return }
    ttl = least
    checksum = Checksum.fix(checksum, UInt16(old) << 8, UInt16(least) << 8, isUDP: false)
  }

  /// Cuts data off a fragment's front and end.
  fileprivate func trim(_ packet: PacketBuffer, front: UInt16, back: UInt16) {
    guard front > 0 || back > 0 else { return }
    // KERNEL: pf_fragcache() changes length and offset and leaves the checksum wrong.
    let start = min(headerLength, packet.count)
    let kept = max(0, packet.count - start - Int(front))
    if kept > 0 {
      (base + start).copyMemory(from: base + start + Int(front), byteCount: kept)
    }
    packet.resize(to: start + max(0, kept - Int(back)))
    fragmentField &+= front >> 3
    totalLength &-= front &+ back
  }
}
