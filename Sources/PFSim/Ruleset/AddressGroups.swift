/// The rules of a superblock that agree in everything but one address, for the optimiser's tables.
struct AddressGroups {
  /// Which address is the same.
  enum Side {
    case sameSource
    case sameDestination
  }

  /// The rules, as indices into the optimiser's.
  let block: [Int32]
  /// For each position in ``block`` the next one in its group, -1 behind the last.
  private var nextBySource: [Int32]
  private var nextByDestination: [Int32]
  private let candidates: MergeCandidates

  /// Groups rules, which the candidates must outlive.
  init(_ block: [Int32], _ candidates: MergeCandidates) {
    self.block = block
    self.candidates = candidates
    nextBySource = Self.chains(block, candidates, .sameSource)
    nextByDestination = Self.chains(block, candidates, .sameDestination)
  }

  /// Chains the rules whose other address a table can take, and which agree in everything else.
  private static func chains(
    _ block: [Int32], _ candidates: MergeCandidates, _ side: Side
  ) -> [Int32] {
    var next = [Int32](repeating: -1, count: block.count)
    var heads = IndexTable(count: block.count)
    for position in block.indices.reversed() {
      let rule = Int(block[position])
      guard address(candidates, rule, other: side).isCombinable else { continue }
      let key = candidates.key(rule)
      let same = address(candidates, rule, side)
      let head = heads.replace(with: position, key.hashValue ^ same.hashValue) { other in
        let other = Int(block[other])
        return address(candidates, other, side) == same && candidates.key(other) == key
      }
      if let head { next[position] = Int32(truncatingIfNeeded: head) }
    }
    return next
  }

  /// The address that is the same in a group.
  private static func address(
    _ candidates: MergeCandidates, _ rule: Int, _ side: Side
  ) -> AddressSpec {
    side == .sameSource ? candidates.source(rule) : candidates.destination(rule)
  }

  /// The address that a table would take.
  private static func address(
    _ candidates: MergeCandidates, _ rule: Int, other side: Side
  ) -> AddressSpec {
    side == .sameSource ? candidates.destination(rule) : candidates.source(rule)
  }

  /// The next free rule behind `other` in the group of `position`.
  ///
  /// Rules that are taken drop out of the chain: none becomes free again.
  mutating func next(
    _ side: Side, of position: Int, after other: Int, _ isFree: (Int) -> Bool
  ) -> Int? {
    side == .sameSource
      ? Self.next(&nextBySource, block, candidates, side, position, other, isFree)
      : Self.next(&nextByDestination, block, candidates, side, position, other, isFree)
  }

  private static func next(
    _ chain: inout [Int32], _ block: [Int32], _ candidates: MergeCandidates, _ side: Side,
    _ position: Int, _ other: Int, _ isFree: (Int) -> Bool
  ) -> Int? {
    var last = other
    while chain[last] >= 0 {
      let found = Int(chain[last])
      if !isFree(Int(block[found])) {
        chain[last] = chain[found]
        continue
      }
      let one = address(candidates, Int(block[position]), other: side)
      if one != address(candidates, Int(block[found]), other: side) { return found }
      last = found
    }
    return nil
  }
}
