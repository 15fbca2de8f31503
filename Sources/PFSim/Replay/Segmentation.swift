/// Cuts TCP super-frames, which offloading leaves in captures, into packets of the wire's size.
///
/// macOS does so before pf for what it forwards (kernel: `gso_tcp_with_info`); packets for the
/// host itself go up whole.
struct Segmentation {
  private var template: [UInt8] = []
  private let headers: Int
  private let networkLength: Int
  private let isIPv6: Bool
  private let flags: TCPFlags
  private let sequence: UInt32
  private let identification: UInt16

  /// The payload bytes of every segment but the last.
  let segmentSize: Int
  /// The number of segments.
  let count: Int

  /// Looks at a packet; nil where it is no whole TCP packet longer than `mtu`.
  init?(_ packet: PacketBuffer, _ fields: PacketFields, mtu: Int) {
    headers = fields.networkLength + fields.transportLength
    guard fields.proto == .tcp, fields.completeness == .complete, !fields.isFragment,
      fields.totalLength > mtu, fields.totalLength <= packet.count, headers < mtu,
      headers < fields.totalLength,
      let tcp = TCPHeader(packet.base + fields.networkLength, count: fields.transportLength)
    else { return nil }
    networkLength = fields.networkLength
    isIPv6 = fields.family == .inet6
    flags = tcp.flags
    sequence = tcp.sequence
    identification = UInt16(truncatingIfNeeded: fields.identification)
    segmentSize = mtu - headers
    count = (fields.totalLength - headers + segmentSize - 1) / segmentSize
    template = Array(packet.bytes.prefix(fields.totalLength))
  }

  /// Puts one segment with right checksums into a buffer, whose marks are cleared.
  /// - Parameter index: 0 ..< ``count``.
  func write(_ index: Int, to buffer: PacketBuffer) {
    let start = headers + index * segmentSize
    let end = min(template.count, start + segmentSize)
    buffer.assign(Array(template[..<headers] + template[start..<end]))
    let network = buffer.base
    if isIPv6 {
      IPv6Header(network, count: buffer.count)?.payloadLength = UInt16(
        truncatingIfNeeded: buffer.count - IPv6Header.minimumLength)
    } else if let header = IPv4Header(network, count: buffer.count) {
      header.totalLength = UInt16(truncatingIfNeeded: buffer.count)
      header.identification = identification &+ UInt16(truncatingIfNeeded: index)
      header.setChecksum(count: buffer.count)
    }
    guard let tcp = TCPHeader(network + networkLength, count: buffer.count - networkLength)
    else { return }
    tcp.sequence = sequence &+ UInt32(truncatingIfNeeded: index * segmentSize)
    var kept = flags
    if index > 0 { kept.remove(.cwr) }
    if index < count - 1 { kept.subtract([.fin, .psh]) }
    tcp.flags = kept
    buffer.completeChecksum()
  }
}
