/// The counters of the whole filter (kernel: `pf_status`), in flat memory.
struct FilterStatus {
  /// Reasons, by ``Reason``.
  var reasons: UnsafeMutablePointer<UInt64>
  /// Limits of rules: states, source states, source nodes, source connections, connection rates,
  /// overloads and flushes, by ``LimitCounter``.
  var limits: UnsafeMutablePointer<UInt64>
  /// Searches, insertions and removals of states, then of source nodes.
  var stateSearches: UInt64 = 0
  var stateInsertions: UInt64 = 0
  var stateRemovals: UInt64 = 0
  var sourceSearches: UInt64 = 0
  var sourceInsertions: UInt64 = 0
  var sourceRemovals: UInt64 = 0
  /// When pf was switched on or off.
  var since: UInt32 = 0

  init() {
    reasons = .allocate(capacity: Reason.allCases.count)
    reasons.initialize(repeating: 0, count: Reason.allCases.count)
    limits = .allocate(capacity: LimitCounter.allCases.count)
    limits.initialize(repeating: 0, count: LimitCounter.allCases.count)
  }

  /// Gives the memory back.
  func deallocate() {
    reasons.deallocate()
    limits.deallocate()
  }

  /// Sets every counter to zero.
  mutating func clear() {
    reasons.update(repeating: 0, count: Reason.allCases.count)
    limits.update(repeating: 0, count: LimitCounter.allCases.count)
    (stateSearches, stateInsertions, stateRemovals) = (0, 0, 0)
    (sourceSearches, sourceInsertions, sourceRemovals) = (0, 0, 0)
  }
}

/// The limits of rules that count how often they were met (kernel: `LCNT_…`).
public enum LimitCounter: UInt8, Sendable, Hashable, CaseIterable {
  /// `max`.
  case states
  /// `max-src-states`.
  case sourceStates
  /// `max-src-nodes`.
  case sourceNodes
  /// `max-src-conn`.
  case sourceConnections
  /// `max-src-conn-rate`.
  case sourceConnectionRate
  /// Addresses put into overload tables.
  case overloadTable
  /// States flushed by overloads.
  case overloadFlush

  /// The name in `pfctl -si -v`.
  public var name: String { Self.names[Int(rawValue)] }

  private static let names = [
    "max states per rule", "max-src-states", "max-src-nodes", "max-src-conn",
    "max-src-conn-rate", "overload table insertion", "overload flush states",
  ]
}
