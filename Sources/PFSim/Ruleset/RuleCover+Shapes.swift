/// Large superblocks: instead of comparing each rule with each, every rule is widened to each
/// shape that occurs, and looked up.
extension RuleCover {
  /// Which parts of a rule are left open.
  private struct Shape: Hashable {
    var anyInterface: Bool
    var anyDirection: Bool
    var anyProtocol: Bool
    var anyFlags: Bool
    var anySourcePort: Bool
    var anyDestinationPort: Bool
    var anyFamily: Bool
    /// The mask of an address; nil for one that only covers itself.
    var sourceMask: AddressBits?
    var destinationMask: AddressBits?

    init(_ candidate: Candidate) {
      let key = candidate.key
      anyInterface = key.interface == nil
      anyDirection = key.direction == .any
      anyProtocol = key.proto == .any
      anyFlags = key.flags == 0 && key.flagMask == 0
      anySourcePort = key.sourcePorts == nil
      anyDestinationPort = key.destinationPorts == nil
      anyFamily = key.family == .unspecified
      sourceMask = Self.mask(candidate.source, key.sourceNegated)
      destinationMask = Self.mask(candidate.destination, key.destinationNegated)
    }

    private static func mask(_ address: AddressSpec, _ isNegated: Bool) -> AddressBits? {
      if isNegated { return nil }
      switch address {
      case .any: return .zero
      case .network(_, let mask): return mask
      default: return nil
      }
    }
  }

  /// Which rules others cover.
  ///
  /// The relation is transitive, so that the order does not matter.
  /// - Complexity: The number of rules times the number of shapes among them.
  static func coveredByShape(_ candidates: [Candidate]) -> [Bool] {
    var firstOfRule: [Candidate: Int] = [:]
    var shapes: Set<Shape> = []
    for (index, candidate) in candidates.enumerated() {
      if firstOfRule[candidate] == nil { firstOfRule[candidate] = index }
      shapes.insert(Shape(candidate))
    }
    return candidates.indices.map { index in
      let candidate = candidates[index]
      for shape in shapes {
        guard let other = firstOfRule[widen(candidate, to: shape)], other != index,
          covers(candidates[other], candidate)
        else { continue }
        // Of rules that cover each other, the first stays.
        if other < index || !covers(candidate, candidates[other]) { return true }
      }
      return false
    }
  }

  private static func widen(_ candidate: Candidate, to shape: Shape) -> Candidate {
    var widened = candidate
    widen(&widened.key, to: shape)
    widened.source = widen(candidate.source, shape.sourceMask)
    widened.destination = widen(candidate.destination, shape.destinationMask)
    return widened
  }

  private static func widen(_ key: inout RuleMergeKey, to shape: Shape) {
    if shape.anyInterface {
      key.interface = nil
      key.interfaceResidue = 0
    }
    if shape.anyDirection { key.direction = .any }
    if shape.anyFlags {
      key.flags = 0
      key.flagMask = 0
    }
    if shape.anyProtocol { key.proto = .any }
    if shape.anySourcePort { key.sourcePorts = nil }
    if shape.anyDestinationPort { key.destinationPorts = nil }
    if shape.anyFamily { key.family = .unspecified }
  }

  private static func widen(_ address: AddressSpec, _ mask: AddressBits?) -> AddressSpec {
    guard let mask else { return address }
    if mask.isZero { return .any }
    guard case .network(let bits, let own) = address, own.leadingOnes >= mask.leadingOnes else {
      return address
    }
    return .network(bits & mask, mask: mask)
  }
}
