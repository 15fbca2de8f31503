/// The timeouts of pf in the kernel's order (`PFTM_…`).
public enum Timeout: UInt8, Sendable, Hashable, CaseIterable {
  /// `tcp.first`.
  case tcpFirst
  /// `tcp.opening`.
  case tcpOpening
  /// `tcp.established`.
  case tcpEstablished
  /// `tcp.closing`.
  case tcpClosing
  /// `tcp.finwait`.
  case tcpFinWait
  /// `tcp.closed`.
  case tcpClosed
  /// `udp.first`.
  case udpFirst
  /// `udp.single`.
  case udpSingle
  /// `udp.multiple`.
  case udpMultiple
  /// `icmp.first`.
  case icmpFirst
  /// `icmp.error`.
  case icmpError
  /// `grev1.first` (Apple).
  case greFirst
  /// `grev1.initiating` (Apple).
  case greInitiating
  /// `grev1.estblished` (Apple, spelt so).
  case greEstablished
  /// `esp.first` (Apple).
  case espFirst
  /// `esp.initiating` (Apple; pfctl doesn't print it).
  case espInitiating
  /// `esp.estblished` (Apple, spelt so).
  case espEstablished
  /// `other.first`.
  case otherFirst
  /// `other.single`.
  case otherSingle
  /// `other.multiple`.
  case otherMultiple
  /// `frag`.
  case fragment
  /// `interval`.
  case interval
  /// `adaptive.start`, in states.
  case adaptiveStart
  /// `adaptive.end`, in states.
  case adaptiveEnd
  /// `src.track`.
  case sourceTrack
  /// `tcp.tsdiff`.
  case tcpTimestampDifference

  /// The name in pf.conf and in pfctl's output.
  public var name: String {
    Self.names[Int(rawValue)]
  }

  private static let names = [
    "tcp.first", "tcp.opening", "tcp.established", "tcp.closing", "tcp.finwait", "tcp.closed",
    "udp.first", "udp.single", "udp.multiple", "icmp.first", "icmp.error", "grev1.first",
    "grev1.initiating", "grev1.estblished", "esp.first", "esp.initiating", "esp.estblished",
    "other.first", "other.single", "other.multiple", "frag", "interval", "adaptive.start",
    "adaptive.end", "src.track", "tcp.tsdiff",
  ]

  /// The kernel's default, in seconds (adaptive: states).
  public var kernelDefault: UInt32 {
    Self.kernelDefaults[Int(rawValue)]
  }

  private static let kernelDefaults: [UInt32] = [
    120, 30, 86400, 900, 45, 90, 60, 30, 60, 20, 10, 120, 30, 1800, 120, 30, 900, 60, 30, 60, 30,
    10, 6000, 12000, 0, 30,
  ]
}
