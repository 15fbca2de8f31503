extension HookRun {
  /// The transport header.
  @inline(__always) var transport: UnsafeMutableRawPointer { packet.base + packet.offset }

  /// Puts an address and a port into the source of a TCP or UDP packet (kernel: `pf_change_ap()`).
  @inline(never)
  mutating func setSource(_ address: AddressBits, port: UInt16, isUDP: Bool) {
    let old = packet.source
    let oldPort = transport.reading.big16(0)
    transport.put16(0, port)
    fixTransport(old, address, oldPort, port, isUDP: isUDP)
    setSourceAddress(address)
    packet.sourcePort = port
  }

  /// Puts an address and a port into the destination of a TCP or UDP packet.
  @inline(never)
  mutating func setDestination(_ address: AddressBits, port: UInt16, isUDP: Bool) {
    let old = packet.destination
    let oldPort = transport.reading.big16(2)
    transport.put16(2, port)
    fixTransport(old, address, oldPort, port, isUDP: isUDP)
    setDestinationAddress(address)
    packet.destinationPort = port
  }

  /// Puts an address into the source, with IPv4's header checksum as for TCP and UDP.
  @inline(__always)
  mutating func setSourceAddress(_ address: AddressBits) {
    isChanged = true
    if packet.isIPv6 {
      packet.base.put(address6: address, at: 8)
    } else {
      fixHeader(packet.source, address)
      packet.base.put32(12, address.ipv4)
    }
    packet.source = address
  }

  /// Puts an address into the destination, with IPv4's header checksum as for TCP and UDP.
  @inline(__always)
  mutating func setDestinationAddress(_ address: AddressBits) {
    isChanged = true
    if packet.isIPv6 {
      packet.base.put(address6: address, at: 24)
    } else {
      fixHeader(packet.destination, address)
      packet.base.put32(16, address.ipv4)
    }
    packet.destination = address
  }

  @inline(__always)
  private func fixHeader(_ old: AddressBits, _ new: AddressBits) {
    let checksum = packet.base.reading.big16(10)
    packet.base.put16(10, Checksum.fix(checksum, old.ipv4, new.ipv4, 0, 0, isUDP: false))
  }

  /// Corrects the TCP or UDP checksum for an address and a port.
  @inline(__always)
  private func fixTransport(
    _ old: AddressBits, _ new: AddressBits, _ oldPort: UInt16, _ newPort: UInt16, isUDP: Bool
  ) {
    let place = packet.proto == .tcp ? 16 : 6
    let checksum = transport.reading.big16(place)
    if packet.isOut, buffer.checksumIsPartial {
      // KERNEL: pf_change_ap() leaves the port out of a sum that hardware is to complete.
      let words = packet.isIPv6 ? 4 : 1
      transport.put16(place, ~Checksum.fix(~checksum, old, new, words: words, isUDP: isUDP))
    } else if packet.isIPv6 {
      let fixed = Checksum.fix(checksum, old, new, words: 4, isUDP: isUDP)
      transport.put16(place, Checksum.fix(fixed, oldPort, newPort, isUDP: isUDP))
    } else {
      transport.put16(
        place, Checksum.fix(checksum, old.ipv4, new.ipv4, oldPort, newPort, isUDP: isUDP))
    }
  }

  /// Puts an address into the source of a packet that is neither TCP nor UDP, with IPv4's header
  /// checksum (kernel: `pf_change_a()`).
  mutating func replaceSource(_ address: AddressBits) {
    guard !packet.isIPv6 else { return setSourceAddress(address) }
    replace(at: 12, packet.source, address)
    packet.source = address
  }

  /// Puts an address into the destination of a packet that is neither TCP nor UDP, with IPv4's
  /// header checksum.
  mutating func replaceDestination(_ address: AddressBits) {
    guard !packet.isIPv6 else { return setDestinationAddress(address) }
    replace(at: 16, packet.destination, address)
    packet.destination = address
  }

  private mutating func replace(at place: Int, _ old: AddressBits, _ new: AddressBits) {
    isChanged = true
    let checksum = packet.base.reading.big16(10)
    packet.base.put16(10, Checksum.fixNumber(checksum, old.ipv4, new.ipv4))
    packet.base.put32(place, new.ipv4)
  }

  /// Puts an id into an ICMP packet, with its checksum.
  mutating func setICMPIdentifier(_ old: UInt16, _ new: UInt16) {
    isChanged = true
    let checksum = transport.reading.big16(2)
    transport.put16(2, Checksum.fix(checksum, old, new, isUDP: false))
    transport.put16(4, new)
  }

  /// Puts an address into an ICMPv6 packet's source or destination, with its checksum
  /// (kernel: `pf_change_a6()`).
  /// - Parameter isUDP: Whether the checksum is treated as UDP's.
  mutating func setICMPv6Address(_ address: AddressBits, isSource: Bool, isUDP: Bool = false) {
    let old = isSource ? packet.source : packet.destination
    let checksum = transport.reading.big16(2)
    transport.put16(2, Checksum.fix(checksum, old, address, words: 4, isUDP: isUDP))
    if isSource { setSourceAddress(address) } else { setDestinationAddress(address) }
  }

  /// Puts sequence and acknowledgment numbers into a TCP packet, with its checksum.
  mutating func setSequence(_ sequence: UInt32, _ acknowledgment: UInt32?) {
    isChanged = true
    var checksum = transport.reading.big16(16)
    checksum = Checksum.fixNumber(checksum, transport.reading.big32(4), sequence)
    transport.put32(4, sequence)
    if let acknowledgment {
      checksum = Checksum.fixNumber(checksum, transport.reading.big32(8), acknowledgment)
      transport.put32(8, acknowledgment)
    }
    transport.put16(16, checksum)
  }
}
