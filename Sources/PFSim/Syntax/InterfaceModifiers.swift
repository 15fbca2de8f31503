/// The `:network` and its like behind an interface name.
public struct InterfaceModifiers: OptionSet, Sendable, Hashable {
  /// The kernel's bits (`PFI_AFLAG_…`).
  public var rawValue: UInt8
  /// Makes the set from the kernel's bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The interface's networks.
  public static let network = InterfaceModifiers(rawValue: 1)
  /// The interface's broadcast addresses.
  public static let broadcast = InterfaceModifiers(rawValue: 2)
  /// The peers' addresses.
  public static let peer = InterfaceModifiers(rawValue: 4)
  /// `:0`, without aliases.
  public static let noAlias = InterfaceModifiers(rawValue: 8)
}
