/// A row of Softnet's decision tables: V for frames from the VM, H for frames to it.
public enum SoftnetRow: UInt8, Sendable, Hashable {
  /// Softnet was not asked.
  case none = 0
  /// Shorter than an Ethernet header.
  case v1
  /// Another source address than the VM's.
  case v2
  /// An ARP packet that is too short.
  case v3
  /// ARP: another sender hardware address than the VM's.
  case v4
  /// ARP: protocol addresses that are not of four bytes; the process dies.
  case v5
  /// ARP from the leased address.
  case v6
  /// ARP from another address, or the lease ran out.
  case v7
  /// ARP without a lease: probes pass.
  case v8
  /// Neither ARP nor IPv4.
  case v9
  /// Malformed IPv4.
  case v10
  /// The source is the leased address (only on the way to other rows).
  case v11
  /// `--allow`.
  case v12
  /// `--block`.
  case v13
  /// A global destination.
  case v14
  /// The gateway.
  case v15
  /// UDP to a DNS server of the lease, or a malformed UDP header.
  case v16
  /// A malformed UDP header.
  case v17
  /// A DHCP broadcast.
  case v18
  /// Anything else.
  case v19
  /// To the VM: shorter than an Ethernet header.
  case h1
  /// To the VM: ARP or IPv4.
  case h2
  /// To the VM: another EtherType.
  case h3
  /// To the VM: a DHCP answer, learnt.
  case h4

  /// The row's name as the reference writes it, for example `V14`; empty for none.
  public var name: String {
    switch self {
    case .none: ""
    case .h1, .h2, .h3, .h4: "H\(rawValue - SoftnetRow.v19.rawValue)"
    default: "V\(rawValue)"
    }
  }
}
