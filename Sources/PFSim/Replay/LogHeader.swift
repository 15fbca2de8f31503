/// The header in front of a packet on macOS's pflog interface (`struct pfloghdr`).
struct LogHeader {
  /// The header's 64 bytes.
  private(set) var bytes: [UInt8]

  /// Describes a logged packet.
  init(
    _ result: HookResult, _ direction: Direction, _ interface: String, _ packet: PacketBuffer,
    _ host: Host
  ) {
    let isIPv6 = packet.bytes.first.map { $0 >> 4 == 6 } ?? false
    let rule = host.filter.rule(result.rule)
    let path = host.filter.anchorPath(of: result.rule)
    let family = isIPv6 ? AddressFamily.inet6 : .inet
    bytes = [61, family.rawValue, rule?.action.rawValue ?? 0, result.reason.rawValue]
    bytes += Self.name(interface)
    bytes += Self.name(path.split(separator: "/").last.map(String.init) ?? "")
    // Inside an anchor the number is that of the call in the main ruleset.
    let isInAnchor = result.anchorRule != .none
    bytes += Self.big(isInAnchor ? result.anchorRule.number : result.rule.number)
    bytes += Self.big(isInAnchor ? result.rule.number : -1)
    bytes += Self.little(0x7fff_ffff) + Self.little(100_000) + Self.little(0) + Self.little(0)
    bytes += [direction.rawValue, 0, 0, 0]
  }

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
