/// The place of a rule in a loaded ruleset.
public struct RulePlace: Sendable, Hashable {
  /// The path of the ruleset that holds the rule; empty for the main ruleset.
  public var anchor: String
  /// The list.
  public var kind: RuleKind
  /// The rule's number in the list, from 0.
  public var number: Int
}

/// The rules of one list in the order in which the kernel tests them, anchors in their place.
///
/// An anchor that is called twice appears twice. Rules that nothing calls do not appear.
public struct RuleWalk: Sendable {
  /// One visit of a rule.
  struct Step: Sendable {
    /// Where the rule stands.
    var place: RulePlace
    /// The rule; never an anchor call.
    var rule: Rule
    /// The anchor calls around it, outermost first, as indices into ``RuleWalk/calls``.
    var calls: [Int]
  }
  /// One visit of an anchor call.
  struct Call: Sendable {
    /// Where the call stands.
    var place: RulePlace
    /// The anchor rule.
    var rule: Rule
    /// The anchor calls around it, outermost first.
    var calls: [Int]
    /// Whether the called anchors are all part of the ruleset, so that their rules are known.
    var isKnown: Bool
  }
  /// The rules in order.
  private(set) var steps: [Step] = []
  /// The anchor calls, in order.
  private(set) var calls: [Call] = []
  /// The paths whose list of this kind is reached.
  private(set) var reached: Set<String> = []
  /// Whether every visit is listed; false where nested calls multiply beyond measure.
  private(set) var isComplete = true

  private let kind: RuleKind
  private let anchors: [String: Ruleset.Anchor]
  private static let largest = 20_000
  /// KERNEL: the anchor stack of pf_step_into_anchor has 64 frames; deeper calls are skipped.
  private static let deepest = 64

  /// A walk without rules, for lists that are not looked at.
  static func empty(_ kind: RuleKind) -> RuleWalk { RuleWalk(Ruleset(), kind) }

  /// Walks one list of a ruleset from the first anchor (the main ruleset).
  public init(_ ruleset: Ruleset, _ kind: RuleKind) {
    self.kind = kind
    anchors = Dictionary(ruleset.anchors.map { ($0.path, $0) }) { first, _ in first }
    if let main = ruleset.anchors.first { visit(main, calls: []) }
  }

  private mutating func visit(_ anchor: Ruleset.Anchor, calls open: [Int]) {
    reached.insert(anchor.path)
    for (number, rule) in anchor[kind].enumerated() {
      guard steps.count + calls.count < Self.largest else {
        isComplete = false
        return
      }
      let place = RulePlace(anchor: anchor.path, kind: kind, number: number)
      guard let call = rule.anchorCall else {
        steps.append(Step(place: place, rule: rule, calls: open))
        continue
      }
      let targets = targets(of: call)
      calls.append(
        Call(
          place: place, rule: rule, calls: open,
          isKnown: !targets.isEmpty && !call.wildcard))
      guard open.count < Self.deepest else { continue }
      let index = calls.count - 1
      for target in targets { visit(target, calls: open + [index]) }
    }
  }

  /// The rulesets that a call goes to, in the kernel's order.
  private func targets(of call: AnchorCall) -> [Ruleset.Anchor] {
    guard call.wildcard else { return anchors[call.path].map { [$0] } ?? [] }
    let prefix = call.path.isEmpty ? "" : call.path + "/"
    // KERNEL: pf_anchor_compare orders children by the bytes of their whole path.
    return anchors.values.filter { anchor in
      anchor.path.hasPrefix(prefix) && !anchor.path.isEmpty
        && !anchor.path.dropFirst(prefix.count).contains("/")
    }.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
  }
}
