/// One instance of macOS's pf: rulesets, tables, states, counters and the clock.
///
/// Everything that the kernel keeps in globals lives here, so several filters run side by side.
/// Not thread-safe: one filter a thread.
public final class PacketFilter {
  /// The host's interfaces, in the order the system lists them.
  ///
  /// Indices into this array name
  /// interfaces in hooks. Replacing the list refreshes dynamic addresses; give interfaces that
  /// appear a place at the end, so that indices stay what they were.
  public var interfaces: [Interface] { didSet { interfacesChanged() } }
  /// Whether pf is switched on.
  public internal(set) var isEnabled: Bool {
    get { output.isEnabled }
    set { output.isEnabled = newValue }
  }
  /// The time in seconds since the filter was made.
  public internal(set) var now: Double {
    get { output.now }
    set { output.now = newValue }
  }
  /// What pf itself sent during the last call of ``process(_:_:on:)``.
  public internal(set) var emitted: [EmittedPacket] {
    get { output.emitted }
    _modify {
      output.isLeft = true
      yield &output.emitted
    }
  }
  /// Passes through pf on other interfaces that routing options caused during the last call.
  public internal(set) var nested: [NestedHook] {
    get { output.nested }
    _modify {
      output.isLeft = true
      yield &output.nested
    }
  }
  /// The fragments that a forwarded IPv6 packet, which pf had put together, leaves as; empty for
  /// packets that go on as they are.
  public internal(set) var pieces: [[UInt8]] {
    get { output.pieces }
    _modify {
      output.isLeft = true
      yield &output.pieces
    }
  }
  /// Who owns the sockets of packets, for rules with `user` or `group`.
  public var socketOwner: SocketOwner {
    get { program.socketOwner }
    set { program.socketOwner = newValue }
  }
  /// The fingerprints that rules with `os` go by; `set fingerprints` replaces them.
  public var fingerprints: FingerprintList {
    get { program.fingerprintList }
    set { program.fingerprintList = newValue }
  }
  /// Receives what goes to pflog interfaces; nil costs nothing.
  public var logSink: ((borrowing LogEntry) -> Void)?

  /// How filter rules are evaluated.
  public var evaluator: RuleEvaluator {
    get { evaluation.evaluator }
    set {
      evaluation.evaluator = newValue
      output.walksPlainly = newValue == .plain
    }
  }
  /// Whether packets may take the short way (``passEstablished(_:isOut:_:_:)``).
  @inline(__always) var hasShortWay: Bool {
    output.isEnabled && !output.walksPlainly && !output.isDummynetLoaded
  }

  let program = Program()
  let evaluation: FilterEvaluation
  @Unshared var states = StateTable()
  @Unshared var sourceNodes = SourceNodes()
  @Unshared var status = FilterStatus()
  @Unshared var random: RandomSource
  /// What ``expectState(_:)`` goes by.
  @Unshared var lastChoice = PortChoice()
  @Unshared var normalizer = Normalizer()
  /// What `reassemble tcp` remembers of sides of connections.
  var scrubPeers = FlatStorage<TCPScrubPeer>(alignment: 16)
  /// The places of ``scrubPeers`` that are free, plus one.
  var freeScrubPeers: [Int32] = []
  /// Whether dummynet is there; without it its rules are not looked at, as on a Mac on which
  /// nobody called dnctl.
  ///
  /// Pipes let every packet pass.
  public var isDummynetLoaded: Bool {
    get { output.isDummynetLoaded }
    set { output.isDummynetLoaded = newValue }
  }
  /// The timeouts in force, by ``Timeout``.
  let timeouts: UnsafeMutablePointer<UInt32>
  /// The limits in force, by ``Limit``.
  @Unshared var limits: [UInt32]
  /// The clock in whole seconds.
  var second: UInt32 = 0
  /// Whether there ever was something to purge.
  var wasBusy = false
  /// The state that the next purge begins with, -1 for the first.
  var purgeCursor: Int32 = -1
  /// The seconds since fragments and source nodes were purged.
  var purgeLoops: UInt32 = 0
  /// The name of `set loginterface`, empty for none.
  var statisticsInterface = ""
  var debugLevel = DebugLevel.urgent
  var hostID: UInt32 = 0
  /// How deep routing options have called the hook again.
  var nesting = 0
  /// What the public properties of the same names show.
  @Unshared private var output = Output()

  /// What packets ask first, and what the last call left.
  private struct Output {
    var now = 0.0
    var isEnabled = false
    var isDummynetLoaded = false
    var walksPlainly = false
    /// Whether the arrays may hold something.
    var isLeft = false
    var emitted: [EmittedPacket] = []
    var nested: [NestedHook] = []
    var pieces: [[UInt8]] = []
  }

  /// Empties what the last call of ``process(_:_:on:)`` left.
  @inline(__always)
  func forgetLastCall() {
    if output.isLeft { emptyOutput() }
  }

  @inline(never)
  private func emptyOutput() {
    output.emitted.removeAll()
    output.nested.removeAll()
    output.pieces.removeAll()
    output.isLeft = false
  }

  /// Makes a filter without rules, switched off.
  /// - Parameters:
  ///   - interfaces: The host's interfaces; `lo0` is added in front when it is missing.
  ///   - seed: The seed of every random choice.
  public init(interfaces: [Interface], seed: UInt64 = 1) {
    self.interfaces = Self.withLoopback(interfaces)
    evaluation = FilterEvaluation(program)
    _random = Unshared(wrappedValue: RandomSource(seed: seed))
    timeouts = .allocate(capacity: Timeout.allCases.count)
    for timeout in Timeout.allCases {
      (timeouts + Int(timeout.rawValue)).initialize(to: timeout.kernelDefault)
    }
    _limits = Unshared(wrappedValue: Limit.allCases.map(\.kernelDefault))
    program.interfaces.attach(self.interfaces)
  }

  deinit {
    timeouts.deallocate()
    states.deallocate()
    sourceNodes.deallocate()
    status.deallocate()
    _states.deallocate()
    _sourceNodes.deallocate()
    _status.deallocate()
    _random.deallocate()
    _lastChoice.deallocate()
    _normalizer.deallocate()
    _limits.deallocate()
    _output.deallocate()
    scrubPeers.deallocate()
  }

  private static func withLoopback(_ interfaces: [Interface]) -> [Interface] {
    if interfaces.contains(where: { $0.name == "lo0" }) { return interfaces }
    var loopback = Interface(name: "lo0")
    for (text, length) in [("127.0.0.1", UInt8(8)), ("::1", 128), ("fe80::1", 64)] {
      guard let address = IPAddress(text) else { continue }
      loopback.addresses.append(.init(address: address, prefixLength: length))
    }
    return [loopback] + interfaces
  }

  /// Switches pf on or off.
  ///
  /// Tokens and references are the host's business.
  public func setEnabled(_ enabled: Bool) {
    guard enabled != isEnabled else { return }
    isEnabled = enabled
    status.since = second
  }

  /// The value of a timeout, in seconds (adaptive: states).
  @inline(__always)
  func timeout(_ timeout: Timeout) -> UInt32 { timeouts[Int(timeout.rawValue)] }

  /// The value of a limit.
  func limit(_ limit: Limit) -> UInt32 { limits[Int(limit.rawValue)] }

  /// The rule of a reference; nil for none and for the default rule.
  public func rule(_ reference: RuleReference) -> Rule? {
    guard reference.id > 0, Int(reference.id) < program.rules.count else { return nil }
    return program.rules[Int(reference.id)]
  }

  /// The path of the ruleset that holds the rule; empty for the main ruleset.
  public func anchorPath(of reference: RuleReference) -> String {
    program.path(of: reference.id)
  }

  /// The reference of a rule id; -1 gives none.
  @inline(__always)
  func reference(_ id: Int32) -> RuleReference {
    id < 0 ? .none : RuleReference(id: id, number: program.body(id).pointee.number)
  }
}

/// A pass through pf on another interface, caused by a routing option.
public struct NestedHook: Sendable, Hashable {
  /// The interface.
  public var interface: Int
  /// What pf did there; the direction is always out.
  public var result: HookResult
}

/// A packet that pf made or sent elsewhere.
public struct EmittedPacket: Sendable, Hashable {
  /// The IP packet.
  public var bytes: [UInt8]
  /// The interface that a routing option chose; nil where the host routes by address.
  public var interface: Int?
  /// Whether pf does not look at it again.
  public var skipsFilter: Bool
  /// How many pieces of the same packet follow this one, where a routed packet was too long for
  /// its interface; nil for whole packets.
  public var followingPieces: Int?

  /// Makes a packet.
  public init(bytes: [UInt8], interface: Int?, skipsFilter: Bool, followingPieces: Int? = nil) {
    self.bytes = bytes
    self.interface = interface
    self.skipsFilter = skipsFilter
    self.followingPieces = followingPieces
  }
}

/// What the kernel refuses about a ruleset.
public struct LoadError: Error, Sendable, Hashable {
  /// What is wrong, in pfctl's words where it has some.
  public var message: String
  /// Where the cause stands; nil where it has no place.
  public var location: Provenance.Location?

  /// Makes an error.
  public init(message: String, location: Provenance.Location? = nil) {
    self.message = message
    self.location = location
  }
}
