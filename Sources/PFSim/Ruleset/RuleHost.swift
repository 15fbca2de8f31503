/// One side (source or destination) of a rule.
public struct RuleHost: Sendable, Hashable {
  /// The address part.
  public var address = AddressSpec.any
  /// Whether the address part is negated.
  public var negated = false
  /// The port part; nil for any.
  public var ports: PortMatch?

  /// Any address, any port.
  public init() {}
}
