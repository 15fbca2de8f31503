extension TCPFlags {
  /// Reads flags by pf's letters `FSRPAUEW`; nil for other letters.
  public init?(letters text: String) {
    guard let flags = PacketTemplate.flags(text[...]) else { return nil }
    self = flags
  }
}
