/// The address family of a packet or rule, with macOS's numbers.
public enum AddressFamily: UInt8, Sendable, Hashable {
  /// No family: a rule that fits both.
  case unspecified = 0
  /// IPv4 (`AF_INET`).
  case inet = 2
  /// IPv6 (`AF_INET6` on macOS; other systems number it differently).
  case inet6 = 30

  /// The number of bits in an address of this family; 0 where there is none.
  public var addressBits: Int {
    switch self {
    case .unspecified: 0
    case .inet: 32
    case .inet6: 128
    }
  }
}
