/// Evaluates filter rules by classes of header fields, with the verdicts and counters of the walk.
///
/// A packet's fields are sorted into classes, so that packets of equal classes take the same walk
/// over the rules. The first of them asks the index of rules, or walks; the others only count.
/// What depends on more than the header (sockets, probability, tags, operating systems) always
/// walks. The rules and tables must not change while this exists: the owner calls ``flush()``
/// before they do, then ``deallocate()``.
struct FastFilter {
  private unowned(unsafe) let program: Program
  // Behind pointers, so that nothing of them is copied.
  let inet: UnsafePointer<FilterClasses>
  let inet6: UnsafePointer<FilterClasses>
  private(set) var memo = WalkMemo()
  /// The outcomes of walks that are remembered, each once.
  private var walked = FlatStorage<FilterOutcome>(alignment: 16)
  /// What decides whether the memo pays.
  private(set) var habit = MemoHabit()
  private var walkedNumbers: [FilterOutcome: Int32] = [:]
  /// By rule id: which criteria cannot be told from classes (``WalkRecorder``).
  private let opaqueFrom: UnsafeMutablePointer<UInt8>
  /// The classes of a burst's addresses.
  let addressClasses: BurstClasses
  /// What a burst needs that asks the indices.
  let search: RuleSearch
  /// The classes of a burst's packets, where the memory of walks is asked.
  let classified: UnsafeMutablePointer<FilterClasses.Classified>

  /// The packets that classes judged, as far as ``flush()`` has counted them.
  private(set) var judged: UInt64 = 0

  /// The bytes that the tables take, the memo excepted.
  var bytes: Int { inet.pointee.bytes + inet6.pointee.bytes }
  /// The combinations of classes remembered now.
  var combinations: Int { memo.count }
  /// Whether packets were counted that the rules' counters do not show yet.
  var hasPending: Bool { memo.count > 0 || memo.logged > 0 }

  /// Compiles the filter rules of a program; nil where there are too many kinds of them, or where
  /// one packet's walk can depend on earlier packets.
  init?(_ program: Program) {
    guard !program.remembersMatches else { return nil }
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
    self.inet = Self.place(inet)
    self.inet6 = Self.place(inet6)
    self.opaqueFrom = opaqueFrom
    addressClasses = BurstClasses(packets: Self.burstLength)
    search = RuleSearch(packets: Self.burstLength)
    classified = .allocate(capacity: Self.burstLength)
  }

  private static func place(_ classes: FilterClasses) -> UnsafePointer<FilterClasses> {
    let place = UnsafeMutablePointer<FilterClasses>.allocate(capacity: 1)
    place.initialize(to: classes)
    return UnsafePointer(place)
  }

  /// Gives the memory back.
  func deallocate() {
    for classes in [inet, inet6] {
      classes.pointee.deallocate()
      classes.deallocate()
    }
    opaqueFrom.deallocate()
    addressClasses.deallocate()
    search.deallocate()
    classified.deallocate()
    memo.deallocate()
    walked.deallocate()
  }

  /// The classes of a packet's family.
  @inline(__always)
  func classes(_ header: FilterHeader) -> UnsafePointer<FilterClasses> {
    header.isIPv6 ? inet6 : inet
  }

  /// Finds the deciding filter rule of a whole packet, as ``Program/walkFilter(_:_:_:)`` does.
  /// - Parameter outcome: Without a tag or rule; both come from the walk alone.
  @inline(__always)
  mutating func evaluate(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource
  ) {
    let header = FilterHeader(packet)
    let classes = classes(header)
    let classified = classes.classify(header)
    if habit.pause > 0, evaluateUnremembered(header, classes, classified, &outcome) { return }
    if !recall(classified, classes.pointee.outcomes, &outcome) {
      evaluateNew(&packet, &outcome, &random, header, classified)
    }
  }

  /// Answers from memory and counts the packet; false for combinations not remembered.
  @inline(__always)
  mutating func recall(
    _ classified: FilterClasses.Classified, _ outcomes: UnsafeMutablePointer<FilterOutcome>,
    _ outcome: inout FilterOutcome
  ) -> Bool {
    let entry = memo.place(of: classified.key)
    let count = entry.pointee.count
    let number = entry.pointee.outcome
    guard count != WalkMemo.free, number >= 0 else { return false }
    entry.pointee.count = count &+ 1
    habit.hit()
    outcome = outcomes[Int(number)]
    return true
  }

  /// Asks the index while the memo does not pay; false where only a walk can tell.
  @inline(__always)
  private mutating func evaluateUnremembered(
    _ header: FilterHeader, _ classes: UnsafePointer<FilterClasses>,
    _ classified: FilterClasses.Classified, _ outcome: inout FilterOutcome
  ) -> Bool {
    habit.pause &-= 1
    guard memo.hasLogRoom, let priority = classes.search(classified, header) else { return false }
    outcome = classes.pointee.outcomes[Int(priority)]
    memo.add(toLog: header)
    return true
  }

  /// Logs packets that classes judged; there must be room.
  @inline(__always)
  mutating func log(_ headers: UnsafeBufferPointer<FilterHeader>) {
    habit.pause &-= UInt32(truncatingIfNeeded: min(headers.count, Int(habit.pause)))
    for header in headers { memo.add(toLog: header) }
  }

  /// A combination seen for the first time, or one whose outcome only a walk tells.
  @inline(never)
  mutating func evaluateNew(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, _ header: FilterHeader,
    _ classified: FilterClasses.Classified
  ) {
    let entry = memo.place(of: classified.key)
    if entry.pointee.count != WalkMemo.free {
      return evaluateKnown(&packet, &outcome, &random, entry)
    }
    let classes = classes(header)
    if let priority = classes.search(classified, header) {
      outcome = classes.pointee.outcomes[Int(priority)]
      habit.miss()
      if memo.isFull { flush() }
      memo.add(
        classified.key, outcome: Int32(truncatingIfNeeded: priority), count: 1, header: header)
      return
    }
    var recorder = WalkRecorder(opaqueFrom: opaqueFrom)
    program.walkFilter(&packet, &outcome, &random, &recorder)
    guard memo.hasRoom else { return }
    // That a walk gave up is no part of its outcome, so that each of its packets must walk.
    let mustWalk = recorder.isOpaque || program.hasGivenUp.pointee
    memo.add(
      classified.key, outcome: mustWalk ? WalkMemo.plain : number(of: outcome), count: 0,
      header: header)
  }

  /// The same for a packet of which only a header is at hand.
  @inline(never)
  mutating func evaluateNew(
    _ header: FilterHeader, _ classified: FilterClasses.Classified,
    _ outcome: inout FilterOutcome, _ random: inout RandomSource
  ) {
    var packet = PacketDescription(header, program)
    evaluateNew(&packet, &outcome, &random, header, classified)
  }

  /// Takes the walks of some packets without counting them.
  func judge(
    _ headers: UnsafeBufferPointer<FilterHeader>, _ outcomes: UnsafeMutablePointer<FilterOutcome>,
    _ random: inout RandomSource
  ) {
    program.judgeFilter(headers, outcomes, &random)
  }

  /// A combination whose first packet walked.
  private mutating func evaluateKnown(
    _ packet: inout PacketDescription, _ outcome: inout FilterOutcome,
    _ random: inout RandomSource, _ entry: UnsafeMutablePointer<WalkMemo.Entry>
  ) {
    guard entry.pointee.outcome == WalkMemo.plain else {
      entry.pointee.count &+= 1
      outcome = walked.base[Int(WalkMemo.plain &- 1 &- entry.pointee.outcome)]
      return
    }
    program.walkFilter(&packet, &outcome, &random)
  }

  /// Finds the deciding rule by the index alone, without counting; nil where only a walk can.
  func decide(_ packet: borrowing PacketDescription) -> FilterOutcome? {
    let header = FilterHeader(packet)
    let classes = classes(header)
    return classes.search(classes.classify(header), header).map {
      classes.pointee.outcomes[Int($0)]
    }
  }

  /// The number under which the memo keeps the outcome of a walk, below ``WalkMemo/plain``.
  private mutating func number(of outcome: FilterOutcome) -> Int32 {
    if let known = walkedNumbers[outcome] { return known }
    let place = Int32(truncatingIfNeeded: walked.append(outcome))
    let number = WalkMemo.plain &- 1 &- place
    walkedNumbers[outcome] = number
    return number
  }

  /// Counts the walks of all packets since, those of tables too, and forgets all combinations.
  /// - Complexity: One walk for each combination seen since.
  mutating func flush() {
    guard hasPending else { return }
    for place in 0..<memo.capacity {
      let entry = memo.entries[place]
      guard entry.count != WalkMemo.free, entry.count > 0 else { continue }
      repeatWalk(memo.headers.base + Int(entry.header), times: entry.count)
      judged &+= entry.count
    }
    for number in 0..<memo.logged {
      repeatWalk(memo.log.base + number, times: 1)
    }
    judged &+= UInt64(memo.logged)
    memo.removeAll()
  }

  /// Takes the walk of some packets once and counts it for all of them.
  private func repeatWalk(_ header: UnsafePointer<FilterHeader>, times: UInt64) {
    var random = RandomSource(seed: 0)
    var outcome = FilterOutcome()
    program.walkFilter(header, &outcome, &random, times: times)
  }
}

extension Program {
  /// Whether an anchor's memory of a match can reach from one packet's walk into another's.
  ///
  /// KERNEL: pf_step_out_of_anchor() asks the children of a wildcard call whether *they* saw a
  /// match, which only a wildcard call of the child itself sets, and resets.
  fileprivate var remembersMatches: Bool {
    var callsWithQuick: [Int32] = []
    var called: Set<Int32> = []
    for anchor in anchors.paths.indices {
      let list = AnchorTree.list(Int32(truncatingIfNeeded: anchor), .filter)
      for record in anchors.records(list) where record.marks.contains(.anchor) {
        let body = body(record.id)
        guard body.pointee.anchorWildcard else { continue }
        called.insert(body.pointee.anchor)
        if record.marks.contains(.quick) { callsWithQuick.append(body.pointee.anchor) }
      }
    }
    return callsWithQuick.contains { anchor in
      var child = anchors.nodes.base[Int(anchor)].firstChild
      while child >= 0 {
        if called.contains(child) { return true }
        child = anchors.nodes.base[Int(child)].nextSibling
      }
      return false
    }
  }
}
