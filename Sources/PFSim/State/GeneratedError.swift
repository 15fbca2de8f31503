/// ICMP errors that the filter makes for packets which a rule blocks with an answer.
enum GeneratedError {
  /// The ICMPv6 type "packet too big".
  static let packetTooBig: UInt8 = 2

  /// The ICMP error for an IPv4 packet; nil where the kernel sends none.
  ///
  /// - Parameters:
  ///   - packet: The blocked packet before translation, of at least 20 bytes.
  ///   - source: The error's sender.
  ///   - identification: The number of the error's IP header.
  static func inet(
    for packet: UnsafeRawBufferPointer, type: UInt8, code: UInt8, from source: IPAddress,
    identification: UInt16
  ) -> [UInt8]? {
    guard let base = packet.baseAddress, packet.count >= IPv4Header.minimumLength else {
      return nil
    }
    let headerLength = Int(base.byte(0) & 0x0f) << 2
    // KERNEL: pf_send_icmp() hands icmp_error() a header in network order where that expects host
    // order: any bit in the fragment field looks like an offset, for which there is no error.
    guard headerLength >= IPv4Header.minimumLength, base.big16(6) == 0,
      !isError(base, count: packet.count, headerLength)
    else { return nil }
    guard let quoted = quotedLength(base, count: packet.count, headerLength) else { return nil }
    var quote = [UInt8](packet.prefix(min(headerLength + quoted, packet.count)))
    // KERNEL: icmp_error() swaps the total length "back" on the way out.
    quote.swapAt(2, 3)
    var builder = PacketBuilder(from: source, to: IPAddress(ipv4: base.big32(12)))
    builder.identification = identification
    return builder.icmp(type: type, code: code, quote)
  }

  /// How many bytes behind the IP header are quoted; nil where the kernel gives up.
  private static func quotedLength(
    _ base: UnsafeRawPointer, count: Int, _ headerLength: Int
  ) -> Int? {
    // KERNEL: icmp_error() quotes eight bytes, of TCP the header with its options; here too it
    // reads the total length with its bytes swapped.
    guard base.byte(9) == IPProtocol.tcp.rawValue,
      count >= headerLength + TCPHeader.minimumLength
    else { return 8 }
    let length = Int(base.byte(headerLength + 12) >> 4) << 2
    guard length >= TCPHeader.minimumLength,
      Int(base.big16(2).byteSwapped) >= headerLength + length
    else { return nil }
    return count >= headerLength + length ? length : 8
  }

  private static func isError(
    _ base: UnsafeRawPointer, count: Int, _ headerLength: Int
  ) -> Bool {
    guard base.byte(9) == IPProtocol.icmp.rawValue, count >= headerLength + ICMPHeader.minimumLength
    else { return false }
    return [3, 4, 5, 11, 12].contains(base.byte(headerLength))
  }

  /// The ICMPv6 error for an IPv6 packet; nil where the kernel sends none.
  ///
  /// - Parameters:
  ///   - packet: The packet, of at least 40 bytes.
  ///   - source: The error's sender.
  ///   - parameter: The four bytes behind the checksum: the MTU of "packet too big", else 0.
  static func inet6(
    for packet: UnsafeRawBufferPointer, type: UInt8, code: UInt8, from source: IPAddress,
    parameter: UInt32 = 0
  ) -> [UInt8]? {
    guard let base = packet.baseAddress, packet.count >= IPv6Header.minimumLength else {
      return nil
    }
    let receiver = base.address6(8)
    // KERNEL: icmp6_error() answers neither to nor from groups, nor to nobody; only what is too
    // long for the way to a group is told so.
    let isGroup = base.byte(24) == 0xff && type != packetTooBig || base.byte(8) == 0xff
    guard !receiver.isZero, !isGroup else { return nil }
    let builder = PacketBuilder(
      from: source, to: IPAddress(family: .inet6, bits: receiver))
    // An error fits into the smallest MTU: 1,280 bytes less two headers.
    return builder.icmp(type: type, code: code, rest: parameter, [UInt8](packet.prefix(1_232)))
  }
}

extension [Interface] {
  /// The sender of an ICMP error: the packet's receiver where that is one of the host's addresses,
  /// else the first address of the interface that the packet came in on, else loopback.
  /// - Parameter receivedOn: The interface's index; nil or out of range for the host's own packets.
  func errorSource(for destination: IPAddress, receivedOn: Int?) -> IPAddress {
    // DIFFERS: error-source
    let isOwn = contains { $0.addresses.contains { $0.address == destination } }
    if isOwn { return destination }
    if let receivedOn, indices.contains(receivedOn) {
      let own = self[receivedOn].addresses.first { $0.address.family == destination.family }
      if let own { return own.address }
    }
    return destination.family == .inet6
      ? IPAddress(family: .inet6, bits: AddressBits(high: 0, low: 1))
      : IPAddress(ipv4: 0x7f00_0001)
  }
}
