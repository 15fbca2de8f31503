extension PacketBuffer {
  /// The sum that a changed word leaves (RFC 1624), for checksums that were right or wrong before.
  private static func adjusted(_ checksum: UInt16, from old: UInt64, to new: UInt64) -> UInt16 {
    ~Checksum.fold(UInt64(~checksum) &+ UInt64(~Checksum.fold(old)) &+ new)
  }

  @inline(__always)
  private static func sum(_ bits: AddressBits) -> UInt64 {
    (bits.high >> 32) &+ (bits.high & 0xffff_ffff) &+ (bits.low >> 32) &+ (bits.low & 0xffff_ffff)
  }

  /// Where a protocol keeps its checksum, from the transport header on; nil for those without.
  private static func checksumOffset(_ proto: IPProtocol) -> Int? {
    switch proto {
    case .tcp: 16
    case .udp: 6
    case .icmp, .icmpv6: 2
    default: nil
    }
  }

  /// Replaces one address and port of the packet whose headers start at `offset`, with all
  /// checksums that depend on them.
  ///
  /// - Parameters:
  ///   - offset: 0, or where a packet is quoted in an ICMP error.
  ///   - fields: The packet's fields as they are now.
  ///   - port: The new port or ICMP identifier; nil leaves it.
  /// - Returns: How the bytes' sum changed, for the checksum of the message around a quotation.
  @discardableResult
  func replaceEnd(
    isSource: Bool, at offset: Int = 0, _ fields: PacketFields, address: AddressBits,
    port: UInt16?
  ) -> (old: UInt64, new: UInt64) {
    let start = base + offset
    let before = wordSum(from: offset, fields)
    let old = isSource ? fields.source : fields.destination
    if fields.family == .inet, let header = IPv4Header(start, count: count - offset) {
      if isSource { header.source = address } else { header.destination = address }
      header.checksum = Self.adjusted(header.checksum, from: Self.sum(old), to: Self.sum(address))
    } else if let header = IPv6Header(start, count: count - offset) {
      if isSource { header.source = address } else { header.destination = address }
    }
    if fields.completeness == .complete {
      replacePort(isSource: isSource, at: offset, fields, from: old, to: address, port: port)
    }
    return (before, wordSum(from: offset, fields))
  }

  private func replacePort(
    isSource: Bool, at offset: Int, _ fields: PacketFields, from old: AddressBits,
    to new: AddressBits, port: UInt16?
  ) {
    let transport = base + offset + fields.networkLength
    let isMessage = fields.proto == .icmp || fields.proto == .icmpv6
    // ICMPv4 has no pseudo header: the addresses are not in its sum.
    var oldSum = fields.proto == .icmp ? 0 : Self.sum(old)
    var newSum = fields.proto == .icmp ? 0 : Self.sum(new)
    if let port, !fields.isError {
      let place = isMessage ? 4 : isSource ? 0 : 2
      oldSum &+= UInt64(transport.reading.big16(place))
      newSum &+= UInt64(port)
      transport.put16(place, port)
    }
    guard let place = Self.checksumOffset(fields.proto),
      offset + fields.networkLength + place + 2 <= count
    else { return }
    let checksum = transport.reading.big16(place)
    if fields.proto == .udp, checksum == 0 { return }
    var adjusted = Self.adjusted(checksum, from: oldSum, to: newSum)
    if fields.proto == .udp, adjusted == 0 { adjusted = 0xffff }
    transport.put16(place, adjusted)
  }

  /// The sum of a quoted packet's bytes that ``replaceEnd(isSource:at:_:address:port:)`` may touch.
  private func wordSum(from offset: Int, _ fields: PacketFields) -> UInt64 {
    guard offset > 0 else { return 0 }
    let length = min(count - offset, fields.networkLength + 20)
    return Checksum.add(UnsafeRawPointer(base + offset), count: max(0, length & ~1))
  }

  /// Adjusts the checksum of the ICMP message that quotes what was just changed.
  func adjustMessage(_ fields: PacketFields, for change: (old: UInt64, new: UInt64)) {
    guard fields.networkLength + ICMPHeader.minimumLength <= count else { return }
    let message = base + fields.networkLength
    let old = message.reading.big16(2)
    message.put16(2, Self.adjusted(old, from: change.old, to: change.new))
  }

  /// Sets TTL or hop limit.
  func setTTL(_ ttl: UInt8) {
    if let header = IPv4Header(base, count: count), base.reading.byte(0) >> 4 == 4 {
      let old = UInt64(header.ttl) << 8
      header.ttl = ttl
      header.checksum = Self.adjusted(header.checksum, from: old, to: UInt64(ttl) << 8)
    } else if let header = IPv6Header(base, count: count) {
      header.hopLimit = ttl
    }
  }

  /// Computes the TCP or UDP checksum anew, as hardware does for a partial one.
  func completeChecksum() {
    let fields = PacketFields(base, count: count)
    guard fields.completeness == .complete, !fields.isFragment,
      fields.proto == .tcp || fields.proto == .udp,
      fields.totalLength <= count, fields.totalLength >= fields.networkLength,
      let place = Self.checksumOffset(fields.proto)
    else { return }
    let transport = base + fields.networkLength
    let length = fields.totalLength - fields.networkLength
    guard length >= place + 2 else { return }
    transport.put16(place, 0)
    let checksum = Checksum.transport(
      UnsafeRawPointer(transport), count: length, source: fields.source,
      destination: fields.destination, proto: fields.proto)
    transport.put16(place, fields.proto == .udp && checksum == 0 ? 0xffff : checksum)
    checksumIsPartial = false
  }

  /// Whether the TCP or UDP checksum field holds just the pseudo header's sum, which is what
  /// checksum offloading leaves to the hardware.
  func looksPartial(_ fields: PacketFields) -> Bool {
    guard fields.completeness == .complete, !fields.isFragment,
      fields.proto == .tcp || fields.proto == .udp,
      let place = Self.checksumOffset(fields.proto),
      fields.networkLength + place + 2 <= count
    else { return false }
    let found = (base + fields.networkLength).reading.big16(place)
    let length = fields.totalLength - fields.networkLength
    let sum = Checksum.pseudoHeader(
      source: fields.source, destination: fields.destination, proto: fields.proto, length: 0)
    // Segmentation offload leaves the length out of the sum.
    return found == Checksum.fold(sum)
      || found == Checksum.fold(sum &+ UInt64(truncatingIfNeeded: length) & 0xffff_ffff)
  }
}
