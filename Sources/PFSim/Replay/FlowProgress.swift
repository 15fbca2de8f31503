/// What became of one flow in one mode so far.
struct FlowProgress: Sendable {
  /// What pf did with the flow at one hook.
  struct Hook: Sendable {
    var interface: Int32
    var direction: Direction
    var passed = 0
    var blocked = 0
    /// Packets that the default rule passed.
    var byDefault = 0
    var statesCreated = 0
    var statesMatched = 0
    /// The first deciding rule, and the anchor call around it.
    var rule = RuleReference.none
    var translationRule = RuleReference.none
  }
  /// Packets by ``Way`` and ``PacketFate``.
  private var counts: (FateCounts, FateCounts) = (FateCounts(), FateCounts())
  /// The first packet of each way that failed.
  var failures: (PacketFailure?, PacketFailure?) = (nil, nil)
  /// The first packet that failed although the flow worked before and needed it.
  var stall: PacketFailure?
  /// Packets that met pf.
  var seen = 0
  /// The inner end (VM or host) as the simulation knows it; nil while it is as recorded.
  var inner: FlowEnd?
  /// The inner end as translation shows it to the outside; nil while it is as recorded.
  var outer: FlowEnd?
  /// The uplink that the flow uses, -1 for none yet.
  var uplink: Int32 = -1
  /// The hooks met, in the order of the first packet.
  var hooks: [Hook] = []

  /// The number of packets of one way with one fate.
  func count(_ way: Way, _ fate: PacketFate) -> Int {
    way == .question ? counts.0[fate] : counts.1[fate]
  }

  /// The number of packets with one fate.
  func count(_ fate: PacketFate) -> Int { counts.0[fate] + counts.1[fate] }

  /// Counts a packet.
  mutating func count(_ fate: PacketFate, _ way: Way) {
    if way == .question { counts.0[fate] += 1 } else { counts.1[fate] += 1 }
  }

  /// The states that the flow made.
  var statesCreated: Int { hooks.reduce(0) { $0 + $1.statesCreated } }

  /// The failure of one way.
  func failure(_ way: Way) -> PacketFailure? { way == .question ? failures.0 : failures.1 }

  /// Keeps the first failure of each way.
  mutating func note(_ failure: PacketFailure, _ way: Way) {
    if way == .question {
      if failures.0 == nil { failures.0 = failure }
    } else if failures.1 == nil {
      failures.1 = failure
    }
  }

  /// Adds what pf did at a hook.
  mutating func note(_ result: HookResult, on interface: Int32, _ direction: Direction) {
    guard interface >= 0, result.isSeen else { return }
    var index = hooks.firstIndex { $0.interface == interface && $0.direction == direction }
    if index == nil {
      hooks.append(Hook(interface: interface, direction: direction))
      index = hooks.count - 1
    }
    guard let index else { return }
    if result.verdict == .pass || result.isHeld {
      hooks[index].passed += 1
    } else if result.verdict == .block {
      hooks[index].blocked += 1
    }
    if result.rule == .defaultRule, result.state == .none { hooks[index].byDefault += 1 }
    if result.state == .created { hooks[index].statesCreated += 1 }
    if result.state == .matched { hooks[index].statesMatched += 1 }
    if hooks[index].rule == .none { hooks[index].rule = result.rule }
    if hooks[index].translationRule == .none {
      hooks[index].translationRule = result.translationRule
    }
  }
}

/// Counters by ``PacketFate``, without storage of their own.
struct FateCounts: Sendable {
  private var values: (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32) =
    (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

  subscript(fate: PacketFate) -> Int {
    get { withUnsafeBytes(of: values) { Int($0.bindMemory(to: Int32.self)[Int(fate.rawValue)]) } }
    set {
      withUnsafeMutableBytes(of: &values) {
        $0.bindMemory(to: Int32.self)[Int(fate.rawValue)] = Int32(clamping: newValue)
      }
    }
  }
}
