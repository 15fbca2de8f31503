extension Program {
  /// Whether a packet's sender has the operating system that a rule asks for (kernel:
  /// `pf_osfp_match()`).
  ///
  /// A name that the list cannot tell marks the packet's verdict as open.
  func fingerprintMatches(_ wanted: Int32, _ packet: PacketDescription) -> Bool {
    guard packet.proto == .tcp else { return false }
    let reading = FingerprintReading(packet)
    switch fingerprintWishes[Int(wanted)] {
    case .nothing: return false
    case .unknown:
      guard let reading else { return true }
      return entry(for: reading) == nil
    case .open:
      if reading != nil { hasMetUnknownSystem = true }
      return false
    case .entries(let fits):
      guard let reading, let entry = entry(for: reading) else { return false }
      return fits[entry]
    }
  }

  /// The first fingerprint that fits (kernel: `pf_osfp_find()`).
  private func entry(for reading: FingerprintReading) -> Int? {
    fingerprintList.entries.firstIndex { $0.signature.fits(reading) }
  }
}

extension FingerprintReading {
  /// Reads a SYN; nil for other segments and for options that no fingerprint has (kernel:
  /// `pf_osfp_fingerprint_hdr()`).
  init?(_ packet: PacketDescription) {
    let flags = TCPFlags(rawValue: packet.flags)
    guard flags.intersection([.syn, .ack]) == .syn,
      let header = TCPHeader(packet.base + packet.offset, count: TCPHeader.minimumLength),
      header.headerLength >= TCPHeader.minimumLength,
      packet.offset + header.headerLength <= min(packet.count, packet.totalLength)
    else { return nil }
    let bytes = packet.base.reading
    window = header.window
    ttl = packet.ttl
    dontFragment = packet.isIPv6 || bytes.big16(6) & IPv4Header.dontFragment != 0
    length = UInt16(truncatingIfNeeded: packet.totalLength)
    guard readOptions(bytes + packet.offset, header.headerLength) else { return nil }
  }

  /// Reads the options; false where one is not known.
  private mutating func readOptions(_ header: UnsafeRawPointer, _ headerLength: Int) -> Bool {
    // KERNEL: pf_osfp_fingerprint_hdr() counts forty bytes of options too many, which are zero
    // in the buffer that the header was copied to.
    func byte(_ place: Int) -> UInt8 { place < headerLength ? header.byte(place) : 0 }
    var place = TCPHeader.minimumLength
    let end = headerLength + 40
    while place < end {
      let kind = byte(place)
      if kind == TCPOption.Kind.end.rawValue { return true }
      if kind == TCPOption.Kind.noOperation.rawValue {
        append(.noOperation)
        place += 1
        continue
      }
      guard end - place >= 2 else { return false }
      let size = Int(byte(place + 1))
      guard size >= 2, size <= end - place, take(kind, size, { byte(place + $0) }) else {
        return false
      }
      place += size
    }
    return true
  }

  private mutating func take(_ kind: UInt8, _ size: Int, _ byte: (Int) -> UInt8) -> Bool {
    switch TCPOption.Kind(rawValue: kind) {
    case .maximumSegment:
      // KERNEL: pf_osfp_fingerprint_hdr() swaps what is there also when the option is too short.
      segmentSize =
        size >= 4 ? UInt16(byte(2)) << 8 | UInt16(byte(3)) : segmentSize.byteSwapped
      append(.segmentSize)
    case .windowScale:
      // KERNEL: NTOHS() of a single byte leaves its upper half, zero, on little-endian machines.
      windowScale = 0
      append(.windowScale)
    case .selectiveAckPermitted: append(.selectiveAck)
    case .timestamp:
      if size >= 10, (2..<6).allSatisfy({ byte($0) == 0 }) { hasZeroTimestamp = true }
      append(.timestamp)
    default: return false
    }
    return true
  }
}
