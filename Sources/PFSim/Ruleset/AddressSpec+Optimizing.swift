/// What the optimiser asks about addresses.
extension AddressSpec {
  /// Whether an automatic table can take the address in.
  var isCombinable: Bool {
    switch self {
    case .any, .network: true
    default: false
    }
  }

  /// Whether the address covers another of the same family or is the same (`exclude_supersets`).
  func covers(_ other: AddressSpec, sameFamily: Bool) -> Bool {
    if self == other { return true }
    guard sameFamily, case .network(let inner, let innerMask) = other else { return false }
    switch self {
    case .any: return true
    case .network(let outer, let mask):
      return mask.leadingOnes < innerMask.leadingOnes && inner & mask == outer
    default: return false
    }
  }
}
