/// The packet that an ICMP error quotes.
struct Quotation {
  /// Where it starts, from the start of the error's IP header.
  let offset: Int
  /// Its fields.
  let fields: PacketFields

  /// Looks into an ICMP error; nil where the quoted headers cannot be read.
  init?(_ packet: PacketBuffer, _ outer: PacketFields) {
    self.init(UnsafeMutableRawBufferPointer(start: packet.base, count: packet.count), outer)
  }

  /// The same for bytes that lie elsewhere; they are only read.
  init?(_ packet: UnsafeMutableRawBufferPointer, _ outer: PacketFields) {
    guard outer.isError, outer.completeness == .complete else { return nil }
    offset = outer.networkLength + ICMPHeader.minimumLength
    guard offset < packet.count, let base = packet.baseAddress else { return nil }
    fields = PacketFields(base + offset, count: packet.count - offset, isQuotation: true)
    guard fields.family == outer.family, fields.completeness != .malformed else { return nil }
  }
}
