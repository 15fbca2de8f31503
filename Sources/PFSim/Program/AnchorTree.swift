/// The tree of anchors and the six lists of rules of each.
///
/// Anchors are named by indices that stay the same; 0 is the main ruleset.
struct AnchorTree {
  /// What the evaluators read of an anchor.
  struct Node {
    /// Whether a wildcard call saw a match in one of its children (kernel: `anchor->match`).
    var match = false
    /// The first child in the order of paths, -1 for none.
    var firstChild: Int32 = -1
    /// The next child of the same parent, -1 for none.
    var nextSibling: Int32 = -1
    /// The number of calls that refer to the anchor.
    var references: Int32 = 0
  }

  /// One list of rules; all its pointers are into one block of memory.
  struct List {
    var records: UnsafeMutablePointer<RuleRecord>
    /// Filter lists: the rules once more, for the walk.
    var compact: UnsafeMutablePointer<CompactRule>
    /// Filter lists: the visits of each rule that its counter does not show yet.
    var visits: UnsafeMutablePointer<UInt64>
    var count: Int32 = 0

    /// A list of records with room for what the walk needs.
    init(_ rules: [RuleRecord], isFilter: Bool) {
      typealias Stride = MemoryLayout<RuleRecord>
      let bytes = Stride.stride + (isFilter ? MemoryLayout<CompactRule>.stride + 8 : 0)
      let memory = UnsafeMutableRawPointer(
        LargeMemory.allocate(UInt8.self, max(rules.count, 1) * bytes, alignment: 64))
      let behind = memory + rules.count * Stride.stride
      count = Int32(truncatingIfNeeded: rules.count)
      records = memory.bindMemory(to: RuleRecord.self, capacity: rules.count)
      let room = isFilter ? rules.count : 0
      compact = behind.bindMemory(to: CompactRule.self, capacity: room)
      visits = (behind + room * MemoryLayout<CompactRule>.stride).bindMemory(
        to: UInt64.self, capacity: room)
      rules.withUnsafeBufferPointer {
        if let first = $0.baseAddress { records.initialize(from: first, count: $0.count) }
      }
      SkipSteps.compute(UnsafeMutableBufferPointer(start: records, count: rules.count))
      visits.initialize(repeating: 0, count: room)
      for index in 0..<room {
        (compact + index).initialize(
          to: CompactRule(records[index], at: Int32(truncatingIfNeeded: index)))
      }
    }
  }

  /// The anchors, flat.
  private(set) var nodes = FlatStorage<Node>(alignment: 16)
  /// The lists: anchor index times six plus kind.
  private(set) var lists = FlatStorage<List>(alignment: 16)
  /// The absolute paths by index, empty for the main ruleset.
  private(set) var paths: [String] = []
  /// The parents by index, -1 for the main ruleset.
  private(set) var parents: [Int32] = []
  private var indices: [String: Int32] = [:]
  /// A number that grows whenever a list or an anchor changes.
  private(set) var version: UInt32 = 0

  /// A tree with only the main ruleset.
  init() { _ = make("", parent: -1) }

  /// Gives the memory back.
  func deallocate() {
    for index in 0..<lists.count { lists.base[index].records.deallocate() }
    nodes.deallocate()
    lists.deallocate()
  }

  private mutating func make(_ path: String, parent: Int32) -> Int32 {
    version &+= 1
    let index = Int32(truncatingIfNeeded: nodes.append(Node()))
    for kind in RuleKind.allCases { _ = lists.append(List([], isFilter: kind == .filter)) }
    paths.append(path)
    parents.append(parent)
    indices[path] = index
    return index
  }

  /// The index of an anchor by its path without slashes at the ends; nil where there is none.
  func find(_ path: String) -> Int32? { indices[path] }

  /// The index of an anchor, made with all its parents where it does not exist.
  mutating func findOrMake(_ path: String) -> Int32 {
    if let index = indices[path] { return index }
    let cut = path.lastIndex(of: "/")
    let parent = findOrMake(cut.map { String(path[..<$0]) } ?? "")
    let index = make(path, parent: parent)
    link(index, below: parent)
    return index
  }

  /// Puts a new anchor among its siblings.
  private func link(_ index: Int32, below parent: Int32) {
    // KERNEL: pf_anchor_compare() orders children by the bytes of their whole path.
    let path = paths[Int(index)].utf8
    var previous: Int32 = -1
    var next = nodes.base[Int(parent)].firstChild
    while next >= 0, paths[Int(next)].utf8.lexicographicallyPrecedes(path) {
      previous = next
      next = nodes.base[Int(next)].nextSibling
    }
    nodes.base[Int(index)].nextSibling = next
    if previous >= 0 {
      nodes.base[Int(previous)].nextSibling = index
    } else {
      nodes.base[Int(parent)].firstChild = index
    }
  }

  /// The number of a list.
  static func list(_ anchor: Int32, _ kind: RuleKind) -> Int32 {
    anchor &* 6 &+ Int32(kind.rawValue)
  }

  /// The rules of a list, for reading.
  func records(_ list: Int32) -> UnsafeMutableBufferPointer<RuleRecord> {
    let list = lists.base[Int(list)]
    return UnsafeMutableBufferPointer(start: list.records, count: Int(list.count))
  }

  /// Replaces a list and computes its skip steps; visits of filter rules must be counted before
  /// (``Program/settleVisits()``).
  mutating func replace(_ list: Int32, with rules: [RuleRecord]) {
    version &+= 1
    lists.base[Int(list)].records.deallocate()
    lists.base[Int(list)] = List(
      rules, isFilter: list % 6 == Int32(RuleKind.filter.rawValue))
  }
}
