/// What became of one flow in one mode beside its ``FlowProgress``: what few of its packets change.
struct FlowDetails: Sendable {
  /// What pf did with the flow at one hook.
  struct Hook: Sendable {
    /// The interface, -1 for a place that no hook takes yet.
    var interface: Int32 = -1
    var direction = Direction.any
    var passed: Int32 = 0
    var blocked: Int32 = 0
    /// Packets that the default rule passed.
    var byDefault: Int32 = 0
    var statesCreated: Int32 = 0
    var statesMatched: Int32 = 0
    /// The first deciding rule, and the anchor call around it.
    var rule = RuleReference.none
    var translationRule = RuleReference.none
  }
  /// The hooks of the same places in ``FlowProgress``.
  var hooks = (Hook(), Hook(), Hook(), Hook())
  /// Packets by ``Way`` and ``PacketFate``, without those that arrived.
  private var counts: (FateCounts, FateCounts) = (FateCounts(), FateCounts())

  /// The number of packets of one way with one fate, which is not ``PacketFate/arrived``.
  func count(_ way: Way, _ fate: PacketFate) -> Int {
    way == .question ? counts.0[fate] : counts.1[fate]
  }

  /// Counts a packet.
  mutating func count(_ fate: PacketFate, _ way: Way) {
    if way == .question { counts.0.count(fate) } else { counts.1.count(fate) }
  }
}

extension FlowDetails.Hook {
  /// Adds a packet's result.
  mutating func note(_ result: HookResult) {
    if result.verdict == .pass || result.isHeld {
      Self.count(&passed)
    } else if result.verdict == .block {
      Self.count(&blocked)
    }
    if result.rule == .defaultRule, result.state == .none { Self.count(&byDefault) }
    if result.state == .created { Self.count(&statesCreated) }
    if result.state == .matched { Self.count(&statesMatched) }
    if rule == .none { rule = result.rule }
    if translationRule == .none { translationRule = result.translationRule }
  }

  /// Counts up to what fits.
  @inline(__always)
  private static func count(_ counter: inout Int32) { if counter < .max { counter &+= 1 } }
}
