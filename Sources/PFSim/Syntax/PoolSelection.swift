/// How an address of a pool is chosen, with the kernel's numbers (`PF_POOL_…`).
public enum PoolSelection: UInt8, Sendable, Hashable {
  /// The one address as written.
  case none = 0
  /// Network bits of the pool, host bits of the packet.
  case bitmask = 1
  /// At random.
  case random = 2
  /// By a hash of the source.
  case sourceHash = 3
  /// In turn.
  case roundRobin = 4
}
