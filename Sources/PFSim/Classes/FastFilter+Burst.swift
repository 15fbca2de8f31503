/// Several packets at once.
///
/// Among many rules a search mostly waits for memory: for the trees of addresses, for the chains of
/// prefixes, for slots. All packets of a burst take one step before the first takes the next, so
/// that they wait together.
extension FastFilter {
  /// The most packets of a burst.
  static let burstLength = 16

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
    for (place, header) in headers.enumerated() {
      let classes = classes(header)
      let (source, destination) = classes.addressClasses(header)
      searches[place].source = source
      searches[place].destination = destination
      classes.pointee.index?.prefetchChains(source, destination)
    }
    for (place, header) in headers.enumerated() {
      let search = searches + place
      guard let index = classes(header).pointee.index else { continue }
      search.pointee.count = index.findPairs(
        search.pointee.source, search.pointee.destination, search.pointee.pairs)
    }
    for (place, header) in headers.enumerated() {
      let search = searches + place
      let classes = classes(header)
      guard let index = classes.pointee.index else { continue }
      let indexed = classes.indexed(
        header, search.pointee.source, search.pointee.destination,
        classes.pointee.headers.combination(header))
      let priority = index.best(indexed, search.pointee.pairs, search.pointee.count)
      outcomes[place] = classes.pointee.outcomes[Int(priority)]
    }
  }

  /// Asks the memory of walks.
  @inline(__always)
  private mutating func remember(
    _ headers: UnsafeBufferPointer<FilterHeader>,
    _ outcomes: UnsafeMutablePointer<FilterOutcome>, _ random: inout RandomSource
  ) {
    for (place, header) in headers.enumerated() {
      let classified = classes(header).classify(header)
      searches[place].classified = classified
      memo.prefetch(classified.key)
    }
    for (place, header) in headers.enumerated() {
      let classified = searches[place].classified
      outcomes[place] = FilterOutcome()
      if !recall(classified, classes(header).pointee.outcomes, &outcomes[place]) {
        evaluateNew(header, classified, &outcomes[place], &random)
      }
    }
  }
}
