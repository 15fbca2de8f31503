extension HookRun {
  /// The transport header.
  @inline(__always) var transport: UnsafeMutableRawPointer { packet.base + packet.offset }

  /// Puts an address and a port into the source of a TCP or UDP packet (kernel: `pf_change_ap()`).
  @inline(never)
  mutating func setSource(_ address: AddressBits, port: UInt16, isUDP: Bool) {
    changeEnd(isSource: true, from: packet.source, to: address, port, isUDP: isUDP)
    packet.source = address
    packet.sourcePort = port
  }

  /// Puts an address and a port into the destination of a TCP or UDP packet.
  @inline(never)
  mutating func setDestination(_ address: AddressBits, port: UInt16, isUDP: Bool) {
    changeEnd(isSource: false, from: packet.destination, to: address, port, isUDP: isUDP)
    packet.destination = address
    packet.destinationPort = port
  }

  @inline(__always)
  private mutating func changeEnd(
    isSource: Bool, from old: AddressBits, to new: AddressBits, _ port: UInt16, isUDP: Bool
  ) {
    let checksum = packet.proto == .tcp ? 16 : 6
    let isPartial = packet.isOut && buffer.checksumIsPartial
    guard packet.isIPv6 || isPartial else {
      isChanged = true
      return packet.base.changeEnd4(
        isSource: isSource, to: new.ipv4, port, transport: packet.offset, checksum: checksum,
        isUDP: isUDP)
    }
    let place = isSource ? 0 : 2
    let oldPort = transport.reading.big16(place)
    transport.put16(place, port)
    let sum = transport.reading.big16(checksum)
    if isPartial {
      // KERNEL: pf_change_ap() leaves the port out of a sum that hardware is to complete.
      let words = packet.isIPv6 ? 4 : 1
      transport.put16(checksum, ~Checksum.fix(~sum, old, new, words: words, isUDP: isUDP))
    } else {
      let fixed = Checksum.fix(sum, old, new, words: 4, isUDP: isUDP)
      transport.put16(checksum, Checksum.fix(fixed, oldPort, port, isUDP: isUDP))
    }
    if isSource { setSourceAddress(new) } else { setDestinationAddress(new) }
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

extension UnsafeMutableRawPointer {
  /// Puts an address and a port into an end of a TCP or UDP packet over IPv4, which begins here, and
  /// corrects both checksums (kernel: `pf_change_ap()`).
  /// - Parameters:
  ///   - transport: Where the transport header begins.
  ///   - checksum: Where its checksum lies in it.
  @inline(__always)
  func changeEnd4(
    isSource: Bool, to address: UInt32, _ port: UInt16, transport: Int, checksum: Int, isUDP: Bool
  ) {
    let (place, portPlace) = isSource ? (12, transport) : (16, transport &+ 2)
    let (old, oldPort) = (reading.big32(place), reading.big16(portPlace))
    let sum = reading.big16(transport &+ checksum)
    put16(portPlace, port)
    put16(transport &+ checksum, Checksum.fix(sum, old, address, oldPort, port, isUDP: isUDP))
    put16(10, Checksum.fix(reading.big16(10), old, address, 0, 0, isUDP: false))
    put32(place, address)
  }
}
