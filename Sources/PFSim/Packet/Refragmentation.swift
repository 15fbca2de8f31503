/// What is remembered of the fragments of an IPv6 packet that was put together.
public struct Refragmentation: Hashable, Sendable {
  /// The length of the longest fragment in bytes, its headers included.
  public var longest: Int
  /// The fragments' number.
  public var identification: UInt32

  /// Makes a record.
  public init(longest: Int, identification: UInt32) {
    self.longest = longest
    self.identification = identification
  }
}

extension Refragmentation {
  /// Cuts a packet into fragments no longer than the longest one was.
  ///
  /// A packet that fits into one fragment gets a fragment header all the same. Empty where the
  /// longest one was shorter than what every IPv6 link carries, 1,280 bytes: the kernel drops the
  /// packet then.
  func split(_ packet: UnsafeRawBufferPointer) -> [[UInt8]] {
    // KERNEL: pf_refragment6() puts the fragment header right behind the fixed header, since
    // reassembly kept no extension headers.
    let headers = IPv6Header.minimumLength + 8
    guard packet.count > IPv6Header.minimumLength, longest & ~7 >= 1_280 else { return [] }
    let size = (longest - headers) & ~7
    let payload = packet[IPv6Header.minimumLength...]
    return stride(from: payload.startIndex, to: packet.count, by: size).map { start in
      let data = payload[start..<min(start + size, packet.count)]
      let isLast = start + size >= packet.count
      return fragment(of: packet, data, offset: start - IPv6Header.minimumLength, isLast: isLast)
    }
  }

  private func fragment(
    of packet: UnsafeRawBufferPointer, _ data: Slice<UnsafeRawBufferPointer>, offset: Int,
    isLast: Bool
  ) -> [UInt8] {
    var bytes = [UInt8](packet[..<IPv6Header.minimumLength])
    let length = data.count + 8
    bytes[4] = UInt8(truncatingIfNeeded: length >> 8)
    bytes[5] = UInt8(truncatingIfNeeded: length)
    bytes[6] = IPProtocol.fragment.rawValue
    bytes += [packet[6], 0, UInt8(truncatingIfNeeded: offset >> 8)]
    bytes.append(UInt8(truncatingIfNeeded: offset) & 0xf8 | (isLast ? 0 : 1))
    bytes += withUnsafeBytes(of: identification.bigEndian) { Array($0) }
    return bytes + data
  }
}
