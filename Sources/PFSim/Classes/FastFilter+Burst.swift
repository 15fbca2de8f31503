/// Several packets at once.
///
/// Among many rules a search mostly waits for memory: for the trees of addresses, for the chains of
/// prefixes, for slots. All packets of a burst take one step before the first takes the next, so
/// that they wait together.
extension FastFilter {
  /// The most packets of a burst.
  static let burstLength = 32

  /// Finds the deciding filter rules of some packets, as
  /// ``evaluate(_:_:_:)`` does one by one.
  /// - Parameters:
  ///   - headers: At most ``burstLength``.
  ///   - outcomes: Room for as many.
  ///   - counting: Whether the walks are counted; without, every packet asks the index.
  mutating func evaluate(
    _ headers: UnsafeBufferPointer<FilterHeader>,
    _ outcomes: UnsafeMutablePointer<FilterOutcome>, _ random: inout RandomSource, counting: Bool
  ) {
    if isIndexed, !counting || (habit.pause > 0 && memo.hasLogRoom(for: headers.count)) {
      search(headers, outcomes)
      if counting { log(headers) }
    } else if counting {
      remember(headers, outcomes, &random)
    } else {
      judge(headers, outcomes, &random)
    }
  }

  /// Whether the indices alone tell every packet's rule.
  @inline(__always)
  private var isIndexed: Bool { inet.isIndexed && inet6.isIndexed }

  /// Asks the indices.
  @inline(__always)
  private func search(
    _ headers: UnsafeBufferPointer<FilterHeader>,
    _ outcomes: UnsafeMutablePointer<FilterOutcome>
  ) {
    addressClasses.find(headers, inet: inet, inet6: inet6)
    for (place, header) in headers.enumerated() {
      let classes = classes(header)
      guard let index = classes.pointee.index else { continue }
      let indexed = classes.indexed(
        header, addressClasses.sources[place], addressClasses.destinations[place],
        classes.pointee.headers.combination(header))
      search.begin(place, indexed, index)
    }
    search.run(headers.count)
    for (place, header) in headers.enumerated() {
      let priority = Int(search.packets[place].best)
      outcomes[place] = classes(header).pointee.outcomes[priority]
    }
  }

  /// Asks the memory of walks.
  @inline(__always)
  private mutating func remember(
    _ headers: UnsafeBufferPointer<FilterHeader>,
    _ outcomes: UnsafeMutablePointer<FilterOutcome>, _ random: inout RandomSource
  ) {
    addressClasses.find(headers, inet: inet, inet6: inet6)
    for (place, header) in headers.enumerated() {
      let known = classes(header).classify(
        header, addressClasses.sources[place], addressClasses.destinations[place])
      classified[place] = known
      memo.prefetch(known.key)
    }
    for (place, header) in headers.enumerated() {
      let known = classified[place]
      outcomes[place] = FilterOutcome()
      if !recall(known, classes(header).pointee.outcomes, &outcomes[place]) {
        evaluateNew(header, known, &outcomes[place], &random)
      }
    }
  }
}
