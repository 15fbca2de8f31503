/// Where a walk over rules stands: a rule in a list, and the anchor calls around it.
struct AnchorWalk {
  /// The number of nested calls that the kernel allows.
  static let depthLimit = 64

  /// The number of calls that a walk goes into before it gives up.
  ///
  /// Two anchors that call each other by a wildcard double the walk at each of the 64 depths, which
  /// the kernel follows to its end and nobody waits for.
  static let callLimit: Int32 = 1 << 16

  /// A call that the walk is in (kernel: `struct pf_anchor_stackframe`).
  struct Frame {
    /// The caller's list.
    var list: Int32
    /// The calling rule's place in it.
    var index: Int32
    /// The called anchor.
    var anchor: Int32
    /// The child being walked, of wildcard calls; -1 else.
    var child: Int32
  }

  /// The rules of the current list.
  private(set) var records: UnsafeMutablePointer<RuleRecord>
  /// The number of rules in the current list.
  private(set) var count: Int32
  /// The current rule's place.
  var index: Int32 = 0
  /// The current list.
  private(set) var list: Int32
  /// The number of calls around the current rule.
  private(set) var depth = 0
  /// The id of the outermost call, -1 for none.
  private(set) var outermost: Int32 = -1
  /// Whether a rule matched (kernel: the evaluation's `match`).
  var match = false

  private var calls: Int32 = 0
  private let hasGivenUp: UnsafeMutablePointer<Bool>
  private let kind: Int32
  private let tracksMatch: Bool
  private let stack: UnsafeMutablePointer<Frame>
  private let lists: UnsafeMutablePointer<AnchorTree.List>
  private let nodes: UnsafeMutablePointer<AnchorTree.Node>

  /// Begins at the first rule of the main ruleset.
  /// - Parameter tracksMatch: Whether matches reach the anchors (not for translation and scrub).
  @inline(__always)
  init(_ program: Program, _ kind: RuleKind, tracksMatch: Bool) {
    self.kind = Int32(kind.rawValue)
    self.tracksMatch = tracksMatch
    stack = program.stack
    hasGivenUp = program.hasGivenUp
    lists = program.anchors.lists.base
    nodes = program.anchors.nodes.base
    list = self.kind
    records = lists[Int(list)].records
    count = lists[Int(list)].count
  }

  /// The current list as the walk over filter rules reads it.
  @inline(__always) var storage: AnchorTree.List { lists[Int(list)] }

  /// The current rule; only valid while ``isAtEnd`` is false.
  @inline(__always) var record: UnsafeMutablePointer<RuleRecord> { records + Int(index) }

  /// Whether the current list has no further rule.
  @inline(__always) var isAtEnd: Bool { index >= count }

  @inline(__always)
  private mutating func move(to list: Int32) {
    self.list = list
    records = lists[Int(list)].records
    count = lists[Int(list)].count
  }

  /// Goes into the anchor that the current rule calls (kernel: `pf_step_into_anchor()`).
  mutating func stepInto(_ bodies: UnsafeMutablePointer<RuleBody>) {
    let id = record.pointee.id
    let anchor = bodies[Int(id)].anchor
    nodes[Int(anchor)].match = false
    if tracksMatch { match = false }
    calls &+= 1
    if calls > Self.callLimit { hasGivenUp.pointee = true }
    guard depth < Self.depthLimit, calls <= Self.callLimit else {
      index &+= 1
      return
    }
    if depth == 0 { outermost = id }
    var child: Int32 = -1
    if bodies[Int(id)].anchorWildcard { child = nodes[Int(anchor)].firstChild }
    stack[depth] = Frame(list: list, index: index, anchor: anchor, child: child)
    depth += 1
    if bodies[Int(id)].anchorWildcard, child < 0 {
      index = count
      return
    }
    move(to: (child >= 0 ? child : anchor) &* 6 &+ kind)
    index = 0
  }

  /// Whether a call around the current rule goes on to an anchor's children.
  var isAmongChildren: Bool { (0..<depth).contains { stack[$0].child >= 0 } }

  /// Leaves anchors until there is a next rule (kernel: `pf_step_out_of_anchor()`).
  /// - Returns: Whether an anchor rule's `quick` ends the evaluation.
  mutating func stepOut() -> Bool {
    var quick = false
    repeat {
      guard depth > 0 else { break }
      let frame = stack[depth - 1]
      if frame.child >= 0 {
        if nodes[Int(frame.child)].match || match {
          nodes[Int(frame.anchor)].match = true
          match = false
        }
        let next = nodes[Int(frame.child)].nextSibling
        stack[depth - 1].child = next
        if next >= 0 {
          move(to: next &* 6 &+ kind)
          index = 0
          if isAtEnd { continue }
          break
        }
      }
      depth -= 1
      if depth == 0 { outermost = -1 }
      move(to: frame.list)
      index = frame.index
      if nodes[Int(frame.anchor)].match || match {
        quick = record.pointee.marks.contains(.quick)
      }
      index &+= 1
    } while isAtEnd
    return quick
  }
}
