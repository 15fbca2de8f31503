/// What became of one flow in one mode so far.
struct FlowProgress: Sendable {
  /// What pf did with the flow at one hook.
  struct Hook: Sendable {
    /// The interface, -1 for a place that no hook takes yet.
    var interface: Int32 = -1
    var direction = Direction.any
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
  /// Packets that met pf.
  var seen = 0
  /// The inner end (VM or host) as the simulation knows it; nil while it is as recorded.
  var inner: FlowEnd?
  /// The inner end as translation shows it to the outside; nil while it is as recorded.
  var outer: FlowEnd?
  /// The uplink that the flow uses, -1 for none yet.
  var uplink: Int32 = -1
  /// The first two hooks met, which are all for most flows.
  private var firstHooks = (Hook(), Hook())
  private var otherHooks: [Hook] = []

  /// The hooks met, in the order of the first packet.
  var hooks: [Hook] {
    [firstHooks.0, firstHooks.1].filter { $0.interface >= 0 } + otherHooks
  }

  /// The number of packets of one way with one fate.
  func count(_ way: Way, _ fate: PacketFate) -> Int {
    way == .question ? counts.0[fate] : counts.1[fate]
  }

  /// Whether a packet of one way got to the other side, or waits in pf for its other fragments.
  func hasArrived(_ way: Way) -> Bool { count(way, .arrived) > 0 || count(way, .held) > 0 }

  /// The number of packets with one fate.
  func count(_ fate: PacketFate) -> Int { counts.0[fate] + counts.1[fate] }

  /// Counts a packet.
  mutating func count(_ fate: PacketFate, _ way: Way) {
    if way == .question { counts.0[fate] += 1 } else { counts.1[fate] += 1 }
  }

  /// The states that the flow made.
  var statesCreated: Int { hooks.reduce(0) { $0 + $1.statesCreated } }

  /// Adds what pf did at a hook.
  mutating func note(_ result: HookResult, on interface: Int32, _ direction: Direction) {
    guard interface >= 0, result.isSeen else { return }
    if firstHooks.0.takes(interface, direction) { return firstHooks.0.note(result) }
    if firstHooks.1.takes(interface, direction) { return firstHooks.1.note(result) }
    for index in otherHooks.indices where otherHooks[index].takes(interface, direction) {
      otherHooks[index].note(result)
      return
    }
    var hook = Hook(interface: interface, direction: direction)
    hook.note(result)
    otherHooks.append(hook)
  }
}

extension FlowProgress.Hook {
  /// Whether this is the hook of an interface and direction, which a free place becomes.
  @inline(__always)
  fileprivate mutating func takes(_ interface: Int32, _ direction: Direction) -> Bool {
    if self.interface < 0 {
      self.interface = interface
      self.direction = direction
    }
    return self.interface == interface && self.direction == direction
  }

  /// Adds a packet's result.
  fileprivate mutating func note(_ result: HookResult) {
    if result.verdict == .pass || result.isHeld {
      passed += 1
    } else if result.verdict == .block {
      blocked += 1
    }
    if result.rule == .defaultRule, result.state == .none { byDefault += 1 }
    if result.state == .created { statesCreated += 1 }
    if result.state == .matched { statesMatched += 1 }
    if rule == .none { rule = result.rule }
    if translationRule == .none { translationRule = result.translationRule }
  }
}

/// The packets of one flow that failed in one mode; flows without any have none.
struct FlowFailures: Sendable {
  /// The first packet of each way that failed.
  private(set) var question: PacketFailure?
  private(set) var answer: PacketFailure?
  /// The first packet that failed although the flow worked before and needed it.
  private(set) var stall: PacketFailure?

  /// The failure of one way.
  func first(_ way: Way) -> PacketFailure? { way == .question ? question : answer }

  /// Keeps the first failure of each way, and the first of a packet that the flow needed.
  mutating func note(_ failure: PacketFailure, _ way: Way, isNeeded: Bool) {
    if way == .question {
      question = question ?? failure
    } else {
      answer = answer ?? failure
    }
    if isNeeded { stall = stall ?? failure }
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
