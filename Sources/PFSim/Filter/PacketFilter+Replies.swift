/// A TCP segment that pf makes itself.
struct GeneratedSegment {
  var isIPv6: Bool
  var source: AddressBits
  var destination: AddressBits
  var sourcePort: UInt16
  var destinationPort: UInt16
  var sequence: UInt32
  var acknowledgment: UInt32
  var flags: TCPFlags
  var segmentSize: UInt16 = 0
  var ttl: UInt8 = 0
}

extension PacketFilter {
  func sendTCP(_ segment: GeneratedSegment, skipsFilter: Bool, tag: UInt16) {}
  func sendReset(
    _ run: HookRun, sequence: UInt32, acknowledgment: UInt32, flags: TCPFlags, rule: Int32
  ) {}
  func answer(_ run: inout HookRun, _ translation: Translation) {
    if translation.rule >= 0 { undo(translation, &run) }
  }
  func answerTooBig(_ run: HookRun, mtu: Int) {}
}
