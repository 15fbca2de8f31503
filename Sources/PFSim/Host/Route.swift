/// A route of the host.
public struct Route: Sendable, Hashable {
  /// The destination's family.
  public var family: AddressFamily
  /// The destination network, masked.
  public var destination: AddressBits
  /// The length of the destination's prefix; 0 for a default route.
  public var prefixLength: UInt8
  /// The next hop; nil where the destination is on the link.
  public var gateway: IPAddress?
  /// The name of the interface.
  public var interface: String
  /// Whether the route is scoped: used only by what is bound to its interface.
  public var isScoped: Bool

  /// Makes a route; the destination is masked.
  public init(
    to destination: IPAddress, prefixLength: UInt8, via gateway: IPAddress? = nil,
    on interface: String, isScoped: Bool = false
  ) {
    family = destination.family
    self.destination = destination.bits & AddressBits(prefixLength: Int(prefixLength))
    self.prefixLength = prefixLength
    self.gateway = gateway
    self.interface = interface
    self.isScoped = isScoped
  }

  /// The default route of a family.
  public static func `default`(
    _ family: AddressFamily, via gateway: IPAddress?, on interface: String, isScoped: Bool = false
  ) -> Route {
    Route(
      to: IPAddress(family: family, bits: .zero), prefixLength: 0, via: gateway, on: interface,
      isScoped: isScoped)
  }
}
