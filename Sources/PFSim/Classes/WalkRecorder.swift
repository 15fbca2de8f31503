/// Notices on a walk whether it depended on more than the classes of the packet's fields.
struct WalkRecorder: EvaluationObserver {
  /// By rule id: the first criterion that classes do not tell, `UInt8.max` for none.
  let opaqueFrom: UnsafeMutablePointer<UInt8>
  /// Whether such a criterion was reached.
  private(set) var isOpaque = false

  init(opaqueFrom: UnsafeMutablePointer<UInt8>) { self.opaqueFrom = opaqueFrom }

  @inline(__always) mutating func begin(_ kind: RuleKind) {}

  @inline(__always)
  mutating func failed(_ rule: Int32, _ criterion: Criterion, next: Int32) {
    if criterion.rawValue >= opaqueFrom[Int(rule)] { isOpaque = true }
  }

  @inline(__always)
  mutating func matched(_ rule: Int32) {
    if opaqueFrom[Int(rule)] != .max { isOpaque = true }
  }

  @inline(__always)
  mutating func entered(_ rule: Int32) { matched(rule) }

  @inline(__always)
  mutating func left(ends: Bool) {}
}

extension WalkMemo.Header {
  /// What a walk needs to know of a packet.
  init(_ packet: borrowing PacketDescription) {
    self.init(
      source: packet.source, destination: packet.destination, interface: packet.interface,
      sourcePort: packet.sourcePort, destinationPort: packet.destinationPort, proto: packet.proto,
      icmpType: packet.icmpType, icmpCode: packet.icmpCode, flags: packet.flags, tos: packet.tos,
      isIPv6: packet.isIPv6, isOut: packet.isOut)
  }
}

extension PacketDescription {
  /// A packet that takes the walk of a remembered header; it has no bytes.
  init(_ header: WalkMemo.Header, _ program: Program) {
    self.init(
      base: UnsafeMutableRawPointer(program.stack), count: 0, interface: header.interface,
      isIPv6: header.isIPv6, isOut: header.isOut)
    take(header)
  }

  /// Takes the header fields that rules look at.
  @inline(__always)
  mutating func take(_ header: borrowing WalkMemo.Header) {
    interface = header.interface
    isIPv6 = header.isIPv6
    isOut = header.isOut
    proto = header.proto
    source = header.source
    destination = header.destination
    sourcePort = header.sourcePort
    destinationPort = header.destinationPort
    icmpType = header.icmpType
    icmpCode = header.icmpCode
    flags = header.flags
    tos = header.tos
  }
}
