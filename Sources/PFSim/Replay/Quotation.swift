/// The packet that an ICMP error quotes.
struct Quotation {
  /// Where it starts, from the start of the error's IP header.
  let offset: Int
  /// Its fields.
  let fields: PacketFields

  /// Looks into an ICMP error; nil where the quoted headers cannot be read.
  init?(_ packet: PacketBuffer, _ outer: PacketFields) {
    guard outer.isError, outer.completeness == .complete else { return nil }
    offset = outer.networkLength + ICMPHeader.minimumLength
    guard offset < packet.count else { return nil }
    fields = PacketFields(
      packet.base + offset, count: packet.count - offset, isQuotation: true)
    guard fields.family == outer.family, fields.completeness != .malformed else { return nil }
  }
}
