/// What became of one flow in one mode so far, as far as every packet reads or changes it.
///
/// A plain value of two cache lines without references, which packets change in its place. What
/// packets of a working connection do not touch lies in ``FlowDetails``, and ``FlowAccount`` puts
/// both together for reports.
struct FlowProgress: Sendable {
  /// A hook that the flow met.
  fileprivate struct Hook: Sendable {
    /// The interface, -1 for a place that no hook takes yet.
    var interface: Int32 = -1
    /// The packets that passed by a state, and told nothing new of the hook.
    var known: Int32 = 0
    var direction = Direction.any
    /// Whether ``FlowDetails`` has the deciding rule, and the translation rule.
    var hasRule = false
    var hasTranslation = false
  }
  /// Whether ``hasArrived(_:)``.
  private var arrived = (question: false, answer: false)
  /// The uplink that the flow uses, -1 for none yet.
  var uplink: Int32 = -1
  /// The packets that arrived, by ``Way``.
  private var arrivals: (Int32, Int32) = (0, 0)
  /// Packets that met pf.
  var seen = 0
  /// The first four hooks met, two for each way: all for most flows; others lie in
  /// ``ModeReplay``.
  fileprivate var hooks = (Hook(), Hook(), Hook(), Hook())
  /// The inner end as translation shows it to the outside; nil while it is as recorded.
  var outer: FlowEnd?
  /// The inner end (VM or host) as the simulation knows it; nil while it is as recorded.
  var inner: FlowEnd?
  /// Fills the second cache line, so that no flow lies on three.
  private let padding: UInt64 = 0

  /// Whether a packet of one way got to the other side, or waits in pf for its other fragments.
  @inline(__always)
  func hasArrived(_ way: Way) -> Bool { way == .question ? arrived.question : arrived.answer }

  /// The packets of one way that arrived.
  func arrivals(_ way: Way) -> Int { Int(way == .question ? arrivals.0 : arrivals.1) }

  /// The packets that ``FlowDetails`` does not count at one of the first four hooks.
  func known(at hook: Int) -> Int32 {
    switch hook {
    case 0: hooks.0.known
    case 1: hooks.1.known
    case 2: hooks.2.known
    default: hooks.3.known
    }
  }

  /// Counts a packet.
  @inline(__always)
  mutating func count(
    _ fate: PacketFate, _ way: Way, _ details: UnsafeMutablePointer<FlowDetails>
  ) {
    if fate == .arrived {
      if way == .question { Self.count(&arrivals.0) } else { Self.count(&arrivals.1) }
    } else {
      details.pointee.count(fate, way)
      guard fate == .held else { return }
    }
    if way == .question { arrived.question = true } else { arrived.answer = true }
  }

  /// Adds what pf did at a hook.
  /// - Returns: Whether the hook is one of the first four.
  @inline(__always)
  mutating func note(
    _ result: HookResult, on interface: Int32, _ direction: Direction,
    _ details: UnsafeMutablePointer<FlowDetails>
  ) -> Bool {
    if hooks.0.takes(interface, direction) {
      hooks.0.note(result, &details.pointee.hooks.0)
    } else if hooks.1.takes(interface, direction) {
      hooks.1.note(result, &details.pointee.hooks.1)
    } else if hooks.2.takes(interface, direction) {
      hooks.2.note(result, &details.pointee.hooks.2)
    } else if hooks.3.takes(interface, direction) {
      hooks.3.note(result, &details.pointee.hooks.3)
    } else {
      return false
    }
    return true
  }

  /// Adds packets of one way that arrived by states and told nothing new of their two hooks.
  mutating func add(_ count: Int32, _ way: Way, in inbound: Int32, out outbound: Int32) {
    guard count > 0 else { return }
    let arrived = Self.sum(arrivals(way), count)
    if way == .question { arrivals.0 = arrived } else { arrivals.1 = arrived }
    seen += Int(count)
    forEachHook { hook in
      guard
        hook.interface == inbound && hook.direction == .in
          || hook.interface == outbound && hook.direction == .out
      else { return }
      hook.known = Self.sum(Int(hook.known), count)
    }
  }

  /// Whether the hook of an interface and direction is one of the first four.
  mutating func knows(_ interface: Int32, _ direction: Direction) -> Bool {
    var found = false
    forEachHook { found = found || $0.interface == interface && $0.direction == direction }
    return found
  }

  private mutating func forEachHook(_ body: (inout Hook) -> Void) {
    body(&hooks.0)
    body(&hooks.1)
    body(&hooks.2)
    body(&hooks.3)
  }

  private static func sum(_ counter: Int, _ count: Int32) -> Int32 {
    Int32(clamping: counter + Int(count))
  }

  /// Counts up to what fits.
  @inline(__always)
  fileprivate static func count(_ counter: inout Int32) { if counter < .max { counter &+= 1 } }
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

  /// Adds a packet's result, to the details only where it says more than most.
  @inline(__always)
  fileprivate mutating func note(_ result: HookResult, _ details: inout FlowDetails.Hook) {
    if result.verdict == .pass, result.state == .matched, hasRule,
      hasTranslation || result.translationRule.id < 0
    {
      FlowProgress.count(&known)
    } else {
      noteDetails(result, &details)
    }
  }

  @inline(never)
  private mutating func noteDetails(_ result: HookResult, _ details: inout FlowDetails.Hook) {
    details.interface = interface
    details.direction = direction
    details.note(result)
    hasRule = details.rule != .none
    hasTranslation = details.translationRule != .none
  }
}
