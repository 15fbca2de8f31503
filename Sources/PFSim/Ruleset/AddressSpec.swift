/// An address as rules name it (`struct pf_addr_wrap`).
public enum AddressSpec: Sendable, Hashable {
  /// Any address (a zero mask).
  case any
  /// A host or network. The family is the rule's; the address is masked already.
  case network(AddressBits, mask: AddressBits)
  /// A range, both ends included.
  case range(AddressBits, AddressBits)
  /// `(if)`: the interface's addresses at the time of the packet. `prefixLength` is the `/n`
  /// behind it, or the mask that pfctl filled in; nil for the family's full length.
  case dynamic(interface: String, modifiers: InterfaceModifiers, prefixLength: UInt8?)
  /// A table.
  case table(String)
  /// `no-route`, which macOS never matches.
  case noRoute
  /// `urpf-failed`, which macOS never matches.
  case urpfFailed
  /// `route "label"`, which macOS never matches.
  case routeLabel(String)
}
