extension Program {
  /// Whether a packet's sender has an operating system.
  func fingerprintMatches(_ wanted: Int32, _ packet: PacketDescription) -> Bool {
    guard packet.proto == .tcp else { return false }
    return fingerprints[Int(wanted)] == "unknown"
  }
}
