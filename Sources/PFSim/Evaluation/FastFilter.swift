/// Evaluates filter rules by classes of header fields, with the verdicts and counters of the walk.
///
/// A packet's fields are sorted into classes, so that packets of equal classes take the same walk
/// over the rules. The first of them walks, or asks the index of rules; the others only count.
/// What depends on more than the header (sockets, probability, tags, operating systems) always
/// walks. The rules must not change while this exists: call ``flush()`` and make a new one.
final class FastFilter {
  /// Packets that the memo answered, that the index answered, and that walked.
  struct Uses {
    var remembered: UInt64 = 0
    var indexed: UInt64 = 0
    var walked: UInt64 = 0
  }
  /// The fewest filter rules for which classes pay.
  static let leastRules = 12

  private unowned(unsafe) let program: Program
  private let inet: FilterClasses
  private let inet6: FilterClasses
  // Behind pointers, so that no exclusivity check is made for every packet.
  private let memo: UnsafeMutablePointer<WalkMemo>
  private let outcomes: UnsafeMutablePointer<FlatStorage<FilterOutcome>>
  private var outcomeNumbers: [FilterOutcome: Int32] = [:]
  /// By rule id: which criteria cannot be told from classes (``WalkRecorder``).
  private let opaqueFrom: UnsafeMutablePointer<UInt8>

  /// The bytes that the tables take, the memo excepted.
  var bytes: Int { inet.bytes + inet6.bytes }
  /// The combinations of classes seen.
  var combinations: Int { memo.pointee.count }

  /// Compiles the filter rules of a program; nil where there are too many kinds of them.
  init?(_ program: Program) {
    let opaqueFrom = UnsafeMutablePointer<UInt8>.allocate(capacity: program.bodies.count)
    opaqueFrom.initialize(repeating: .max, count: program.bodies.count)
    guard let inet = FilterClasses(program, family: .inet, opaqueFrom: opaqueFrom) else {
      opaqueFrom.deallocate()
      return nil
    }
    guard let inet6 = FilterClasses(program, family: .inet6, opaqueFrom: opaqueFrom) else {
      opaqueFrom.deallocate()
      inet.deallocate()
      return nil
    }
    self.program = program
    self.inet = inet
    self.inet6 = inet6
    self.opaqueFrom = opaqueFrom
    memo = .allocate(capacity: 1)
    memo.initialize(to: WalkMemo())
    outcomes = .allocate(capacity: 1)
    outcomes.initialize(to: FlatStorage(alignment: 16))
  }

  deinit {
    inet.deallocate()
    inet6.deallocate()
    opaqueFrom.deallocate()
    memo.pointee.deallocate()
    memo.deallocate()
    outcomes.pointee.deallocate()
    outcomes.deallocate()
  }

  /// Finds the deciding filter rule of a whole packet, as ``Program/walkFilter(_:_:_:_:)`` does.
  @inline(__always)
  func evaluate(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource
  ) {
    let isIPv6 = packet.isIPv6
    let classified =
      isIPv6 ? inet6.classify(packet, isIPv6: true) : inet.classify(packet, isIPv6: false)
    let entry = memo.pointee.place(of: classified.key)
    if entry.pointee.count != WalkMemo.free, entry.pointee.outcome >= 0 {
      entry.pointee.count &+= 1
      outcome = outcomes.pointee.base[Int(entry.pointee.outcome)]
      return
    }
    let isKnown = entry.pointee.count != WalkMemo.free
    evaluateNew(&packet, &outcome, &random, classified, isKnown: isKnown)
  }

  /// A combination seen for the first time, or one whose packets all walk.
  @inline(never)
  private func evaluateNew(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, _ classified: FilterClasses.Classified, isKnown: Bool
  ) {
    if isKnown {
      var nothing = NoObserver()
      return program.walkFilter(&packet, &outcome, &random, &nothing)
    }
    if memo.pointee.count >= WalkMemo.limit { flush() }
    let header = WalkMemo.Header(packet)
    if let found = search(packet, classified) {
      outcome = found
      memo.pointee.insert(classified.key, outcome: number(of: found), count: 1, header: header)
      return
    }
    var recorder = WalkRecorder(opaqueFrom: opaqueFrom)
    program.walkFilter(&packet, &outcome, &random, &recorder)
    memo.pointee.insert(
      classified.key, outcome: recorder.isOpaque ? WalkMemo.plain : number(of: outcome), count: 0,
      header: header)
  }

  /// The outcome as the index tells it; nil where only a walk can.
  @inline(__always)
  private func search(
    _ packet: borrowing PacketDescription, _ classified: FilterClasses.Classified
  ) -> FilterOutcome? {
    packet.isIPv6 ? search(packet, classified, inet6) : search(packet, classified, inet)
  }

  @inline(__always)
  private func search(
    _ packet: borrowing PacketDescription, _ classified: FilterClasses.Classified,
    _ classes: borrowing FilterClasses
  ) -> FilterOutcome? {
    guard let index = classes.index else { return nil }
    let header = classes.indexed(classified, packet)
    if let dynamic = classes.dynamicIndex, dynamic.best(header) != 0 { return nil }
    return classes.outcomes[Int(index.best(header))]
  }

  /// Finds the deciding rule by the index alone, without counting; nil where only a walk can.
  func decide(_ packet: borrowing PacketDescription) -> FilterOutcome? {
    let isIPv6 = packet.isIPv6
    let classified =
      isIPv6 ? inet6.classify(packet, isIPv6: true) : inet.classify(packet, isIPv6: false)
    return search(packet, classified)
  }

  private func number(of outcome: FilterOutcome) -> Int32 {
    if let known = outcomeNumbers[outcome] { return known }
    let number = Int32(truncatingIfNeeded: outcomes.pointee.append(outcome))
    outcomeNumbers[outcome] = number
    return number
  }

  /// Brings the counters of rules and tables up to date and forgets all combinations.
  /// - Complexity: One walk for each combination seen since.
  func flush() {
    var random = RandomSource(seed: 0)
    for place in 0..<memo.pointee.capacity {
      let entry = memo.pointee.entries[place]
      guard entry.count != WalkMemo.free, entry.count > 0 else { continue }
      var packet = PacketDescription(memo.pointee.headers[UInt32(entry.header)], program)
      var outcome = FilterOutcome()
      var repeater = WalkRepeater(program, &packet, times: entry.count)
      program.walkFilter(&packet, &outcome, &random, &repeater)
    }
    memo.pointee.removeAll()
  }
}
