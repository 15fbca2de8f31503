/// One station of a packet's path.
public struct Hop: Sendable, Hashable {
  /// The interface, empty for stations without one.
  public var interface: String
  /// The direction at a hook of pf, ``Direction/any`` elsewhere.
  public var direction: Direction
  /// The station.
  public var stage: Disposition.Stage
  /// What happened, in a word such as `pass`, `block`, `drop` or `switched`.
  public var verdict: String
  /// Why, in a sentence; empty where nothing is to be said.
  public var reason: String
  /// pf's result, nil at other stations.
  public var result: HookResult?
  /// The deciding rule, nil for none and the default rule.
  public var rule: RuleDescription?
  /// The rule that translated.
  public var translationRule: RuleDescription?
  /// What translation changed, for example `192.168.64.5:50000 → 192.168.1.20:50000`; empty for
  /// nothing.
  public var translation = ""
  /// How many states may live, where the packet made one and more than `set limit states` bounds
  /// them.
  public var stateRoom: StateRoom?
  /// Why every rule of the lists walked did or did not decide; empty unless the host records it.
  public var ruleNotes: [RuleNote] = []

  /// Makes a hop.
  public init(
    interface: String = "", direction: Direction = .any, stage: Disposition.Stage,
    verdict: String, reason: String = ""
  ) {
    self.interface = interface
    self.direction = direction
    self.stage = stage
    self.verdict = verdict
    self.reason = reason
  }

  /// `in` or `out`.
  public var directionName: String { direction == .in ? "in" : "out" }
}

/// A rule as reports quote it.
public struct RuleDescription: Sendable, Hashable {
  /// pfctl's text of the rule.
  public var text: String
  /// Where it stands in a file; nil for rules that no file holds.
  public var location: Provenance.Location?
  /// The path of its ruleset, empty for the main ruleset.
  public var anchor: String
  /// Its number in its list; -2 where the list has been replaced.
  public var number: Int32
}
