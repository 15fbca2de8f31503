/// The work that a question about sets of packets may cost.
///
/// Sets can fall into many pieces. Every elementary operation takes one step; when none is left,
/// the answer is "not decided", never a guess.
public struct AnalysisBudget: Sendable, Hashable {
  /// The steps left.
  public private(set) var steps: Int

  /// Makes a budget; a step is one intersection or subtraction of two products.
  public init(steps: Int = 200_000) { self.steps = max(0, steps) }

  /// Takes a step.
  /// - Returns: Whether there was one left.
  mutating func spend(_ count: Int = 1) -> Bool {
    guard steps >= count else {
      steps = 0
      return false
    }
    steps -= count
    return true
  }
}
