import Foundation

@testable import PFSim

/// The IPv4 packets of a capture by flow and direction, to compare two captures of one traffic.
///
/// What may differ is left out: times, MAC addresses, ICMP echo identifiers. Datagrams in
/// fragments are left out, and so are flows that have some.
struct CaptureComparison {
  /// One direction of one flow; ICMP errors are one of their own.
  struct Direction: Hashable, CustomStringConvertible {
    var proto: UInt8
    var source: AddressBits
    var sourcePort: UInt16
    var destination: AddressBits
    var destinationPort: UInt16
    var kind: UInt8

    var description: String {
      "\(proto) \(IPAddress(family: .inet, bits: source)):\(sourcePort) > "
        + "\(IPAddress(family: .inet, bits: destination)):\(destinationPort)"
    }
  }
  /// A packet as far as it has to be equal.
  struct Packet {
    var number: Int
    var bytes: [UInt8]
    /// The length on the wire; more than the bytes where the recording cut the packet.
    var length: Int
  }
  private(set) var directions: [Direction: [Packet]] = [:]
  /// The pairs of addresses and the protocol that fragments were seen of.
  private(set) var fragmented: Set<Direction> = []

  /// Reads a capture.
  init(_ path: String) throws {
    let reader = try CaptureReader(path: path)
    let buffer = PacketBuffer()
    while let frame = try reader.next() {
      guard let view = FrameView(frame, type: reader.linkType), view.link.etherType == 0x0800
      else { continue }
      buffer.assign(view.payload)
      let fields = PacketFields(buffer.base, count: buffer.count)
      if fields.totalLength < buffer.count { buffer.resize(to: fields.totalLength) }
      add(fields, buffer, number: frame.number)
    }
  }

  private mutating func add(_ fields: PacketFields, _ buffer: PacketBuffer, number: Int) {
    if fields.isFragment {
      fragmented.insert(Self.pair(fields.source, fields.destination, fields.proto))
      fragmented.insert(Self.pair(fields.destination, fields.source, fields.proto))
      return
    }
    let isMessage = fields.proto == .icmp
    let direction = Direction(
      proto: fields.proto.rawValue, source: fields.source,
      sourcePort: isMessage ? 0 : fields.sourcePort, destination: fields.destination,
      destinationPort: isMessage ? 0 : fields.destinationPort,
      kind: isMessage ? fields.icmpType : 0)
    if isMessage { Self.blank(fields, buffer) }
    directions[direction, default: []].append(
      Packet(number: number, bytes: Array(buffer.bytes), length: fields.totalLength))
  }

  static func pair(
    _ source: AddressBits, _ destination: AddressBits, _ proto: IPProtocol
  ) -> Direction {
    Direction(
      proto: proto.rawValue, source: source, sourcePort: 0, destination: destination,
      destinationPort: 0, kind: 0)
  }

  /// Whether a direction belongs to a flow with fragments.
  func isFragmented(_ direction: Direction) -> Bool {
    fragmented.contains(
      Self.pair(direction.source, direction.destination, IPProtocol(rawValue: direction.proto)))
  }

  /// Takes an echo's identifier and the sum over it away, also where an error quotes the echo.
  private static func blank(_ fields: PacketFields, _ buffer: PacketBuffer) {
    var start = fields.networkLength
    if fields.isError {
      guard let quotation = Quotation(buffer, fields), quotation.fields.proto == .icmp else {
        return
      }
      for offset in [2, 3] {
        buffer.base.storeBytes(of: 0, toByteOffset: start + offset, as: UInt8.self)
      }
      start = quotation.offset + quotation.fields.networkLength
    } else if fields.icmpType != 0, fields.icmpType != 8 {
      return
    }
    for offset in [2, 3, 4, 5] where start + offset < buffer.count {
      buffer.base.storeBytes(of: 0, toByteOffset: start + offset, as: UInt8.self)
    }
  }

  /// Whether two packets are the same as far as both were recorded.
  ///
  /// The sum of a packet that one capture cut is not compared: it cannot be computed there.
  static func same(_ one: Packet, _ other: Packet) -> Bool {
    guard one.length == other.length else { return false }
    let common = min(one.bytes.count, other.bytes.count)
    return one.bytes[..<common] == other.bytes[..<common]
  }
}
