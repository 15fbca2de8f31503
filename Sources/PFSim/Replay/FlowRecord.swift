/// What a recording shows of one flow, whatever the mode.
struct FlowRecord: Sendable {
  let key: FlowKey
  /// The side that began, as recorded (behind the address map).
  let source: FlowEnd
  /// The other side.
  let destination: FlowEnd
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

  /// The packets recorded in one way.
  func packets(_ way: Way) -> Int { way == .question ? packets.0 : packets.1 }

  /// Counts a packet of the flow.
  mutating func count(_ packet: RecordedPacket) {
    lastTime = max(lastTime, packet.time)
    if packet.way == .question {
      packets.0 += 1
      bytes.0 += packet.wireLength
    } else {
      packets.1 += 1
      bytes.1 += packet.wireLength
      if packet.fields.isError {
        error =
          error ?? (packet.fields.icmpType, packet.fields.icmpCode, packet.fields.source)
      } else {
        answers += 1
        if answers == 1, key.proto == .tcp, packet.fields.tcpFlags.contains(.rst) {
          wasRefused = true
        }
      }
    }
    if !packet.fields.isError, key.proto == .tcp,
      !packet.fields.tcpFlags.isDisjoint(with: [.fin, .rst])
    {
      isClosing = true
    }
  }
}
