/// What a recording shows of one flow, whatever the mode.
///
/// A plain value without references, which packets count in its place in the ``FlowTable``.
struct FlowRecord: Sendable {
  let key: FlowKey
  /// Whether the side that began is the key's first end.
  let beganFirst: Bool
  /// Who the sides are.
  let sender: Party
  let receiver: Party
  /// The frame that began it.
  let firstPacket: Int
  let firstTime: CaptureTime
  var lastTime: CaptureTime
  /// Packets and bytes by ``Way``.
  var packets = (0, 0)
  var bytes = (0, 0)
  /// Whether the first TCP packet was a SYN: else the recording began in the middle.
  var beganWithSYN = false
  /// Whether the answer's first TCP packet was a reset.
  var wasRefused = false
  /// Whether either side closed or reset the connection.
  var isClosing = false
  /// The first ICMP error that answered: type and code, and who sent it.
  var error: (type: UInt8, code: UInt8, sender: AddressBits)?
  /// Packets of the answering side that are no ICMP errors.
  var answers = 0
  /// The destination before a map replaced it: where an uplink saw the flow arrive.
  var recordedDestination: AddressBits

  /// The side that began, as recorded (behind the address map).
  var source: FlowEnd { beganFirst ? key.first : key.second }
  /// The other side.
  var destination: FlowEnd { beganFirst ? key.second : key.first }

  /// The packets recorded in one way.
  func packets(_ way: Way) -> Int { way == .question ? packets.0 : packets.1 }

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
    if !isError, key.proto == .tcp, !flags.isDisjoint(with: [.fin, .rst]) { isClosing = true }
  }
}
