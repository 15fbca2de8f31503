/// A set of packets as a union of products (``PacketSet``).
public struct PacketRegion: Sendable, Hashable {
  /// The products; they may overlap.
  ///
  /// There are none in the empty region.
  public internal(set) var sets: [PacketSet]

  /// Makes a region.
  public init(_ sets: [PacketSet] = []) { self.sets = sets }

  /// Whether no packet is in it.
  public var isEmpty: Bool { sets.isEmpty }
}

/// The answer to whether a set of packets is covered by others.
public enum CoverAnswer: Sendable, Hashable {
  /// Every packet is; the indices name the covering sets that it takes.
  case covered(by: [Int])
  /// Packets remain; here is a set of them.
  case remains(PacketSet)
  /// The budget ran out.
  case notDecided
}

extension PacketClasses {
  /// The common part of two regions.
  /// - Returns: nil where the budget ran out.
  public func intersection(
    _ left: PacketRegion, _ right: PacketRegion, budget: inout AnalysisBudget
  ) -> PacketRegion? {
    var result = PacketRegion()
    for one in left.sets {
      guard budget.spend(right.sets.count) else { return nil }
      result.sets += right.sets.compactMap { layout.intersection(one, $0) }
    }
    return result
  }

  /// What is left of a region without another.
  /// - Returns: nil where the budget ran out.
  public func subtracting(
    _ other: PacketRegion, from region: PacketRegion, budget: inout AnalysisBudget
  ) -> PacketRegion? {
    var rest = region.sets
    for set in other.sets {
      guard budget.spend(rest.count + 1) else { return nil }
      rest = rest.flatMap { layout.subtract(set, from: $0) }
    }
    return PacketRegion(rest)
  }

  /// Whether `covers` together hold every packet of `region`.
  ///
  /// The search goes depth first and stops at the first packet that remains.
  public func cover(
    _ region: PacketRegion, by covers: [PacketSet], budget: inout AnalysisBudget
  ) -> CoverAnswer {
    var used: Set<Int> = []
    for set in region.sets {
      switch remainder(of: set, by: covers, from: 0, used: &used, budget: &budget) {
      case .covered: continue
      case let answer: return answer
      }
    }
    return .covered(by: used.sorted())
  }

  private func remainder(
    of set: PacketSet, by covers: [PacketSet], from start: Int, used: inout Set<Int>,
    budget: inout AnalysisBudget
  ) -> CoverAnswer {
    var index = start
    while index < covers.count {
      guard budget.spend() else { return .notDecided }
      let cover = covers[index]
      guard layout.intersects(set, cover) else {
        index += 1
        continue
      }
      used.insert(index)
      for piece in layout.subtract(cover, from: set) {
        let answer = remainder(
          of: piece, by: covers, from: index + 1, used: &used, budget: &budget)
        guard case .covered = answer else { return answer }
      }
      return .covered(by: [])
    }
    return .remains(set)
  }
}
