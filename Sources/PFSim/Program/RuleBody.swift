/// What a rule does, its rare criteria and its counters; plain integers in a slab.
///
/// A body lives as long as a list holds the rule or a state or source node refers to it.
struct RuleBody {
  /// The list that holds the rule: anchor index times six plus kind; -1 for the default rule.
  var list: Int32 = -1
  /// The number in its list; -1 the default rule, -2 a rule taken out of its list.
  var number: Int32 = -1
  /// The action.
  var action = RuleAction.pass
  /// What is logged (``LogOptions``).
  var log: UInt8 = 0
  /// The number of the pflog interface.
  var logInterface: UInt8 = 0
  /// Whether the rule ends the evaluation.
  var quick = false
  /// The direction, 0 for both.
  var direction: UInt8 = 0
  /// The family, 0 for both.
  var family: UInt8 = 0
  /// Whether and how state is kept.
  var keepState = StateKeeping.none
  /// The routing option (``RoutingKind``), 0 for none.
  var routing: UInt8 = 0
  /// How blocked packets are answered.
  var blockReturn = BlockReturn.drop
  /// Whether packets with options may pass.
  var allowOptions = false
  /// Whether filter rules are skipped after this translation.
  var passesTranslated = false
  /// `extfilter` (``EndpointDependence``).
  var externalFilter: UInt8 = 0
  /// `extmap` (``EndpointDependence``).
  var externalMapping: UInt8 = 0
  /// The kind of type-of-service test: 0 none, 1 bits of tos.
  var hasTOS = false
  /// The type-of-service bits.
  var tos: UInt8 = 0
  /// Whether ``matchTag`` must be absent.
  var matchTagNegated = false
  /// Whether states are bound to the interface.
  var interfaceBound = false
  /// Source tracking.
  var sourceTracking = SourceTracking.none
  /// What an overloading source loses.
  var overloadFlush = OverloadFlush.none
  /// What scrub rules do.
  var scrub = ScrubOptions()
  /// The user operator, 0 for none.
  var userOperator: UInt8 = 0
  /// The group operator, 0 for none.
  var groupOperator: UInt8 = 0
  var user: UInt32 = 0
  var user2: UInt32 = 0
  var group: UInt32 = 0
  var group2: UInt32 = 0
  /// The match probability, 0 for no test.
  var probability: UInt32 = 0
  /// The tag a match sets, 0 for none.
  var tag: UInt16 = 0
  /// The tag a packet must carry, 0 for none.
  var matchTag: UInt16 = 0
  /// The routing table, 0 for none.
  var rtable: Int32 = 0
  /// The fingerprint asked for, as an index; -1 for none.
  var fingerprint: Int32 = -1
  /// The called anchor's index, -1 for none.
  var anchor: Int32 = -1
  /// Whether the anchor's children are called.
  var anchorWildcard = false
  /// Whether the rule was freed.
  var isFreed = false
  /// Whether a dummynet rule names a pipe or queue.
  var hasPipe = false
  /// The index of the pool, -1 for none.
  var pool: Int32 = -1
  /// The source's table for its counters, -1 for none.
  var sourceTable: Int32 = -1
  /// The destination's table for its counters, -1 for none.
  var destinationTable: Int32 = -1
  /// Translation: the source side's address.
  var sourceKind = AddressKind.network
  var source = AddressOperand()
  /// Translation: the destination side's address and first port.
  var destinationKind = AddressKind.network
  var destination = AddressOperand()
  var destinationPort: UInt16 = 0
  /// Whether the source is negated.
  var sourceNegated = false
  /// Whether the destination is negated.
  var destinationNegated = false
  /// The index of the overload table, -1 for none.
  var overloadTable: Int32 = -1
  /// Where the rule's own timeouts begin, -1 for none.
  var timeouts: Int32 = -1
  var maxStates: UInt32 = 0
  var maxSourceNodes: UInt32 = 0
  var maxSourceStates: UInt32 = 0
  var maxSourceConnections: UInt32 = 0
  var connectionRateLimit: UInt32 = 0
  var connectionRateSeconds: UInt32 = 0
  /// The states that refer to the rule now.
  var states: UInt32 = 0
  /// The source nodes that refer to the rule now.
  var sourceNodes: UInt32 = 0
  /// What the rule counted.
  var counts = TrafficCounts()

  /// Whether the rule has criteria that a ``RuleRecord`` does not hold.
  var hasMoreCriteria: Bool {
    hasTOS || userOperator != 0 || groupOperator != 0 || probability != 0 || matchTag != 0
      || fingerprint >= 0
  }

  /// Whether a source node is made for its states (kernel: `PFRULE_SRCTRACK`).
  var tracksSources: Bool { sourceTracking != .none }
}

/// Packets and bytes in and out.
public struct TrafficCounts: Sendable, Hashable {
  /// Packets in.
  public var packetsIn: UInt64 = 0
  /// Packets out.
  public var packetsOut: UInt64 = 0
  /// Bytes in.
  public var bytesIn: UInt64 = 0
  /// Bytes out.
  public var bytesOut: UInt64 = 0

  /// Nothing counted.
  public init() {}

  @inline(__always)
  mutating func add(_ bytes: Int, isOut: Bool) {
    if isOut {
      packetsOut &+= 1
      bytesOut &+= UInt64(truncatingIfNeeded: bytes)
    } else {
      packetsIn &+= 1
      bytesIn &+= UInt64(truncatingIfNeeded: bytes)
    }
  }
}
