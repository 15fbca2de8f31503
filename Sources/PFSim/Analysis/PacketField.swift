/// The fields by which rules tell packets apart, in the order of the kernel's checks.
///
/// Criteria whose truth no packet shows (tables that change, socket owners, …) are not fields but
/// ``Unknown``s.
public enum PacketField: UInt8, Sendable, Hashable, CaseIterable {
  /// The interface of the hook.
  case interface
  /// In or out.
  case direction
  /// The protocol number.
  case proto
  /// The source address with its family.
  case source
  /// The source port of whole TCP and UDP packets.
  case sourcePort
  /// The destination address with its family.
  case destination
  /// The destination port of whole TCP and UDP packets.
  case destinationPort
  /// Type and code of whole ICMP packets.
  case icmp
  /// The type of service; always 0 for IPv6, as the kernel sees it.
  case tos
  /// Whether the packet is whole.
  case wholeness
  /// The flags of whole TCP packets.
  case tcpFlags
}

/// A criterion that a packet's bytes do not decide.
///
/// Two rules with the same unknown agree about every packet; nothing else is known about it.
/// Claims over unknowns hold whatever the unknowns turn out to be.
public enum UnknownCriterion: Sendable, Hashable {
  /// Membership in a table that programs may change, named with the anchor that asks.
  case table(anchor: String, name: String, isSource: Bool)
  /// An interface's addresses at the time of the packet.
  case dynamic(
    interface: String, modifiers: InterfaceModifiers, prefixLength: UInt8?, isSource: Bool)
  /// An address set that was too large to be split into classes.
  case address(AddressSpec, isSource: Bool)
  /// The sender's operating system.
  case fingerprint(String)
  /// The socket's owner.
  case user(IDMatch)
  /// The socket's group.
  case group(IDMatch)

  /// The criterion in words.
  public var description: String {
    switch self {
    case .table(_, let name, _): "the contents of table <\(name)>, which can change"
    case .dynamic(let interface, _, _, _): "the addresses of (\(interface)) at that time"
    case .address: "a set of addresses too large to be looked at"
    case .fingerprint(let name): "the sender's operating system (os \"\(name)\")"
    case .user: "the socket's owner"
    case .group: "the socket's group"
    }
  }
}
