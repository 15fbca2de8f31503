/// How many states may live beside the one that a packet made.
public struct StateRoom: Sendable, Hashable {
  /// The most states of all rules together.
  public var ofAll: UInt32
  /// Whether `adaptive.end` sets that bound; else `set limit states` does.
  public var isAdaptive: Bool
  /// The most states of the rule (`max`), 0 for no bound of its own.
  public var ofRule: UInt32
  /// The most states of one source under the rule (`max-src-states`), 0 for no bound of its own.
  public var ofSource: UInt32

  /// Whether something else than the limit on all states bounds them.
  public var isSpecial: Bool { isAdaptive || ofRule > 0 || ofSource > 0 }
}

extension PacketFilter {
  /// How many states may live, for a rule that makes one (kernel: `pf_state_expires()`,
  /// `pf_insert_src_node()`).
  public func stateRoom(of reference: RuleReference) -> StateRoom {
    let limit = limit(.states)
    let end = timeout(.adaptiveEnd)
    // From adaptive.end on every state runs out at once.
    let isAdaptive = end > timeout(.adaptiveStart) && end <= limit
    let options = rule(reference)?.stateOptions
    return StateRoom(
      ofAll: isAdaptive ? end : limit, isAdaptive: isAdaptive, ofRule: options?.max ?? 0,
      ofSource: options?.maxSourceStates ?? 0)
  }
}
