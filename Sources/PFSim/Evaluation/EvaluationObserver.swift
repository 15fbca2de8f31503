/// The criteria of rules, in the order in which filter rules are tested.
public enum Criterion: UInt8, Sendable, Hashable, CaseIterable {
  /// `on`.
  case interface
  /// `in` or `out`.
  case direction
  /// `inet` or `inet6`.
  case family
  /// `proto`.
  case proto
  /// `from` an address.
  case source
  /// `from` a port.
  case sourcePort
  /// `to` an address.
  case destination
  /// `to` a port.
  case destinationPort
  /// `icmp-type`.
  case icmpType
  /// `code`.
  case icmpCode
  /// `tos`.
  case tos
  /// `fragment`, or what fragments do not have.
  case fragment
  /// `flags`.
  case flags
  /// `user`.
  case user
  /// `group`.
  case group
  /// `probability`.
  case probability
  /// `tagged`.
  case tagged
  /// `os`.
  case fingerprint
}

/// Watches a walk over rules.
///
/// The empty implementation costs nothing.
protocol EvaluationObserver {
  /// A walk over one kind of rules begins at the main ruleset.
  mutating func begin(_ kind: RuleKind)
  /// A rule did not match; the walk goes on at a place in its list.
  mutating func failed(_ rule: Int32, _ criterion: Criterion, next: Int32)
  /// A rule matched.
  mutating func matched(_ rule: Int32)
  /// An anchor rule matched and its anchor is entered.
  mutating func entered(_ rule: Int32)
  /// One or more anchors were left; the evaluation ends there or not.
  mutating func left(ends: Bool)
}

/// Watches nothing.
struct NoObserver: EvaluationObserver {
  @inline(__always) mutating func begin(_ kind: RuleKind) {}
  @inline(__always) mutating func failed(_ rule: Int32, _ criterion: Criterion, next: Int32) {}
  @inline(__always) mutating func matched(_ rule: Int32) {}
  @inline(__always) mutating func entered(_ rule: Int32) {}
  @inline(__always) mutating func left(ends: Bool) {}
}

/// Records every step of the walks of one packet.
public struct EvaluationTrace: Sendable, Hashable, EvaluationObserver {
  /// One step.
  public enum Step: Sendable, Hashable {
    /// A walk over one kind of rules begins at the main ruleset.
    case begin(RuleKind)
    /// A rule did not match: the first criterion that failed, and the number of the rule in the
    /// same list where the walk goes on (the list's length for its end).
    case failed(rule: Int32, Criterion, next: Int32)
    /// A rule matched.
    case matched(rule: Int32)
    /// An anchor rule matched and its anchor was entered.
    case entered(rule: Int32)
    /// The walk left one or more anchors; `ends` tells whether an anchor's `quick` ended it.
    case left(ends: Bool)
  }
  /// The steps in order; rules are named by ``RuleReference/id``.
  public private(set) var steps: [Step] = []

  /// An empty trace.
  public init() {}

  mutating func begin(_ kind: RuleKind) { steps.append(.begin(kind)) }
  mutating func failed(_ rule: Int32, _ criterion: Criterion, next: Int32) {
    steps.append(.failed(rule: rule, criterion, next: next))
  }
  mutating func matched(_ rule: Int32) { steps.append(.matched(rule: rule)) }
  mutating func entered(_ rule: Int32) { steps.append(.entered(rule: rule)) }
  mutating func left(ends: Bool) { steps.append(.left(ends: ends)) }
}
