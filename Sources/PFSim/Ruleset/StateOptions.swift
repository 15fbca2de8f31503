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
  /// Timeouts of this rule.
  public var timeouts = TimeoutValues()

  /// No options.
  public init() {}
}
