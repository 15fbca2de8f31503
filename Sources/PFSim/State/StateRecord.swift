/// One side of a connection (kernel: `pf_state_peer`).
struct StatePeer {
  /// The highest sequence number sent.
  var sequenceLow: UInt32 = 0
  /// The highest sequence number that may be sent.
  var sequenceHigh: UInt32 = 0
  /// What is added to sequence numbers (`modulate state`), else 0.
  var sequenceOffset: UInt32 = 0
  /// The largest window.
  var maxWindow: UInt16 = 0
  /// The maximum segment size (`synproxy state`), else 0.
  var segmentSize: UInt16 = 0
  /// What `reassemble tcp` remembers, as an index plus one; 0 for nothing.
  var scrub: Int32 = 0
  /// The connection's state on this side, with the kernel's numbers.
  var state: UInt8 = 0
  /// The window scale; bit 7 says that the option was seen.
  var windowScale: UInt8 = 0

  /// Whether the window scale option was seen.
  @inline(__always) var hasWindowScale: Bool { windowScale & 0x80 != 0 }
  /// The shift of the window scale option.
  @inline(__always) var scale: UInt32 { UInt32(windowScale & 0x0f) }
}

/// The kernel's TCP states that pf uses.
enum TCPState {
  static let closed: UInt8 = 0
  static let synSent: UInt8 = 2
  static let established: UInt8 = 4
  static let closing: UInt8 = 7
  static let finWait2: UInt8 = 9
  static let timeWait: UInt8 = 10
  static let proxySource: UInt8 = 11
  static let proxyDestination: UInt8 = 12
}

/// One state (kernel: `pf_state`), in a slab.
struct StateRecord {
  /// The side that sent the first packet.
  var source = StatePeer()
  /// The other side.
  var destination = StatePeer()
  /// The number in order of creation; -1 for a free record.
  var id: Int64 = -1
  /// The rule.
  var rule: Int32 = 0
  /// The translation rule, -1 for none.
  var translationRule: Int32 = -1
  /// The outermost anchor rule, -1 for none.
  var anchorRule: Int32 = -1
  /// The source node of the rule, -1 for none.
  var sourceNode: Int32 = -1
  /// The source node of the translation rule, -1 for none.
  var translationSourceNode: Int32 = -1
  /// The interface's record; ``InterfaceRegistry/all`` for floating states.
  var interface: Int32 = 0
  /// The key's record, -1 once the state is unlinked.
  var key: Int32 = -1
  /// The next older state.
  var previous: Int32 = -1
  /// The next younger state; in a free record the next free one.
  var next: Int32 = -1
  /// The next state of the same key.
  var nextOfKey: Int32 = -1
  /// The next younger state of the same inside host, port and translation rule.
  var nextOfMapping: Int32 = -1
  /// The route of routing options, as an index plus one; 0 for none.
  var route: Int32 = 0
  /// The time of creation in whole seconds.
  var creation: UInt32 = 0
  /// The time of the last packet that counts, in whole seconds.
  var expire: UInt32 = 0
  /// Packets in the direction of creation.
  var packetsForward: UInt32 = 0
  /// Packets in the other direction.
  var packetsBackward: UInt32 = 0
  var bytesForward: UInt64 = 0
  var bytesBackward: UInt64 = 0
  /// The tag, 0 for none.
  var tag: UInt16 = 0
  /// The timeout in force (``Timeout``), or one of the marks below.
  var timeout: UInt8 = 0
  /// `log (all)` of the rule or translation rule.
  var log: UInt8 = 0
  /// Whether packets with options pass.
  var allowOptions = false
  /// Whether the connection counts on its source node.
  var isCounted = false
  /// Whether the key was made by an outgoing packet; kept for records whose key is gone.
  var isOut = false

  /// Killed by an overload; the next purge takes it (kernel: `PFTM_PURGE`).
  static let purge: UInt8 = 254
  /// Taken out of the search; the next purge frees it (kernel: `PFTM_UNLINKED`).
  static let unlinked: UInt8 = 255
}

/// Where a state's routing option sends packets.
struct StateRoute {
  var address = AddressBits.zero
  var interface: Int32 = -1
}
