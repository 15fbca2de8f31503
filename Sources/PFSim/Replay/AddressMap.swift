/// Addresses of a capture that stand for others (`--map A=B`).
public struct AddressMap: Sendable, Hashable {
  /// The pairs; the first that fits is taken.
  public private(set) var pairs: [Pair] = []

  /// One address of the capture and what it stands for.
  public struct Pair: Sendable, Hashable {
    /// The address in the capture.
    public var recorded: IPAddress
    /// The address on the simulated host, of the same family.
    public var simulated: IPAddress
  }

  /// An empty map.
  public init() {}

  /// Adds `A=B`; false where the text is not two addresses of one family.
  public mutating func add(_ text: some StringProtocol) -> Bool {
    let sides = text.split(separator: "=", maxSplits: 1)
    guard sides.count == 2, let recorded = IPAddress(sides[0]),
      let simulated = IPAddress(sides[1]), recorded.family == simulated.family
    else { return false }
    pairs.append(Pair(recorded: recorded, simulated: simulated))
    return true
  }

  /// Whether no address is mapped.
  public var isEmpty: Bool { pairs.isEmpty }

  /// What an address stands for; nil for itself.
  func simulated(_ bits: AddressBits, _ family: AddressFamily) -> AddressBits? {
    pairs.first { $0.recorded.family == family && $0.recorded.bits == bits }?.simulated.bits
  }

  /// Rewrites both ends of a packet, and those of a packet quoted in it.
  /// - Parameter fields: The packet's fields, read again where something changed.
  /// - Returns: Whether the source was one of the mapped addresses.
  func apply(to packet: PacketBuffer, _ fields: inout PacketFields) -> Bool {
    guard !pairs.isEmpty, fields.family != .unspecified else { return false }
    if fields.isError, fields.completeness == .complete { applyToQuotation(packet, fields) }
    var sourceChanged = false
    if let address = simulated(fields.source, fields.family) {
      packet.replaceEnd(isSource: true, fields, address: address, port: nil)
      fields.source = address
      sourceChanged = true
    }
    if let address = simulated(fields.destination, fields.family) {
      packet.replaceEnd(isSource: false, fields, address: address, port: nil)
      fields.destination = address
    }
    return sourceChanged
  }

  private func applyToQuotation(_ packet: PacketBuffer, _ fields: PacketFields) {
    guard let quotation = Quotation(packet, fields) else { return }
    for isSource in [true, false] {
      let inner = Quotation(packet, fields)?.fields ?? quotation.fields
      let old = isSource ? inner.source : inner.destination
      guard let address = simulated(old, inner.family) else { continue }
      let change = packet.replaceEnd(
        isSource: isSource, at: quotation.offset, inner, address: address, port: nil)
      packet.adjustMessage(fields, for: change)
    }
  }

  /// Rewrites sender and target of an ARP packet for IPv4 over Ethernet.
  func apply(toARP packet: PacketBuffer) {
    guard !pairs.isEmpty, packet.count >= 28, packet.base.reading.big32(0) == 0x0001_0800,
      packet.base.reading.big16(4) == 0x0604
    else { return }
    for offset in [14, 24] {
      let old = AddressBits(ipv4: packet.base.reading.big32(offset))
      if let new = simulated(old, .inet) { packet.base.put32(offset, new.ipv4) }
    }
  }
}
