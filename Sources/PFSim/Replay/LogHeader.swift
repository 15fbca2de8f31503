/// The header in front of a packet on macOS's pflog interface (`struct pfloghdr`).
struct LogHeader {
  /// The header's 64 bytes.
  private(set) var bytes: [UInt8]

  /// Describes a logged packet.
  /// - Parameter interface: The name of the packet's interface.
  init(_ entry: borrowing LogEntry, on interface: String) {
    bytes = [
      61, entry.family.rawValue, entry.action.rawValue, entry.reason.rawValue,
    ]
    bytes += Self.name(interface)
    bytes += Self.name(entry.anchor.split(separator: "/").last.map(String.init) ?? "")
    // Inside an anchor the number is that of the call in the main ruleset.
    let isInAnchor = entry.anchorRule != .none
    bytes += Self.big(isInAnchor ? entry.anchorRule.number : entry.rule.number)
    bytes += Self.big(isInAnchor ? entry.rule.number : -1)
    bytes += Self.little(entry.user) + Self.little(Self.noProcess) + Self.little(0)
    bytes += Self.little(0) + [entry.direction.rawValue, 0, 0, 0]
  }

  /// A whole record: the header and the packet.
  static func record(of entry: borrowing LogEntry, on interface: String) -> [UInt8] {
    var record = LogHeader(entry, on: interface).bytes
    let start = record.count
    record += entry.packet
    // KERNEL: pflog_packet() computes the header checksum of outgoing IPv4 packets anew.
    if entry.direction == .out, entry.packet.first.map({ $0 >> 4 }) == 4 {
      record.withUnsafeMutableBytes { view in
        guard let base = view.baseAddress else { return }
        let count = view.count - start
        IPv4Header(base + start, count: count)?.setChecksum(count: count)
      }
    }
    return record
  }

  /// KERNEL: pflog_packet writes NO_PID: no socket's process is ever looked up.
  private static let noProcess: UInt32 = 100_000

  private static func name(_ text: String) -> [UInt8] {
    let kept = Array(text.utf8.prefix(15))
    return kept + [UInt8](repeating: 0, count: 16 - kept.count)
  }

  private static func big(_ value: Int32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
  }

  private static func little(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
