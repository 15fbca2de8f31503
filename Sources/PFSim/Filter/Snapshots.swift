/// What one rule counted, as `pfctl -sr -vv` shows it.
public struct RuleCounters: Sendable, Hashable {
  /// How often it was visited.
  public var evaluations: UInt64
  /// Packets and bytes that it decided.
  public var traffic: TrafficCounts
  /// The states that refer to it now.
  public var states: Int
  /// The source nodes that refer to it now.
  public var sourceNodes: Int
}

/// One rule of a list, with what it counted.
public struct RuleSnapshot: Sendable, Hashable {
  /// The rule.
  public var rule: Rule
  /// Its identity and number.
  public var reference: RuleReference
  /// What it counted.
  public var counters: RuleCounters
  /// Its skip steps as numbers of rules in its list, in the kernel's order (interface, direction,
  /// family, protocol, source, source port, destination, destination port); the list's length
  /// means its end.
  public var skipSteps: [Int]
}

/// One tracked source as `pfctl -sS` shows it.
public struct SourceNodeSnapshot: Sendable, Hashable {
  /// The source.
  public var address: IPAddress
  /// The translation address that a sticky pool gave it; nil for none yet.
  public var translated: IPAddress?
  /// The rule; none for nodes of all rules.
  public var rule: RuleReference
  /// The number of its states.
  public var states: Int
  /// The number of its established connections.
  public var connections: Int
  /// Packets and bytes.
  public var traffic: TrafficCounts
  /// The rate of connections: count times 1,000, and the limit and seconds of the rule.
  public var rateCount: UInt32
  /// The limit of the rate.
  public var rateLimit: UInt32
  /// The seconds of the rate.
  public var rateSeconds: UInt32
  /// The time of creation, in whole seconds.
  public var creation: UInt32
  /// When it may go, 0 while it has states.
  public var expire: UInt64
}

/// One interface as `pfctl -sI -vv` shows it.
public struct InterfaceSnapshot: Sendable, Hashable {
  /// The name; `ALL` is the pseudo interface of floating states.
  public var name: String
  /// Whether the host has it.
  public var exists: Bool
  /// Whether `set skip on` names it.
  public var isSkipped: Bool
  /// The states bound to it.
  public var states: Int
  /// The rules that name it.
  public var rules: Int
  /// Passed IPv4.
  public var passed4: TrafficCounts
  /// Blocked IPv4.
  public var blocked4: TrafficCounts
  /// Passed IPv6.
  public var passed6: TrafficCounts
  /// Blocked IPv6.
  public var blocked6: TrafficCounts
  /// When the counters were last zero, in whole seconds.
  public var since: UInt32
}

/// The whole filter as `pfctl -si -vv` shows it.
public struct StatusInfo: Sendable, Hashable {
  /// Whether pf is switched on.
  public var isEnabled: Bool
  /// When it was switched on or off, in whole seconds.
  public var since: UInt32
  /// The time, in whole seconds.
  public var now: UInt32
  /// `set debug`.
  public var debug: DebugLevel
  /// `set hostid`.
  public var hostID: UInt32
  /// `set loginterface`, empty for none.
  public var logInterface: String
  /// The number of states.
  public var states: Int
  /// The number of source nodes.
  public var sourceNodes: Int
  /// How often each reason was given, by ``Reason``.
  public var reasons: [UInt64]
  /// How often limits of rules were met, by ``LimitCounter``.
  public var limitCounters: [UInt64]
  /// Searches, insertions and removals of states.
  public var stateSearches: UInt64
  /// Insertions of states.
  public var stateInsertions: UInt64
  /// Removals of states.
  public var stateRemovals: UInt64
  /// Searches for source nodes.
  public var sourceSearches: UInt64
  /// Insertions of source nodes.
  public var sourceInsertions: UInt64
  /// Removals of source nodes.
  public var sourceRemovals: UInt64
  /// The timeouts in force, by ``Timeout``.
  public var timeouts: [UInt32]
  /// The limits in force, by ``Limit``.
  public var limits: [UInt32]
  /// What the default rule counted.
  public var defaultRule: RuleCounters
}
