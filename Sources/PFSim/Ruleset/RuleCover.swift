/// Finds the rules of a superblock that others cover (`remove_identical_rules`).
enum RuleCover {
  /// What is compared of one rule.
  struct Candidate: Hashable {
    var key: RuleMergeKey
    var source: AddressSpec
    var destination: AddressSpec
  }

  /// From how many rules on shapes are used instead of comparing each with each.
  private static let largeBlock = 400

  /// The rules of a block that no other covers, in order; of equal rules the first.
  static func maximal(_ block: Range<Int>, _ candidates: MergeCandidates) -> [Int32] {
    let isCovered =
      block.count > largeBlock
      ? ShapeCover(block, candidates).covered() : coveredByPairs(block.map { candidates[$0] })
    var kept: [Int32] = []
    for (rule, isCovered) in zip(block, isCovered) where !isCovered {
      kept.append(Int32(truncatingIfNeeded: rule))
    }
    return kept
  }

  /// Which rules others cover, by comparing each with each.
  static func coveredByPairs(_ candidates: [Candidate]) -> [Bool] {
    var isCovered = [Bool](repeating: false, count: candidates.count)
    for first in candidates.indices where !isCovered[first] {
      for second in (first + 1)..<candidates.count where !isCovered[second] {
        if covers(candidates[first], candidates[second]) {
          isCovered[second] = true
        } else if covers(candidates[second], candidates[first]) {
          isCovered[first] = true
          break
        }
      }
    }
    return isCovered
  }

  /// Whether every packet that fits the second fits the first, as far as pfctl sees it.
  static func covers(_ first: Candidate, _ second: Candidate) -> Bool {
    let outer = first.key
    var inner = second.key
    guard outer.fixed == inner.fixed, outer.sourceNegated == inner.sourceNegated,
      outer.destinationNegated == inner.destinationNegated
    else { return false }
    if outer.interface < 0 {
      inner.interface = -1
      inner.interfaceResidue = 0
    }
    if outer.direction == .any { inner.direction = .any }
    if outer.proto == .any || outer.proto == inner.proto, outer.flags == 0, outer.flagMask == 0 {
      inner.flags = 0
      inner.flagMask = 0
    }
    if outer.proto == .any { inner.proto = .any }
    if outer.sourcePorts == nil { inner.sourcePorts = nil }
    if outer.destinationPorts == nil { inner.destinationPorts = nil }
    let sameFamily = outer.family == inner.family
    if outer.family == .unspecified { inner.family = .unspecified }
    guard outer == inner else { return false }
    return covers(
      first.source, second.source, sameFamily: sameFamily, negated: outer.sourceNegated)
      && covers(
        first.destination, second.destination, sameFamily: sameFamily,
        negated: outer.destinationNegated)
  }

  private static func covers(
    _ outer: AddressSpec, _ inner: AddressSpec, sameFamily: Bool, negated: Bool
  ) -> Bool {
    if outer == .any, !negated { return true }
    // KERNEL: pfctl only asks that both sides are negated, so that the wider network hides the
    // narrower one here too, although it matches less.
    return outer.covers(inner, sameFamily: sameFamily)
  }
}
