/// One statement of pf.conf as the parser read it, before it is expanded into rules.
enum Statement {
  case setting(Setting)
  case macro(name: String, value: String)
  case scrub(ScrubStatement)
  case filter(FilterStatement)
  case dummynet(FilterStatement, isNo: Bool)
  case translation(TranslationStatement)
  case binat(BinatStatement)
  case anchor(AnchorStatement)
  case listAnchor(ListAnchorStatement)
  case antispoof(AntispoofStatement)
  case table(TableStatement)
  case loadAnchor(name: String, file: String)
}

/// `set …`.
enum Setting {
  case optimization(String)
  case rulesetOptimization(String)
  case timeout(String, Int64)
  case limit(String, Int64)
  case logInterface(String)
  case hostID(Int64)
  case blockPolicy(returns: Bool)
  case requireOrder(Bool)
  case fingerprints(String)
  case statePolicy(ifBound: Bool)
  case debug(String)
  case skip([InterfaceItem])
}

/// `scrub …` and `no scrub …`.
struct ScrubStatement {
  var isNo: Bool
  var direction = Direction.any
  var logQuick = LogQuick()
  var interfaces: [InterfaceItem] = []
  var family = AddressFamily.unspecified
  var protocols: [ProtocolItem] = []
  var fromTo = FromTo()
  var options = ScrubOptions()
  var hasMinTTL = false
  var hasMaxMSS = false
  var tagged: TagMatch?
  var rtable: Int32?
  var place: Place
}

/// How a block rule answers, as written.
enum BlockSpec {
  /// Nothing written: the policy decides.
  case policy
  case drop
  case `return`
  case reset(ttl: UInt8)
  case icmp(UInt16, UInt16)
}

/// `pass …`, `block …`, `dummynet …`.
struct FilterStatement {
  /// Nil for pass.
  var block: BlockSpec?
  var direction = Direction.any
  var logQuick = LogQuick()
  var interfaces: [InterfaceItem] = []
  var route: RouteClause?
  /// Where the family stands, or would stand.
  var familyPlace: Place?
  var family = AddressFamily.unspecified
  var protocols: [ProtocolItem] = []
  var fromTo = FromTo()
  var options = FilterOptions()
  var place: Place
}

/// `nat …` and `rdr …`.
struct TranslationStatement {
  var action: RuleAction
  var passes = false
  var log: LogOptions = []
  var logInterface: UInt8 = 0
  var interfaces: [InterfaceItem] = []
  var family = AddressFamily.unspecified
  var protocols: [ProtocolItem] = []
  var fromTo = FromTo()
  var tag: String?
  var tagged: TagMatch?
  var rtable: Int32?
  var redirection: Redirection?
  var pool = PoolOptions()
  var place: Place
}

/// `binat …`.
struct BinatStatement {
  var isNo: Bool
  var passes = false
  var log: LogOptions = []
  var logInterface: UInt8 = 0
  var interfaces: [InterfaceItem] = []
  var family = AddressFamily.unspecified
  var protocols: [ProtocolItem] = []
  var source: [HostItem] = []
  var destination: [HostItem] = []
  var tag: String?
  var tagged: TagMatch?
  var rtable: Int32?
  var redirection: Redirection?
  var place: Place
}

/// `anchor …`, with or without rules in braces.
struct AnchorStatement {
  var name: String?
  var direction = Direction.any
  var quick = false
  var interfaces: [InterfaceItem] = []
  var family = AddressFamily.unspecified
  var protocols: [ProtocolItem] = []
  var fromTo = FromTo()
  var options = FilterOptions()
  var place: Place
}

/// `nat-anchor …`, `rdr-anchor …`, `binat-anchor …`, `scrub-anchor …`, `dummynet-anchor …`.
struct ListAnchorStatement {
  var action: RuleAction
  var name: String
  var direction = Direction.any
  var interfaces: [InterfaceItem] = []
  var family = AddressFamily.unspecified
  var protocols: [ProtocolItem] = []
  var fromTo = FromTo()
  var rtable: Int32?
  var place: Place
}

/// `antispoof …`.
struct AntispoofStatement {
  var logQuick = LogQuick()
  var interfaces: [InterfaceItem] = []
  var family = AddressFamily.unspecified
  var label: String?
  var rtable: Int32?
  var place: Place
}

/// `table …`.
struct TableStatement {
  /// Where contents come from.
  enum Source {
    case list([HostItem])
    case file(String, Place)
  }
  var name: String
  var isConst = false
  var isPersistent = false
  /// Whether an empty list was written.
  var hasEmptyList = false
  var sources: [Source] = []
  var place: Place
}
