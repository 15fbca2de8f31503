/// An interface name in a statement.
struct InterfaceItem {
  var name: String
  var isNegated: Bool
  /// Whether the name stands in parentheses (antispoof).
  var isDynamic = false
  var place: Place
}

/// A protocol in a statement.
struct ProtocolItem {
  var proto: IPProtocol
  var place: Place
}

/// A test of a port in a statement.
struct PortItem {
  var match: PortMatch
  var place: Place
}

/// A test of a user or group in a statement.
struct IDItem {
  var match: IDMatch
  var place: Place
}

/// An ICMP type, perhaps with a code.
///
/// Both are kept as the kernel has them, plus one in a byte, so that 255 becomes "any".
struct ICMPItem {
  var storedType: UInt8
  var storedCode: UInt8 = 0
  /// ICMP or ICMPv6, by the keyword.
  var proto: IPProtocol
  var place: Place
}

/// An operating system's name in a statement.
struct SystemItem {
  var name: String
  var place: Place
}

/// One resolved address of a statement (`struct node_host`).
struct HostItem {
  /// What kind of address it is.
  enum Kind: Equatable {
    case network
    /// A range; ``HostItem/mask`` holds its end.
    case range
    case dynamic(String, InterfaceModifiers)
    case table(String)
    case noRoute
    case urpfFailed
    case routeLabel(String)
  }
  var kind = Kind.network
  var family = AddressFamily.unspecified
  var address = AddressBits.zero
  var mask = AddressBits.zero
  var isNegated = false
  /// The interface that a scoped address belongs to.
  var scope: String?
  /// The interface of a next hop; nil for none.
  var hopInterface: String?
  var place = Place.none
  /// Whether a name (of an interface or host) stood for this address.
  var isResolved = false
}

/// The source and destination of a rule.
struct FromTo {
  var source: [HostItem] = []
  var sourcePorts: [PortItem] = []
  var systems: [SystemItem] = []
  var destination: [HostItem] = []
  var destinationPorts: [PortItem] = []
  /// Where it starts, or would start.
  var place: Place?
}

/// `log` and `quick`.
struct LogQuick {
  var log: LogOptions = []
  var logInterface: UInt8 = 0
  var quick = false
  var quickPlace = Place.none
}

/// A routing option.
struct RouteClause {
  var kind: RoutingKind
  var hosts: [HostItem] = []
  var pool = PoolOptions()
}

/// The words behind a pool.
struct PoolOptions {
  var selection = PoolSelection.none
  /// The key of `source-hash`.
  var hashKey: [UInt32] = []
  var isSticky = false
  var isStaticPort = false
  var filter = EndpointDependence.unset
  var mapping = EndpointDependence.unset
}

/// The addresses behind `->`.
struct Redirection {
  var hosts: [HostItem]
  var firstPort: UInt16 = 0
  var lastPort: UInt16 = 0
  /// `port N:*`.
  var isOpenEnded = false
}

/// How a rule asks for a tag.
struct TagMatch {
  var name: String
  var isNegated: Bool
}

/// `keep state` and its relatives with their options.
struct KeepClause {
  var state: StateKeeping
  var options: [StateOption] = []
}

/// One option in the parentheses behind `keep state`.
enum StateOption {
  case max(UInt32)
  case noSync
  /// `source-track`; none where neither `global` nor `rule` follows.
  case sourceTrack(SourceTracking)
  case maxSourceStates(UInt32)
  case maxSourceConnections(UInt32)
  case maxSourceConnectionRate(UInt32, seconds: UInt32)
  case maxSourceNodes(UInt32)
  case overload(table: String, flush: OverloadFlush)
  case ifBound
  case floating
  case timeout(Timeout, UInt32)
}

/// What may stand behind the addresses of a filter rule, in any order.
struct FilterOptions {
  /// What stands behind each `user`, in order.
  var userLists: [[IDItem]] = []
  /// What stands behind each `group`, in order.
  var groupLists: [[IDItem]] = []
  var flags: UInt8 = 0
  var flagMask: UInt8 = 0
  var hasFlags = false
  var icmp: [ICMPItem] = []
  var hasICMP = false
  var tos: UInt8?
  var keep: KeepClause?
  var fragment = false
  var allowOptions = false
  var label: String?
  var queue: String?
  var priorityQueue = ""
  var tag: String?
  var tagged: TagMatch?
  var probability: UInt32 = 0
  var rtable: Int32?
  var dummynet: DummynetTarget?
  /// Where the newest option stands that a check may complain about.
  var place = Place.none

  /// All users asked for; pfctl tries those of the last option first.
  var users: [IDItem] { userLists.reversed().flatMap { $0 } }

  /// All groups asked for, in the same order.
  var groups: [IDItem] { groupLists.reversed().flatMap { $0 } }
}
