/// One rule of pf as the kernel receives it: after macros and lists are expanded.
///
/// The members follow the kernel's `struct pf_rule`. A value of this type is what the parser
/// produces, the printer prints and the compiler turns into a flat record.
public struct Rule: Sendable, Hashable {
  /// What the rule does when it decides.
  public var action: RuleAction
  /// The ruleset that an anchor rule calls; nil for ordinary rules.
  public var anchorCall: AnchorCall?
  /// The direction the rule is for.
  public var direction = Direction.any
  /// Whether and what the rule logs.
  public var log: LogOptions = []
  /// The number N of the pflogN interface the rule logs to.
  public var logInterface: UInt8 = 0
  /// Whether a match ends the evaluation.
  public var quick = false
  /// The interface name the rule is for; nil for any.
  public var interface: String?
  /// Whether the rule is for every interface but ``interface``.
  public var interfaceNegated = false
  /// The family the rule is for.
  public var family = AddressFamily.unspecified
  /// The protocol the rule is for, 0 for any.
  public var proto = IPProtocol.any
  /// The source side.
  public var source = RuleHost()
  /// The destination side.
  public var destination = RuleHost()
  /// The operating system fingerprint asked for, as written; nil for none.
  public var fingerprint: String?
  /// The ICMP type, nil for any; the kernel stores it plus one.
  public var icmpType: UInt8?
  /// The ICMP code, nil for any; the kernel stores it plus one.
  public var icmpCode: UInt8?
  /// The socket owner asked for.
  public var user: IDMatch?
  /// The socket's group asked for.
  public var group: IDMatch?
  /// The TCP flags that must be set, out of ``flagMask``.
  public var flags: UInt8 = 0
  /// The TCP flags looked at; 0 looks at none (`flags any`).
  public var flagMask: UInt8 = 0
  /// The type-of-service bits asked for; nil for none.
  public var tos: UInt8?
  /// Whether and how the rule keeps state.
  public var state = StateKeeping.none
  /// State options; they mean something only where ``state`` keeps some.
  public var stateOptions = StateOptions()
  /// Whether the rule is only for fragments.
  public var fragment = false
  /// Whether packets with IP options may pass.
  public var allowOptions = false
  /// The match probability as the kernel's 32-bit fraction, 0 for no test.
  public var probability: UInt32 = 0
  /// The answer to a blocked packet.
  public var blockReturn = BlockReturn.drop
  /// The label after replacing `$if` and its like; empty for none.
  public var label = ""
  /// The tag that a match sets; empty for none.
  public var tag = ""
  /// The tag that a packet must carry; empty for none.
  public var tagged = ""
  /// Whether the packet must not carry ``tagged``.
  public var taggedNegated = false
  /// The routing table (on macOS an interface scope), nil for none.
  public var rtable: Int32?
  /// The ALTQ queue names; parsed, printed and otherwise ignored.
  public var queue = ""
  /// The ALTQ priority queue name; parsed, printed and otherwise ignored.
  public var priorityQueue = ""
  /// Route-to and its relatives.
  public var routing: Routing?
  /// What scrub rules do.
  public var scrub = ScrubOptions()
  /// Translation: filter rules are skipped after this rule (`nat pass`).
  public var passesTranslated = false
  /// Translation: the addresses and ports put into packets; nil where none was written.
  public var pool: AddressPool?
  /// Dummynet: the pipe or queue.
  public var dummynet: DummynetTarget?
  /// The owner given by who inserted the rule (`[ Owner : … ]`), empty for none.
  public var owner = ""
  /// The priority given by who inserted the rule; rules of a file have 0.
  public var priority: UInt32 = 0
  /// The number that pfctl counts while it loads: rules of all kinds of the anchor together.
  public var loadNumber: Int32 = 0
  /// What an earlier, longer name left behind the interface's name in pfctl's buffer, as a
  /// digest; rules that differ in it are not equal for pfctl's optimiser.
  var interfaceResidue: UInt32 = 0
  /// Where the rule comes from.
  public var provenance: Provenance

  /// Makes a rule that has no criteria.
  public init(action: RuleAction, provenance: Provenance = Provenance()) {
    self.action = action
    self.provenance = provenance
  }
}

/// The actions of rules, with the kernel's numbers (`PF_PASS` …).
public enum RuleAction: UInt8, Sendable, Hashable, CaseIterable {
  /// Let the packet pass.
  case pass = 0
  /// Drop the packet.
  case block = 1
  /// Normalise the packet.
  case scrub = 2
  /// Do not normalise.
  case noScrub = 3
  /// Translate the source.
  case nat = 4
  /// Do not translate the source.
  case noNat = 5
  /// Translate both ways, one to one.
  case binat = 6
  /// Do not translate one to one.
  case noBinat = 7
  /// Redirect the destination.
  case rdr = 8
  /// Do not redirect.
  case noRdr = 9
  /// Only a verdict: answered by the SYN proxy.
  case synproxyDrop = 10
  /// Send through a pipe (Apple).
  case dummynet = 11
  /// Do not send through a pipe (Apple).
  case noDummynet = 12
  /// Translate IPv6 to IPv4 (Apple).
  case nat64 = 13
  /// Do not translate IPv6 to IPv4 (Apple).
  case noNat64 = 14
}

/// A packet's or rule's direction, with the kernel's numbers.
public enum Direction: UInt8, Sendable, Hashable {
  /// Rules: both directions (`PF_INOUT`).
  case any = 0
  /// Into the host.
  case `in` = 1
  /// Out of the host.
  case out = 2
}

/// The six lists of rules that every ruleset has, in the kernel's order.
public enum RuleKind: UInt8, Sendable, Hashable, CaseIterable {
  /// Normalisation.
  case scrub = 0
  /// Pass, block and their anchors.
  case filter = 1
  /// Source translation.
  case nat = 2
  /// One-to-one translation.
  case binat = 3
  /// Redirection (also NAT64).
  case rdr = 4
  /// Dummynet (Apple).
  case dummynet = 5
}

/// What an anchor rule calls.
public struct AnchorCall: Sendable, Hashable {
  /// The name as written, without a trailing `/*`; empty for an unnamed inline anchor.
  public var name: String
  /// The absolute path of the called anchor, without a leading slash and without `/*`.
  public var path: String
  /// Whether the call goes to the anchor's children (`name/*`).
  public var wildcard: Bool
  /// Whether the anchor's rules were written in braces behind the call.
  public var inline: Bool

  /// Makes a call.
  public init(name: String, path: String, wildcard: Bool, inline: Bool = false) {
    self.name = name
    self.path = path
    self.wildcard = wildcard
    self.inline = inline
  }
}

/// What a rule logs.
public struct LogOptions: OptionSet, Sendable, Hashable {
  /// The kernel's bits (`PF_LOG` …).
  public var rawValue: UInt8
  /// Makes the set from the kernel's bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The packet that the rules decide.
  public static let log = LogOptions(rawValue: 1)
  /// Every packet of the state as well.
  public static let all = LogOptions(rawValue: 2)
  /// With the socket's owner.
  public static let user = LogOptions(rawValue: 4)
}

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

/// An address as rules name it (`struct pf_addr_wrap`).
public enum AddressSpec: Sendable, Hashable {
  /// Any address (a zero mask).
  case any
  /// A host or network. The family is the rule's; the address is masked already.
  case network(AddressBits, mask: AddressBits)
  /// A range, both ends included.
  case range(AddressBits, AddressBits)
  /// `(if)`: the interface's addresses at the time of the packet. `prefixLength` is the `/n`
  /// behind it, or the mask that pfctl filled in; nil for the family's full length.
  case dynamic(interface: String, modifiers: InterfaceModifiers, prefixLength: UInt8?)
  /// A table.
  case table(String)
  /// `no-route`, which macOS never matches.
  case noRoute
  /// `urpf-failed`, which macOS never matches.
  case urpfFailed
  /// `route "label"`, which macOS never matches.
  case routeLabel(String)
}

/// The `:network` and its like behind an interface name.
public struct InterfaceModifiers: OptionSet, Sendable, Hashable {
  /// The kernel's bits (`PFI_AFLAG_…`).
  public var rawValue: UInt8
  /// Makes the set from the kernel's bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The interface's networks.
  public static let network = InterfaceModifiers(rawValue: 1)
  /// The interface's broadcast addresses.
  public static let broadcast = InterfaceModifiers(rawValue: 2)
  /// The peers' addresses.
  public static let peer = InterfaceModifiers(rawValue: 4)
  /// `:0`, without aliases.
  public static let noAlias = InterfaceModifiers(rawValue: 8)
}

/// Comparison operators on ports and ids, with the kernel's numbers (`PF_OP_…`).
public enum Comparison: UInt8, Sendable, Hashable {
  /// `a >< b`: between, ends excluded.
  case insideExclusive = 1
  /// `= a`.
  case equal = 2
  /// `!= a`.
  case notEqual = 3
  /// `< a`.
  case less = 4
  /// `<= a`.
  case lessOrEqual = 5
  /// `> a`.
  case greater = 6
  /// `>= a`.
  case greaterOrEqual = 7
  /// `a <> b`: outside.
  case outside = 8
  /// `a:b`: between, ends included.
  case range = 9
}

/// A test of a port; numbers in host order.
public struct PortMatch: Sendable, Hashable {
  /// The operator.
  public var comparison: Comparison
  /// The first operand.
  public var first: UInt16
  /// The second operand of the range operators, else 0.
  public var second: UInt16

  /// Makes a test.
  public init(_ comparison: Comparison, _ first: UInt16, _ second: UInt16 = 0) {
    self.comparison = comparison
    self.first = first
    self.second = second
  }
}

/// A test of a user or group id.
public struct IDMatch: Sendable, Hashable {
  /// The operator.
  public var comparison: Comparison
  /// The first operand; ``unknown`` for `unknown`.
  public var first: UInt32
  /// The second operand of the range operators, else 0.
  public var second: UInt32
  /// The id of a packet without a socket (`UID_MAX`).
  public static let unknown: UInt32 = 0x7fff_ffff

  /// Makes a test.
  public init(_ comparison: Comparison, _ first: UInt32, _ second: UInt32 = 0) {
    self.comparison = comparison
    self.first = first
    self.second = second
  }
}

/// Whether and how a rule keeps state, with the kernel's numbers.
public enum StateKeeping: UInt8, Sendable, Hashable {
  /// No state.
  case none = 0
  /// `keep state`.
  case keep = 1
  /// `modulate state`.
  case modulate = 2
  /// `synproxy state`.
  case synproxy = 3
}

/// The options in parentheses behind `keep state`.
public struct StateOptions: Sendable, Hashable {
  /// `max N`; 0 for none.
  public var max: UInt32 = 0
  /// `no-sync`.
  public var noSync = false
  /// `source-track`.
  public var sourceTrack = SourceTracking.none
  /// `max-src-states N`; 0 for none.
  public var maxSourceStates: UInt32 = 0
  /// `max-src-nodes N`; 0 for none.
  public var maxSourceNodes: UInt32 = 0
  /// `max-src-conn N`; 0 for none.
  public var maxSourceConnections: UInt32 = 0
  /// `max-src-conn-rate N / S`: connections; 0 for none.
  public var connectionRateLimit: UInt32 = 0
  /// `max-src-conn-rate N / S`: seconds.
  public var connectionRateSeconds: UInt32 = 0
  /// `overload <table>`; empty for none.
  public var overloadTable = ""
  /// `flush` behind `overload`.
  public var overloadFlush = OverloadFlush.none
  /// Whether states are bound to the packet's interface.
  public var interfaceBound = false
  /// Timeouts of this rule, in seconds.
  public var timeouts: [Timeout: UInt32] = [:]

  /// No options.
  public init() {}
}

/// Source tracking of a rule.
public enum SourceTracking: UInt8, Sendable, Hashable {
  /// None.
  case none
  /// One node per source address over all such rules.
  case global
  /// One node per source address and rule.
  case rule
}

/// Which states an overloading source loses.
public enum OverloadFlush: UInt8, Sendable, Hashable {
  /// None.
  case none
  /// Those made by the rule.
  case rule
  /// All.
  case global
}

/// How a blocking rule answers.
public struct BlockReturn: Sendable, Hashable {
  /// The kinds of answer.
  public enum Kind: UInt8, Sendable, Hashable {
    /// No answer.
    case drop
    /// A reset for TCP, an ICMP error for others.
    case `return`
    /// A reset (TCP only).
    case returnReset
    /// An ICMP error.
    case returnICMP
  }
  /// The kind of answer.
  public var kind: Kind
  /// The reset's TTL; 0 for the system's.
  public var ttl: UInt8 = 0
  /// The IPv4 error as type in the upper byte, code in the lower; 0 for none.
  public var icmp: UInt16 = 0
  /// The IPv6 error as type in the upper byte, code in the lower; 0 for none.
  public var icmp6: UInt16 = 0
  /// No answer.
  public static let drop = BlockReturn(kind: .drop)

  /// Makes an answer.
  public init(kind: Kind, ttl: UInt8 = 0, icmp: UInt16 = 0, icmp6: UInt16 = 0) {
    self.kind = kind
    self.ttl = ttl
    self.icmp = icmp
    self.icmp6 = icmp6
  }
}

/// A routing option.
public struct Routing: Sendable, Hashable {
  /// The kinds, with the kernel's numbers.
  public enum Kind: UInt8, Sendable, Hashable {
    /// An ordinary route lookup.
    case fastRoute = 1
    /// Route packets in the rule's direction.
    case routeTo = 2
    /// Route a copy.
    case dupTo = 3
    /// Route the replies.
    case replyTo = 4
  }
  /// The kind.
  public var kind: Kind
  /// The next hops; empty for `fastroute`.
  public var pool: AddressPool

  /// Makes an option.
  public init(kind: Kind, pool: AddressPool) {
    self.kind = kind
    self.pool = pool
  }
}

/// What a scrub rule does.
public struct ScrubOptions: Sendable, Hashable {
  /// How fragments are treated.
  public enum Fragments: UInt8, Sendable, Hashable {
    /// Held and put together (the default).
    case reassemble
    /// Passed with overlaps cut away.
    case crop
    /// Passed; a datagram with overlaps is dropped.
    case dropOverlap
  }
  /// `no-df`.
  public var noDF = false
  /// `random-id`.
  public var randomID = false
  /// `min-ttl N`; 0 for none.
  public var minTTL: UInt8 = 0
  /// `max-mss N`; 0 for none.
  public var maxMSS: UInt16 = 0
  /// `fragment …`.
  public var fragments = Fragments.reassemble
  /// `reassemble tcp`.
  public var reassembleTCP = false

  /// No options.
  public init() {}
}

/// The addresses and ports behind `->`, or the next hops of a routing option.
public struct AddressPool: Sendable, Hashable {
  /// How an address is chosen, with the kernel's numbers (`PF_POOL_…`).
  public enum Selection: UInt8, Sendable, Hashable {
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
  /// One element.
  public struct Element: Sendable, Hashable {
    /// The address.
    public var address: AddressSpec
    /// Routing options: the interface, nil where none was written.
    public var interface: String?

    /// Makes an element.
    public init(address: AddressSpec, interface: String? = nil) {
      self.address = address
      self.interface = interface
    }
  }
  /// The elements in the order written.
  public var elements: [Element] = []
  /// How an address is chosen.
  public var selection = Selection.none
  /// The key of ``Selection/sourceHash``, four words as the kernel stores them (host order values
  /// of memory words), else zero.
  public var hashKey: [UInt32] = []
  /// `sticky-address`.
  public var sticky = false
  /// nat: the lowest port (0 and 0: `static-port`); rdr: the first port, 0 for unchanged.
  public var firstPort: UInt16 = 0
  /// nat: the highest port; rdr: the last port, 0 for a single one.
  public var lastPort: UInt16 = 0
  /// The kernel's port operator (`PF_OP_…`) of the pool; 0 where no port was written.
  public var portOperator: UInt8 = 0
  /// `extfilter` (Apple): how replies are matched for UDP.
  public var externalFilter = EndpointDependence.unset
  /// `extmap` (Apple): how ports are chosen for UDP.
  public var externalMapping = EndpointDependence.unset

  /// An empty pool.
  public init() {}
}

/// How far a UDP mapping depends on the remote end, with the kernel's numbers.
public enum EndpointDependence: UInt8, Sendable, Hashable {
  /// Not written.
  case unset = 0
  /// Address and port dependent (`apd`).
  case addressAndPort = 1
  /// Address dependent (`ad`).
  case address = 2
  /// Endpoint independent (`ei`).
  case independent = 3
}

/// Where a dummynet rule sends packets.
public struct DummynetTarget: Sendable, Hashable {
  /// Whether ``number`` names a queue, else a pipe.
  public var isQueue: Bool
  /// The pipe's or queue's number.
  public var number: UInt32

  /// Makes a target.
  public init(isQueue: Bool, number: UInt32) {
    self.isQueue = isQueue
    self.number = number
  }
}
