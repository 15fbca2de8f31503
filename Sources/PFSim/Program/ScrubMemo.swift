/// Walks over scrub rules that interface, direction, family and protocol of a packet decide: nearly
/// all of them, and every forwarded packet takes four.
///
/// Where each rule on the way fails by one of these or restricts nothing else, every packet like the
/// first takes the same walk. It is remembered as the rules that it visits, which are counted when
/// somebody asks, and what it does to the anchors' memories of a match: an anchor that is entered
/// forgets its match, and one that is called with its children takes over theirs. A change of lists
/// or anchors (``AnchorTree/version``) makes all that was remembered useless.
struct ScrubMemo {
  /// What a walk depends on: the rules, and the head and pass of a packet.
  struct Key {
    fileprivate let bits: UInt64

    /// Makes the key of a packet; each head and pass must have a number of its own.
    @inline(__always)
    init(head: UInt32, version: UInt32) { bits = UInt64(version) << 32 | UInt64(head) }

    @inline(__always)
    fileprivate var place: Int {
      let hash = bits &* 0x9e37_79b9_7f4a_7c15
      return Int(truncatingIfNeeded: hash >> UInt64(64 - ScrubMemo.sizeBits))
    }
  }

  /// A walk on the way: its steps, as far as it can be repeated.
  struct Recording {
    /// Rules visited, and the complements of anchors entered with what happens to each as its
    /// lowest bit.
    fileprivate let steps: UnsafeMutablePointer<Int32>
    fileprivate var count = 0
    fileprivate var isRepeatable = true
    private var hasChildren = false
    private var hasQuickCall = false

    fileprivate init(_ steps: UnsafeMutablePointer<Int32>) { self.steps = steps }

    private mutating func add(_ step: Int32) {
      guard count < ScrubMemo.longest else {
        isRepeatable = false
        return
      }
      steps[count] = step
      count += 1
    }

    /// Notes that a rule was visited.
    /// - Parameter byHead: Whether its head decided, so that it decides alike for the key's packets.
    mutating func visit(_ rule: Int32, byHead: Bool) {
      add(rule)
      if !byHead { isRepeatable = false }
    }

    /// Notes that a rule called an anchor.
    /// - Parameters:
    ///   - hasChildren: Whether the call goes on to the anchor's children.
    ///   - isQuick: Whether a match in the anchor would end the walk.
    ///   - parent: The anchor above it, -1 for none.
    mutating func enter(_ anchor: Int32, hasChildren: Bool, isQuick: Bool, parent: Int32) {
      // Children carry matches of other walks along: a quick call would depend on them, and a walk
      // that changes them on its way must not be shortened.
      self.hasChildren = self.hasChildren || hasChildren
      hasQuickCall = hasQuickCall || isQuick
      for step in 0..<count
      where steps[step] == Self.step(parent, hasChildren: true)
        || steps[step] == Self.step(anchor, hasChildren: true)
      {
        isRepeatable = false
      }
      if self.hasChildren, hasQuickCall { isRepeatable = false }
      add(Self.step(anchor, hasChildren: hasChildren))
    }

    /// Notes that a rule matched.
    /// - Parameter isAmongChildren: Whether it lies in a call that had further children to visit.
    mutating func match(isAmongChildren: Bool) {
      if isAmongChildren { isRepeatable = false }
    }

    private static func step(_ anchor: Int32, hasChildren: Bool) -> Int32 {
      ~(anchor << 1 | (hasChildren ? 1 : 0))
    }
  }

  private struct Entry {
    /// The key, 0 for none: the first version is 1.
    var key: UInt64 = 0
    /// How often the walk was repeated since its rules were counted last.
    var repetitions: UInt64 = 0
    var result: Int32 = -1
    /// The rules among the steps, which come first.
    var rules: Int32 = 0
    /// The steps.
    var count: Int32 = 0
  }
  private static let sizeBits = 6
  private static let size = 1 << sizeBits
  /// The steps of a walk that is kept at most.
  private static let longest = 60
  private let entries: UnsafeMutablePointer<Entry>
  /// The steps of every entry, and behind them those of the walk on its way.
  private let steps: UnsafeMutablePointer<Int32>

  /// An empty memory.
  init() {
    entries = .allocate(capacity: Self.size)
    entries.initialize(repeating: Entry(), count: Self.size)
    steps = .allocate(capacity: (Self.size + 1) * Self.longest)
    steps.initialize(repeating: 0, count: (Self.size + 1) * Self.longest)
  }

  /// Gives the memory back.
  func deallocate() {
    entries.deallocate()
    steps.deallocate()
  }

  /// Begins to note a walk, one at a time.
  func record() -> Recording { Recording(steps + Self.size * Self.longest) }

  /// Keeps a walk if it can be repeated.
  /// - Parameters:
  ///   - result: The rule that it found, -1 for none.
  ///   - evaluations: Takes the counts of the walk that gives way.
  func keep(
    _ recording: Recording, _ key: Key, result: Int32,
    _ evaluations: UnsafeMutablePointer<UInt64>
  ) {
    guard recording.isRepeatable else { return }
    settle(key.place, evaluations)
    let kept = steps + key.place * Self.longest
    var count = 0
    for isRule in [true, false] {
      for step in 0..<recording.count where (recording.steps[step] >= 0) == isRule {
        kept[count] = isRule ? recording.steps[step] : ~recording.steps[step]
        count += 1
      }
    }
    let rules = (0..<recording.count).count { recording.steps[$0] >= 0 }
    entries[key.place] = Entry(
      key: key.bits, result: result, rules: Int32(truncatingIfNeeded: rules),
      count: Int32(truncatingIfNeeded: count))
  }

  /// A remembered walk.
  struct Walk {
    fileprivate let place: Int
    /// The rule that it finds, -1 for none.
    let result: Int32
  }

  /// The remembered walk of a key, which nothing counts yet; nil where it is not known.
  @inline(__always)
  func find(_ key: Key) -> Walk? {
    let place = key.place
    guard entries[place].key == key.bits else { return nil }
    return Walk(place: place, result: entries[place].result)
  }

  /// Takes a remembered walk once more; ``settle(_:)`` counts its rules.
  @inline(__always)
  func take(_ walk: Walk, _ nodes: UnsafeMutablePointer<AnchorTree.Node>) {
    let entry = entries + walk.place
    entry.pointee.repetitions &+= 1
    var step = Int(entry.pointee.rules)
    let end = Int(entry.pointee.count)
    let kept = UnsafePointer(steps + walk.place * Self.longest)
    while step < end {
      let anchor = Int(kept[step] >> 1)
      nodes[anchor].match = kept[step] & 1 != 0 && Self.hasMatchingChild(anchor, nodes)
      step &+= 1
    }
  }

  @inline(__always)
  private static func hasMatchingChild(
    _ anchor: Int, _ nodes: UnsafeMutablePointer<AnchorTree.Node>
  ) -> Bool {
    var child = nodes[anchor].firstChild
    while child >= 0 {
      if nodes[Int(child)].match { return true }
      child = nodes[Int(child)].nextSibling
    }
    return false
  }

  /// Counts the rules of all walks that were repeated.
  func settle(_ evaluations: UnsafeMutablePointer<UInt64>) {
    for place in 0..<Self.size { settle(place, evaluations) }
  }

  private func settle(_ place: Int, _ evaluations: UnsafeMutablePointer<UInt64>) {
    let repetitions = entries[place].repetitions
    guard repetitions > 0 else { return }
    entries[place].repetitions = 0
    for step in 0..<Int(entries[place].rules) {
      evaluations[Int(steps[place * Self.longest + step])] &+= repetitions
    }
  }
}
