/// One state (kernel: `pf_state`), in a slab: two cache lines that hold what packets need.
///
/// What only the creation, the purge and rare rules need is in ``StateExtras``.
struct StateRecord {
  /// The hosts that the search compares and the translation writes.
  var hosts = StateHosts()
  /// The number in order of creation; -1 for a free record.
  var id: Int64 = -1
  /// The rule.
  var rule: Int32 = 0
  /// The translation rule, -1 for none.
  var translationRule: Int32 = -1
  /// The outermost anchor rule, -1 for none.
  var anchorRule: Int32 = -1
  /// The interface's record; ``InterfaceRegistry/all`` for floating states.
  var interface: Int32 = 0
  /// The next state of the same key, -1 for none; if-bound ones come before floating ones.
  var nextOfKey: Int32 = -1
  /// The protocol; ICMPv6 is stored as ICMP.
  var proto = IPProtocol.any
  /// UDP: the endpoint dependence; GRE: 1 for PPTP.
  var variant: UInt8 = 0
  var flags: Flags = []
  /// The side that sent the first packet.
  var source = StatePeer()
  /// The other side.
  var destination = StatePeer()
  var bytesForward: UInt64 = 0
  var bytesBackward: UInt64 = 0
  /// Packets in the direction of creation.
  var packetsForward: UInt32 = 0
  /// Packets in the other direction.
  var packetsBackward: UInt32 = 0
  /// The time of the last packet that counts, in whole seconds.
  var expire: UInt32 = 0
  /// The timeout in force (``Timeout``), or one of the marks below.
  var timeout: UInt8 = 0
  /// `log (all)` of the rule or translation rule.
  var log: UInt8 = 0
  /// The tag, 0 for none.
  var tag: UInt16 = 0

  /// What is true of a state.
  struct Flags: OptionSet {
    var rawValue: UInt16
    /// The key was made by an outgoing packet.
    static let isOut = Flags(rawValue: 1)
    /// Packets with options pass.
    static let allowOptions = Flags(rawValue: 1 << 1)
    /// The connection counts on its source node.
    static let isCounted = Flags(rawValue: 1 << 2)
    /// The inside is IPv6.
    static let lanIsIPv6 = Flags(rawValue: 1 << 3)
    /// The outside is IPv6.
    static let gatewayIsIPv6 = Flags(rawValue: 1 << 4)
    /// The addresses are ``WideHosts``.
    static let isWide = Flags(rawValue: 1 << 5)
    /// The search finds the state; else it only waits to be freed.
    static let isLinked = Flags(rawValue: 1 << 6)
    /// Other states have, or had, the same key.
    static let sharesKey = Flags(rawValue: 1 << 7)
    /// ``StateExtras/cookie`` is set, be it to 0.
    static let hasCookie = Flags(rawValue: 1 << 8)
    /// ``StateExtras/route`` is set.
    static let hasRoute = Flags(rawValue: 1 << 9)
    /// ``StateExtras/sourceNode`` or ``StateExtras/translationSourceNode`` was set.
    static let hasSourceNodes = Flags(rawValue: 1 << 10)
    /// A side's packets are normalised (``StateExtras/sourceScrub``).
    static let isScrubbed = Flags(rawValue: 1 << 11)
    /// The state is among those of its mapping (``StateTable/firstMapping(_:_:)``).
    static let isMapped = Flags(rawValue: 1 << 12)
  }

  /// Whether the key was made by an outgoing packet; also known once the state is unlinked.
  @inline(__always) var isOut: Bool { flags.contains(.isOut) }
  /// Whether ``hosts`` are the whole key.
  @inline(__always) var isNarrow: Bool { flags.isDisjoint(with: [.isWide, .hasCookie]) }
  /// Whether the search finds the state.
  @inline(__always) var isLinked: Bool { flags.contains(.isLinked) }

  /// Killed by an overload; the next purge takes it (kernel: `PFTM_PURGE`).
  static let purge: UInt8 = 254
  /// Taken out of the search; the next purge frees it (kernel: `PFTM_UNLINKED`).
  static let unlinked: UInt8 = 255
}

/// What few packets need of a state, at the same place of a slab of its own.
struct StateExtras {
  /// The initiator's cookie of IKE (``StateRecord/Flags/hasCookie``).
  var cookie: UInt64 = 0
  /// The next older state.
  var previous: Int32 = -1
  /// The next younger state; in a free record the next free one.
  var next: Int32 = -1
  /// The next younger state of the same inside host, port and translation rule, -1 for none.
  var nextOfMapping: Int32 = -1
  /// The next older one; the oldest has the youngest here.
  var previousOfMapping: Int32 = -1
  /// The source node of the rule, -1 for none.
  var sourceNode: Int32 = -1
  /// The source node of the translation rule, -1 for none.
  var translationSourceNode: Int32 = -1
  /// The route of routing options, as an index plus one; 0 for none.
  var route: Int32 = 0
  /// The time of creation in whole seconds.
  var creation: UInt32 = 0
  /// What `reassemble tcp` remembers of the first packet's side, as an index plus one; 0 for
  /// nothing.
  var sourceScrub: Int32 = 0
  /// What it remembers of the other side.
  var destinationScrub: Int32 = 0
  /// The client's maximum segment size (`synproxy state`), else 0.
  var segmentSize: UInt16 = 0
}

/// Where a state's routing option sends packets.
struct StateRoute {
  var address = AddressBits.zero
  var interface: Int32 = -1
}
