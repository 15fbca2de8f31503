/// How filter rules are evaluated; verdicts and counters are the same either way.
public enum RuleEvaluator: String, Sendable, Hashable, CaseIterable {
  /// By classes once enough packets came by since the last change, else by the walk.
  case automatic
  /// By the kernel's walk with skip steps.
  case plain
  /// By classes from the first packet on, wherever that is exact.
  case fast
}

/// Evaluates the filter rules of a program, by classes or by the walk.
///
/// Each packet that classes cannot judge walks: one that is being watched, one that a translation
/// tagged, one that meets a rule which asks for more than the header.
final class FilterEvaluation {
  /// Which way is taken.
  var evaluator = RuleEvaluator.automatic {
    didSet { rulesWillChange() }
  }
  /// The fewest filter rules for which classes pay.
  static let leastRules = 12

  private let program: Program
  // Behind a pointer, so that no packet pays for reference counts or exclusivity.
  private var fast: UnsafeMutablePointer<FastFilter>?
  /// The packets that classes since given up have judged.
  private var judgedBefore: UInt64 = 0
  /// The packets that still walk before classes are built; -1 before that is worked out.
  private var remaining = -1

  /// Prepares for the rules of a program, which must outlive this.
  init(_ program: Program) { self.program = program }

  deinit { discard() }

  /// Finds the deciding filter rule of a whole packet.
  @inline(__always)
  func evaluate<Observer: EvaluationObserver>(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, _ observer: inout Observer
  ) {
    if Observer.self == NoObserver.self, outcome.tag < 0, outcome.rule == 0 {
      if let fast { return fast.pointee.evaluate(&packet, &outcome, &random) }
      if remaining != .max { count() }
    }
    if Observer.self == NoObserver.self {
      program.walkFilter(&packet, &outcome, &random)
    } else {
      program.walkFilter(&packet, &outcome, &random, &observer)
    }
  }

  /// Counts a packet that walks and builds the classes when it is time.
  @inline(never)
  private func count() {
    if remaining < 0 { remaining = patience }
    guard remaining == 0 else {
      if remaining != .max { remaining -= 1 }
      return
    }
    remaining = .max
    guard let built = FastFilter(program) else { return }
    fast = .allocate(capacity: 1)
    fast?.initialize(to: built)
  }

  /// How many packets shall walk before classes are built.
  ///
  /// Building costs as much as some 2,000 walks over the rules, and as 400,000 rules visited for
  /// the tables that do not depend on their number. Waiting as long bounds the time that
  /// rulesets which change often can lose to that of the walks themselves.
  private var patience: Int {
    switch evaluator {
    case .plain: return .max
    case .fast: return 0
    case .automatic:
      let rules = program.anchors.paths.indices.reduce(0) {
        $0 + program.anchors.records(AnchorTree.list(Int32(truncatingIfNeeded: $1), .filter)).count
      }
      return rules < Self.leastRules ? .max : 2_000 + 400_000 / rules
    }
  }

  /// Must be called before rules, tables or interfaces change: brings counters up to date and
  /// gives up the classes, which later packets build again.
  func rulesWillChange() {
    settle()
    discard()
    remaining = -1
  }

  /// Must be called before counters are read or set: brings those of rules and tables up to date.
  /// - Complexity: One walk for each combination of classes seen since, and O(filter rules).
  func settle() {
    fast?.pointee.flush()
    program.settleVisits()
  }

  /// The packets that were judged by classes so far.
  var judgedByClasses: UInt64 {
    settle()
    return judgedBefore + (fast?.pointee.judged ?? 0)
  }

  private func discard() {
    guard let fast else { return }
    judgedBefore += fast.pointee.judged
    fast.pointee.deallocate()
    fast.deinitialize(count: 1)
    fast.deallocate()
    self.fast = nil
  }
}
