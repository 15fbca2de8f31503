/// One instance of macOS's pf: rulesets, tables, states, counters and the clock.
///
/// Everything that the kernel keeps in globals lives here, so several filters run side by side.
/// Not thread-safe: one filter a thread.
public final class PacketFilter {
  /// The host's interfaces, in the order the system lists them.
  ///
  /// Indices into this array name
  /// interfaces in hooks.
  public internal(set) var interfaces: [Interface]
  /// Whether pf is switched on.
  public internal(set) var isEnabled = false
  /// The time in seconds since the filter was made.
  public internal(set) var now: Double = 0
  /// What pf itself sent during the last call of ``process(_:_:on:)``.
  public internal(set) var emitted: [EmittedPacket] = []

  /// Makes a filter without rules, switched off.
  /// - Parameters:
  ///   - interfaces: The host's interfaces; `lo0` is added in front when it is missing.
  ///   - seed: The seed of every random choice.
  public init(interfaces: [Interface], seed: UInt64 = 1) {
    self.interfaces = interfaces
  }

  /// Replaces the rules, tables and (main ruleset) options by those of a parsed file.
  /// - Throws: ``LoadError`` with what the kernel refuses; nothing is replaced then.
  public func load(_ ruleset: Ruleset) throws(LoadError) {}

  /// Switches pf on or off.
  ///
  /// Tokens and references are the host's business.
  public func setEnabled(_ enabled: Bool) { isEnabled = enabled }

  /// Moves the clock forward and purges at the kernel's pace; times in the past are ignored.
  public func advance(to seconds: Double) { now = max(now, seconds) }

  /// Shows a packet to pf at one hook; the buffer holds what goes on afterwards.
  /// - Complexity: No allocation for packets that pf only judges and translates.
  public func process(
    _ packet: PacketBuffer, _ direction: Direction, on interface: Int
  ) -> HookResult {
    HookResult()
  }

  /// The rule of a reference; nil for none and for the default rule.
  public func rule(_ reference: RuleReference) -> Rule? { nil }

  /// The path of the ruleset that holds the rule; empty for the main ruleset.
  public func anchorPath(of reference: RuleReference) -> String { "" }
}

/// A packet that pf made or sent elsewhere.
public struct EmittedPacket: Sendable, Hashable {
  /// The IP packet.
  public var bytes: [UInt8]
  /// The interface that a routing option chose; nil where the host routes by address.
  public var interface: Int?
  /// Whether pf does not look at it again.
  public var skipsFilter: Bool

  /// Makes a packet.
  public init(bytes: [UInt8], interface: Int?, skipsFilter: Bool) {
    self.bytes = bytes
    self.interface = interface
    self.skipsFilter = skipsFilter
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
