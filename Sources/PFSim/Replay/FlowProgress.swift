/// What became of one flow in one mode so far.
///
/// A plain value without references, which packets change in its place.
struct FlowProgress: Sendable {
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
  /// Whether ``hasArrived(_:)``.
  private var arrived = (question: false, answer: false)
  /// The uplink that the flow uses, -1 for none yet.
  var uplink: Int32 = -1
  /// Packets that met pf.
  var seen = 0
  /// The inner end (VM or host) as the simulation knows it; nil while it is as recorded.
  var inner: FlowEnd?
  /// The inner end as translation shows it to the outside; nil while it is as recorded.
  var outer: FlowEnd?
  /// The first four hooks met, two for each way: all for most flows; others lie in
  /// ``ModeReplay``.
  private var firstHooks = (Hook(), Hook(), Hook(), Hook())
  /// Packets by ``Way`` and ``PacketFate``.
  private var counts: (FateCounts, FateCounts) = (FateCounts(), FateCounts())

  /// The first four hooks, as far as they were met.
  var hooks: [Hook] {
    [firstHooks.0, firstHooks.1, firstHooks.2, firstHooks.3].filter { $0.interface >= 0 }
  }

  /// The number of packets of one way with one fate.
  func count(_ way: Way, _ fate: PacketFate) -> Int {
    way == .question ? counts.0[fate] : counts.1[fate]
  }

  /// Whether a packet of one way got to the other side, or waits in pf for its other fragments.
  func hasArrived(_ way: Way) -> Bool { way == .question ? arrived.question : arrived.answer }

  /// The number of packets with one fate.
  func count(_ fate: PacketFate) -> Int { counts.0[fate] + counts.1[fate] }

  /// Counts a packet.
  mutating func count(_ fate: PacketFate, _ way: Way) {
    let hasArrived = fate == .arrived || fate == .held
    if way == .question {
      counts.0.count(fate)
      if hasArrived { arrived.question = true }
    } else {
      counts.1.count(fate)
      if hasArrived { arrived.answer = true }
    }
  }

  /// Adds what pf did at a hook.
  /// - Returns: Whether the hook is one of the first four.
  @inline(__always)
  mutating func note(
    _ result: HookResult, on interface: Int32, _ direction: Direction
  ) -> Bool {
    if firstHooks.0.takes(interface, direction) {
      firstHooks.0.note(result)
    } else if firstHooks.1.takes(interface, direction) {
      firstHooks.1.note(result)
    } else if firstHooks.2.takes(interface, direction) {
      firstHooks.2.note(result)
    } else if firstHooks.3.takes(interface, direction) {
      firstHooks.3.note(result)
    } else {
      return false
    }
    return true
  }
}

extension FlowProgress.Hook {
  /// Whether this is the hook of an interface and direction, which a free place becomes.
  @inline(__always)
  mutating func takes(_ interface: Int32, _ direction: Direction) -> Bool {
    if self.interface < 0 {
      self.interface = interface
      self.direction = direction
    }
    return self.interface == interface && self.direction == direction
  }

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
    withUnsafeBytes(of: values) { Int($0.bindMemory(to: Int32.self)[Int(fate.rawValue)]) }
  }

  /// Counts a packet, up to what fits.
  @inline(__always)
  mutating func count(_ fate: PacketFate) {
    withUnsafeMutableBytes(of: &values) {
      let counter = $0.baseAddress?.assumingMemoryBound(to: Int32.self)
      guard let counter = counter.map({ $0 + Int(fate.rawValue) }) else { return }
      if counter.pointee < .max { counter.pointee &+= 1 }
    }
  }
}
