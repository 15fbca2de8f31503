/// What pf does with a packet at one hook.
public enum Verdict: UInt8, Sendable, Hashable {
  /// The packet goes on.
  case pass
  /// The packet is dropped, or held as a fragment (see ``HookResult/isHeld``).
  case block
  /// Answered by the SYN proxy and consumed.
  case synproxyDrop
  /// Sent elsewhere by a routing option.
  case consumed
  /// Continued in the other family (Apple's NAT64).
  case nat64
  /// pfsim cannot tell; ``HookResult/undetermined`` says why.
  case undetermined
}

/// Why pf did so, with the kernel's numbers (`PFRES_…`); also the counters of `pfctl -si`.
public enum Reason: UInt8, Sendable, Hashable, CaseIterable {
  /// A rule, or the default rule.
  case match = 0
  /// Unused in macOS.
  case badOffset
  /// A bad fragment.
  case fragment
  /// A header that is cut short.
  case short
  /// Dropped by normalisation.
  case normalize
  /// A limit on memory.
  case memory
  /// A TCP timestamp that cannot be.
  case badTimestamp
  /// Never on macOS.
  case congestion
  /// IP options or a routing header without `allow-opts`.
  case ipOption
  /// A bad checksum where a reset was due.
  case protocolChecksum
  /// Outside the TCP window.
  case stateMismatch
  /// A state with this key exists.
  case stateInsert
  /// A rule's `max`.
  case stateLimit
  /// `max-src-…`.
  case sourceLimit
  /// The SYN proxy.
  case synproxy
  /// A dummynet rule.
  case dummynet
  /// Port 0.
  case invalidPort

  /// The name in `pfctl -si`.
  public var name: String { Self.names[Int(rawValue)] }

  private static let names = [
    "match", "bad-offset", "fragment", "short", "normalize", "memory", "bad-timestamp",
    "congestion", "ip-option", "proto-cksum", "state-mismatch", "state-insert", "state-limit",
    "src-limit", "synproxy", "dummynet", "invalid-port",
  ]
}

/// Names a rule of a loaded ruleset.
public struct RuleReference: Sendable, Hashable {
  /// The identity of the rule object, unique in a ``PacketFilter`` also over reloads.
  public var id: Int32
  /// The rule's number in its list; -1 the default rule; -2 a rule of a list since replaced.
  public var number: Int32

  /// Makes a reference.
  @inlinable
  public init(id: Int32, number: Int32) {
    self.id = id
    self.number = number
  }

  /// The default rule.
  public static let defaultRule = RuleReference(id: 0, number: -1)
  /// No rule: pf did not get that far, or nothing translates.
  public static let none = RuleReference(id: -1, number: .min)
}

/// How a packet met the state table.
public enum StateEvent: UInt8, Sendable, Hashable {
  /// It has no state.
  case none
  /// It made one.
  case created
  /// It belongs to one.
  case matched
}

/// Why pfsim leaves a verdict open.
public enum UndeterminedReason: UInt8, Sendable, Hashable, CaseIterable {
  /// Nothing is open.
  case none
  /// The kernel would panic: overlapping IPv6 fragments under `scrub fragment crop`.
  case kernelPanic
  /// A user or group rule met a packet whose socket is not known.
  case unknownSocket
  /// A rule asked for an operating system that pfsim's own fingerprints do not hold.
  case unknownSystem
  /// Anchor calls multiply beyond what a walk goes into.
  case endlessAnchors
  /// A construct that is not modelled.
  case notModelled
}

/// The result of one hook: what pf did with the packet and which rules decided.
///
/// A plain value without references, filled per packet without allocating.
public struct HookResult: Sendable, Hashable {
  /// The verdict.
  public var verdict = Verdict.pass
  /// Why.
  public var reason = Reason.match
  /// Why the verdict is open, where it is ``Verdict/undetermined``.
  public var undetermined = UndeterminedReason.none
  /// The status counters that moved, as a bit set by ``Reason``.
  public var counters: UInt32 = 0
  /// The deciding rule; ``RuleReference/none`` where pf did not get that far.
  public var rule = RuleReference.none
  /// The outermost anchor rule around ``rule``, or none.
  public var anchorRule = RuleReference.none
  /// The translation rule of the state, or that matched; or none.
  public var translationRule = RuleReference.none
  /// How the packet met the state table.
  public var state = StateEvent.none
  /// The state's number in order of creation, from 0; -1 for none.
  public var stateID: Int64 = -1
  /// Where the state lies in the filter's table, -1 for none.
  var statePlace: Int32 = -1
  /// Whether the fragment is kept for reassembly.
  public var isHeld = false
  /// Whether the hook logs the packet.
  public var isLogged: Bool { logFlags != 0 }
  /// The kernel's log flag of the hook: 0 nothing, 1 forced, else the state's log bits.
  public var logFlags: UInt8 = 0
  /// Whether the packet's bytes changed.
  public var isChanged = false
  /// The packet's tag afterwards, 0 for none.
  public var tag: UInt16 = 0
  /// Whether pf looked at the packet at all (false: pf off, skipped interface, own packet).
  public var isSeen = false

  /// A pass of a packet that pf did not look at.
  public init() {}
}
