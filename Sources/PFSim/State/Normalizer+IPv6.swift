extension Normalizer {
  /// Normalises an IPv6 packet, rewriting it in place.
  /// - Parameters:
  ///   - packet: The packet, of at least 40 bytes.
  ///   - options: The options of the matching rule.
  ///   - now: The time in whole seconds.
  mutating func normalize6(
    _ packet: PacketBuffer, _ options: ScrubOptions, isOut: Bool, now: UInt32
  ) -> NormalizationOutcome {
    // KERNEL: pf_normalize_ip6()
    guard let header = IPv6Header(packet.base, count: packet.count) else { return .drop(.short) }
    guard packet.count <= IPv6Header.minimumLength + 65_535 else { return .drop(.normalize) }
    let walk = IPv6ScrubWalk(header, packetLength: packet.count)
    switch walk.end {
    case .short:
      return .drop(.short)
    case .bad:
      return .drop(.normalize)
    case .payload:
      let length = header.payloadLength == 0 ? walk.jumboLength : UInt32(header.payloadLength)
      guard length > 0 else { return .drop(.normalize) }
      guard Int(length) + IPv6Header.minimumLength <= packet.count else { return .drop(.short) }
    case .fragment(let fragment):
      guard header.payloadLength > 0, walk.jumboLength == 0 else { return .drop(.normalize) }
      let outcome = take6(packet, header, fragment, options, isOut: isOut, now: now)
      guard case .pass = outcome else { return outcome }
      header.raise(hopLimit: options.minTTL)
      return outcome
    }
    header.raise(hopLimit: options.minTTL)
    // KERNEL: only fragments set the mark here, unlike in pf_normalize_ip().
    return .pass(reassembles: false)
  }

  private mutating func take6(
    _ packet: PacketBuffer, _ header: IPv6Header, _ fragment: IPv6FragmentHeader,
    _ options: ScrubOptions, isOut: Bool, now: UInt32
  ) -> NormalizationOutcome {
    // KERNEL: the sum is unsigned and lacks the fixed header, so a fragment that ends before byte
    // 40 of the datagram is bad as well.
    let sum =
      UInt32(fragment.offset) &+ UInt32(header.payloadLength)
      &- UInt32(truncatingIfNeeded: fragment.headersLength)
    guard sum <= 65_535 else { return .drop(.fragment) }
    if options.fragments == .reassemble {
      switch fragments.reassemble6(packet, header, fragment, now: now) {
      case .kept(let grew): return .held(grew: grew)
      case .dropped(let reason): return .drop(reason, isLogged: reason == .fragment)
      case .completed: return .pass(reassembles: true)
      }
    }
    if isOut, packet.passedFragmentCache { return .pass(reassembles: false) }
    let length = Int(header.payloadLength) - (fragment.headersLength - IPv6Header.minimumLength)
    let passage = fragments.pass(
      FragmentTable.Passing(
        key: FragmentKey(header, fragment), offset: UInt16(truncatingIfNeeded: fragment.offset),
        length: UInt16(truncatingIfNeeded: length), hasMore: fragment.hasMore,
        end: (fragment.offset + length) & 0xffff, dropsOverlaps: options.fragments == .dropOverlap),
      now: now)
    switch passage {
    case .drops(let reason, let isLogged): return .drop(reason, isLogged: isLogged)
    // KERNEL: pf_frag6cache() asserts that the packet's length lacks the fixed header.
    case .passes(let front, let back) where front > 0 || back > 0: return .kernelPanic
    case .passes: break
    }
    if !isOut { packet.passedFragmentCache = true }
    return .pass(reassembles: false)
  }
}

extension IPv6Header {
  fileprivate func raise(hopLimit least: UInt8) {
    if hopLimit < least { hopLimit = least }
  }
}
