/// The rules of a superblock that agree in everything but one address, for the optimiser's tables.
struct AddressGroups {
  /// Which address is the same.
  enum Side {
    case sameSource
    case sameDestination
  }

  private struct Key: Hashable {
    var key: RuleMergeKey
    var address: AddressSpec
  }

  /// The rules, as indices into the optimiser's.
  let block: [Int]
  private var bySource: [[Int]] = []
  private var byDestination: [[Int]] = []
  /// The group of each position in ``block``, -1 for rules whose address no table takes.
  private var sourceGroup: [Int]
  private var destinationGroup: [Int]
  /// The place of each position in its group.
  private var sourcePlace: [Int]
  private var destinationPlace: [Int]
  private let candidates: [RuleCover.Candidate]

  /// Groups rules; `candidates` says what counts of each of `block`.
  init(_ block: [Int], _ candidates: [RuleCover.Candidate]) {
    self.block = block
    self.candidates = candidates
    sourceGroup = [Int](repeating: -1, count: block.count)
    destinationGroup = sourceGroup
    sourcePlace = sourceGroup
    destinationPlace = sourceGroup
    var sources: [Key: Int] = [:]
    var destinations: [Key: Int] = [:]
    for (position, rule) in candidates.enumerated() {
      if rule.destination.isCombinable {
        Self.insert(
          position, Key(key: rule.key, address: rule.source), &sources, &bySource,
          &sourceGroup, &sourcePlace)
      }
      if rule.source.isCombinable {
        Self.insert(
          position, Key(key: rule.key, address: rule.destination), &destinations,
          &byDestination, &destinationGroup, &destinationPlace)
      }
    }
  }

  private static func insert(
    _ position: Int, _ key: Key, _ index: inout [Key: Int], _ groups: inout [[Int]],
    _ group: inout [Int], _ place: inout [Int]
  ) {
    let number = index[key, default: groups.count]
    if number == groups.count {
      index[key] = number
      groups.append([])
    }
    group[position] = number
    place[position] = groups[number].count
    groups[number].append(position)
  }

  /// The next free rule behind `other` in the group of `position`.
  func next(_ side: Side, of position: Int, after other: Int, _ isFree: (Int) -> Bool) -> Int? {
    let number = side == .sameSource ? sourceGroup[position] : destinationGroup[position]
    guard number >= 0 else { return nil }
    let group = side == .sameSource ? bySource[number] : byDestination[number]
    var place = (side == .sameSource ? sourcePlace[other] : destinationPlace[other]) + 1
    while place < group.count {
      let candidate = group[place]
      if isFree(block[candidate]), differ(side, position, candidate) { return candidate }
      place += 1
    }
    return nil
  }

  private func differ(_ side: Side, _ one: Int, _ other: Int) -> Bool {
    side == .sameSource
      ? candidates[one].destination != candidates[other].destination
      : candidates[one].source != candidates[other].source
  }
}
