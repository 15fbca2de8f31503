/// The link types that frames can be read from, with libpcap's numbers (`DLT_…`).
public enum LinkType: Int32, Sendable, Hashable, CaseIterable {
  /// BSD loopback: the family in the recording machine's byte order.
  case null = 0
  /// Ethernet.
  case ethernet = 1
  /// IP without a link header.
  case raw = 12
  /// The same under OpenBSD's number.
  case rawOpenBSD = 14
  /// The same under the number that files use.
  case rawFile = 101
  /// OpenBSD loopback: the family in network byte order.
  case loop = 108
  /// Linux "cooked", version 1.
  case linuxCooked = 113
  /// pf's log.
  case pflog = 117
  /// IPv4 without a link header.
  case ipv4 = 228
  /// IPv6 without a link header.
  case ipv6 = 229
  /// Linux "cooked", version 2.
  case linuxCooked2 = 276

  /// The number that a file's header holds.
  var fileNumber: UInt32 {
    switch self {
    case .raw, .rawOpenBSD, .rawFile: 101
    default: UInt32(bitPattern: rawValue)
    }
  }

  /// The names of the types that can be read, for messages.
  static let readable =
    "Ethernet, Linux cooked v1 and v2, null/loopback, raw IP and pflog"
}
