/// What a recording shows of one flow, whatever the mode.
///
/// A plain value without references, which packets count in its place in the ``FlowTable``.
struct FlowRecord: Sendable {
  // What packets read and change comes first: ``hotBytes``.
  let key: FlowKey
  var lastTime: CaptureTime
  /// Packets and bytes by ``Way``.
  private(set) var packets = (0, 0)
  private(set) var bytes = (0, 0)
  /// Packets of the answering side that are no ICMP errors.
  private(set) var answers = 0
  /// Whether the side that began is the key's first end.
  let beganFirst: Bool
  /// Whether the first TCP packet was a SYN: else the recording began in the middle.
  let beganWithSYN: Bool
  /// Whether the answer's first TCP packet was a reset.
  private(set) var wasRefused = false
  /// The frame that began it.
  let firstPacket: Int
  let firstTime: CaptureTime
  /// Who began it.
  let sender: Party
  /// The first ICMP error that answered: type and code, and who sent it.
  private(set) var error: (type: UInt8, code: UInt8, sender: AddressBits)?
  /// The destination before a map replaced it: where an uplink saw the flow arrive.
  let recordedDestination: AddressBits
  /// Fills the third cache line, so that ``hotBytes`` are two.
  private let padding: UInt64 = 0

  /// The bytes that are worth fetching ahead of a packet.
  static let hotBytes = 128

  /// The side that began, as recorded (behind the address map).
  var source: FlowEnd { beganFirst ? key.first : key.second }
  /// The other side.
  var destination: FlowEnd { beganFirst ? key.second : key.first }

  /// Whether it is a connection that began with a SYN and was answered since.
  @inline(__always) var isAnsweredConnection: Bool {
    beganWithSYN && packets.1 > 0 && key.proto == .tcp
  }

  /// The packets recorded in one way.
  func packets(_ way: Way) -> Int { way == .question ? packets.0 : packets.1 }

  /// Makes the record of a flow that a packet begins.
  init(
    key: FlowKey, lastTime: CaptureTime, beganFirst: Bool, beganWithSYN: Bool, firstPacket: Int,
    firstTime: CaptureTime, sender: Party, recordedDestination: AddressBits
  ) {
    self.key = key
    self.lastTime = lastTime
    self.beganFirst = beganFirst
    self.beganWithSYN = beganWithSYN
    self.firstPacket = firstPacket
    self.firstTime = firstTime
    self.sender = sender
    self.recordedDestination = recordedDestination
  }

  /// Counts a packet of the flow.
  mutating func count(_ packet: UnsafePointer<RecordedPacket>) {
    lastTime = max(lastTime, packet.pointee.time)
    let isError = packet.pointee.fields.isError
    let flags = packet.pointee.fields.tcpFlags
    if packet.pointee.way == .question {
      packets.0 += 1
      bytes.0 += packet.pointee.wireLength
    } else {
      packets.1 += 1
      bytes.1 += packet.pointee.wireLength
      if isError {
        let fields = packet.pointee.fields
        error = error ?? (fields.icmpType, fields.icmpCode, fields.source)
      } else {
        answers += 1
        if answers == 1, key.proto == .tcp, flags.contains(.rst) { wasRefused = true }
      }
    }
  }
}
