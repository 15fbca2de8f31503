/// A frame without its link header: what it says about the link, and the bytes behind it.
public struct FrameView {
  /// What the link header told about the direction.
  public enum Course: UInt8, Sendable, Hashable {
    /// Nothing.
    case unknown
    /// The recording machine received the frame.
    case incoming
    /// The recording machine sent the frame.
    case outgoing
  }
  /// The link's addresses, where it has some, and the type of the payload (behind any tags).
  public var link: LinkHeader
  /// The outermost 802.1Q tag's network, 0…4095; -1 for an untagged frame.
  public var vlan: Int32 = -1
  /// The direction where the link header tells.
  public var course = Course.unknown
  /// The bytes behind link header and tags, padding included; valid as long as the frame's.
  public var payload: UnsafeRawBufferPointer
  /// How many bytes of the payload the recording left out.
  public var missing: Int

  /// Whether the payload is IPv4 or IPv6 by its type.
  public var isIP: Bool { link.etherType == EtherType.ipv4 || link.etherType == EtherType.ipv6 }
}

extension FrameView {
  /// Takes the link header off a frame.
  ///
  /// Nil where the frame ends within the header. A payload that is no IP has its type in
  /// ``LinkHeader/etherType``; link types without one say 0.
  public init?(_ frame: CapturedFrame, type: LinkType) {
    let bytes = frame.bytes
    self.init(link: LinkHeader(etherType: 0), payload: bytes, missing: 0)
    let offset: Int?
    switch type {
    case .ethernet: offset = readEthernet(bytes)
    case .linuxCooked: offset = readCooked(bytes)
    case .linuxCooked2: offset = readCooked2(bytes)
    case .null, .loop: offset = readFamily(bytes)
    case .raw, .rawFile, .rawOpenBSD, .ipv4, .ipv6: offset = 0
    case .pflog: offset = readLog(bytes)
    }
    guard let offset, offset <= bytes.count else { return nil }
    payload = UnsafeRawBufferPointer(
      start: bytes.baseAddress.map { $0 + offset }, count: bytes.count &- offset)
    missing = frame.originalLength - bytes.count
    if !type.namesPayload { link.etherType = Self.etherType(ofVersionIn: payload) }
  }

  /// The EtherTypes of 802.1Q and provider tags.
  private static func isTag(_ type: UInt16) -> Bool {
    type == EtherType.vlan || type == 0x88a8 || type == 0x9100
  }

  private mutating func readEthernet(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 14, let base = bytes.baseAddress else { return nil }
    link.destination = MACAddress(bits: UInt64(base.big32(0)) << 16 | UInt64(base.big16(4)))
    link.source = MACAddress(bits: UInt64(base.big32(6)) << 16 | UInt64(base.big16(10)))
    let type = base.big16(12)
    if Self.isTag(type) { return readTags(bytes, typeAt: 12) }
    link.etherType = type
    return 14
  }

  /// Reads the type at an offset and the tags behind it; the offset behind them.
  private mutating func readTags(_ bytes: UnsafeRawBufferPointer, typeAt offset: Int) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    var offset = offset
    var type = base.big16(offset)
    while Self.isTag(type) {
      guard offset + 6 <= bytes.count else { return nil }
      if vlan < 0 { vlan = Int32(base.big16(offset + 2) & 0x0fff) }
      offset += 4
      type = base.big16(offset)
    }
    link.etherType = type
    return offset + 2
  }

  private mutating func readCooked(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 16, let base = bytes.baseAddress else { return nil }
    readCooked(kind: base.big16(0), addressLength: Int(base.big16(4)), base + 6)
    return readTags(bytes, typeAt: 14)
  }

  private mutating func readCooked2(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 20, let base = bytes.baseAddress else { return nil }
    readCooked(kind: UInt16(base.byte(10)), addressLength: Int(base.byte(11)), base + 12)
    link.etherType = base.big16(0)
    guard Self.isTag(link.etherType) else { return 20 }
    guard bytes.count >= 24 else { return nil }
    vlan = Int32(base.big16(20) & 0x0fff)
    link.etherType = base.big16(22)
    return 24
  }

  private mutating func readCooked(kind: UInt16, addressLength: Int, _ address: UnsafeRawPointer) {
    course = kind == 4 ? .outgoing : kind <= 2 ? .incoming : .unknown
    if addressLength == 6 {
      link.source = MACAddress(UnsafeRawBufferPointer(start: address, count: 6))
    }
  }

  private mutating func readFamily(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 4, let base = bytes.baseAddress else { return nil }
    // Loopback headers come in either byte order; no family needs more than eight bits.
    let family = base.big32(0)
    switch family <= 0xff ? family : family.byteSwapped {
    case 2: link.etherType = EtherType.ipv4
    case 10, 24, 28, 30: link.etherType = EtherType.ipv6
    default: break
    }
    return 4
  }

  private mutating func readLog(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 61, let base = bytes.baseAddress else { return nil }
    let length = Int(base.byte(0))
    guard (61...100).contains(length) else { return nil }
    switch base.byte(1) {
    case 2: link.etherType = EtherType.ipv4
    case 10, 24, 28, 30: link.etherType = EtherType.ipv6
    default: break
    }
    course = base.byte(60) == 1 ? .incoming : base.byte(60) == 2 ? .outgoing : .unknown
    return (length + 3) & ~3
  }

  private static func etherType(ofVersionIn payload: UnsafeRawBufferPointer) -> UInt16 {
    switch payload.first.map({ $0 >> 4 }) {
    case 4: EtherType.ipv4
    case 6: EtherType.ipv6
    default: 0
    }
  }
}

extension LinkType {
  /// Whether the link header names the payload's type; else the IP version does.
  fileprivate var namesPayload: Bool {
    switch self {
    case .raw, .rawFile, .rawOpenBSD, .ipv4, .ipv6: false
    default: true
    }
  }
}
