/// A routing option.
public struct Routing: Sendable, Hashable {
  /// The kind.
  public var kind: RoutingKind
  /// The next hops; empty for `fastroute`.
  public var pool: AddressPool

  /// Makes an option.
  public init(kind: RoutingKind, pool: AddressPool) {
    self.kind = kind
    self.pool = pool
  }
}
