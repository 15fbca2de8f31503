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

/// Counts a walk for all packets that would have taken it: the walk itself counts one.
struct WalkRepeater: EvaluationObserver {
  private let program: Program
  private let more: UInt64
  private let source: AddressBits
  private let destination: AddressBits
  private let isIPv6: Bool

  /// Prepares to count `times` packets like this one.
  init(_ program: Program, _ packet: inout PacketDescription, times: UInt64) {
    self.program = program
    more = times &- 1
    source = packet.source
    destination = packet.destination
    isIPv6 = packet.isIPv6
  }

  mutating func begin(_ kind: RuleKind) {}

  mutating func failed(_ rule: Int32, _ criterion: Criterion, next: Int32) {
    count(rule, reached: criterion)
  }

  mutating func matched(_ rule: Int32) { count(rule, reached: .fingerprint) }

  mutating func entered(_ rule: Int32) { count(rule, reached: .fingerprint) }

  mutating func left(ends: Bool) {}

  /// Counts a visit of a rule and the tables that were asked on it.
  private func count(_ rule: Int32, reached criterion: Criterion) {
    guard more > 0 else { return }
    program.evaluations.base[Int(rule)] &+= more
    let body = program.body(rule)
    guard let record = program.record(of: body) else { return }
    if record.sourceKind == .table, criterion.rawValue >= Criterion.source.rawValue {
      program.tables.count(more, lookupsOf: source, in: record.source.index, isIPv6: isIPv6)
    }
    if record.destinationKind == .table, criterion.rawValue >= Criterion.destination.rawValue {
      program.tables.count(
        more, lookupsOf: destination, in: record.destination.index, isIPv6: isIPv6)
    }
  }
}

extension Program {
  /// The record of a rule that its list still holds.
  fileprivate func record(of body: UnsafeMutablePointer<RuleBody>) -> RuleRecord? {
    guard body.pointee.number >= 0 else { return nil }
    return anchors.records(body.pointee.list)[Int(body.pointee.number)]
  }
}

extension TableStore {
  /// Counts lookups of an address.
  fileprivate func count(
    _ times: UInt64, lookupsOf address: AddressBits, in index: Int, isIPv6: Bool
  ) {
    guard let record = resolve(index) else { return }
    let tree = record.pointee.tree
    let entry = tree.pointee.lookup(address, isIPv6: isIPv6)
    if entry != 0, !tree.pointee.entries[entry].isNegated {
      record.pointee.matches &+= times
    } else {
      record.pointee.misses &+= times
    }
  }
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
