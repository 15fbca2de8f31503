/// Everything that is compiled from rulesets: flat lists of rules by anchor, the rules' bodies and
/// counters, pools, tables, dynamic addresses and names.
///
/// Rules are named by ids that are never reused, so that states can refer to rules of lists long
/// replaced. Id 0 is the default rule.
final class Program {
  /// The bodies by rule id.
  @Unshared private(set) var bodies = FlatStorage<RuleBody>(alignment: 64)
  /// How often each rule was visited, by rule id.
  @Unshared private(set) var evaluations = FlatStorage<UInt64>(alignment: 64)
  /// Whether filter rules were visited that ``evaluations`` does not show yet.
  @Unshared var hasVisits = false
  /// The rules as the language gave them, by rule id; freed ones keep their text for references.
  private(set) var rules: [Rule] = []
  /// The pools of rules.
  @Unshared var pools = FlatStorage<RulePool>(alignment: 64)
  /// The elements of all pools.
  @Unshared var elements = FlatStorage<RulePool.Element>(alignment: 16)
  /// The timeouts of rules that have their own: one value for every ``Timeout``, 0 for unset.
  @Unshared var ruleTimeouts = FlatStorage<UInt32>(alignment: 16)
  /// The anchors and their lists.
  @Unshared var anchors = AnchorTree()
  /// The walks over scrub rules that heads decide.
  let scrubMemo = ScrubMemo()
  /// The interfaces.
  @Unshared var interfaces = InterfaceRegistry()
  /// The dynamic addresses.
  @Unshared var dynamics = DynamicAddresses()
  /// The tables.
  @Unshared var tables = TableStore()
  /// The tags.
  var tags = TagRegistry()
  /// The operating systems that rules ask for, by index.
  private(set) var fingerprints: [String] = []
  /// What these mean for ``fingerprintList``, by index.
  private(set) var fingerprintWishes: [FingerprintWish] = []
  /// The loaded fingerprints.
  var fingerprintList = FingerprintList.builtIn {
    didSet { fingerprintWishes = fingerprints.map { FingerprintWish($0, fingerprintList) } }
  }
  /// Whether a rule asked for a system that ``fingerprintList`` cannot tell.
  var hasMetUnknownSystem = false
  /// Whether a walk met more anchor calls than it goes into (``AnchorWalk/callLimit``).
  let hasGivenUp: UnsafeMutablePointer<Bool>
  /// The frames of anchor calls (kernel: `pf_anchor_stack`).
  let stack: UnsafeMutablePointer<AnchorWalk.Frame>
  /// Who owns sockets, for rules with users or groups.
  @Unshared var socketOwner = SocketOwner.unknown

  /// An empty program with the default rule.
  init() {
    stack = .allocate(capacity: AnchorWalk.depthLimit)
    hasGivenUp = .allocate(capacity: 1)
    hasGivenUp.initialize(to: false)
    _ = addRule(Rule(action: .pass), RuleBody())
  }

  deinit {
    bodies.deallocate()
    evaluations.deallocate()
    pools.deallocate()
    elements.deallocate()
    ruleTimeouts.deallocate()
    anchors.deallocate()
    scrubMemo.deallocate()
    interfaces.deallocate()
    dynamics.deallocate()
    tables.deallocate()
    stack.deallocate()
    hasGivenUp.deallocate()
    _bodies.deallocate()
    _evaluations.deallocate()
    _hasVisits.deallocate()
    _pools.deallocate()
    _elements.deallocate()
    _ruleTimeouts.deallocate()
    _anchors.deallocate()
    _interfaces.deallocate()
    _dynamics.deallocate()
    _tables.deallocate()
    _socketOwner.deallocate()
  }

  /// Adds a rule and returns its id.
  func addRule(_ rule: Rule, _ body: RuleBody) -> Int32 {
    rules.append(rule)
    _ = evaluations.append(0)
    return Int32(truncatingIfNeeded: bodies.append(body))
  }

  /// Brings ``evaluations`` up to date with the walks over filter rules and scrub rules.
  /// - Complexity: O(filter rules) after a walk, else O(1).
  func settleVisits() {
    scrubMemo.settle(evaluations.base)
    guard hasVisits else { return }
    hasVisits = false
    for anchor in anchors.paths.indices {
      let number = AnchorTree.list(Int32(truncatingIfNeeded: anchor), .filter)
      let list = anchors.lists.base[Int(number)]
      for index in 0..<Int(list.count) {
        evaluations.base[Int(list.records[index].id)] &+= list.visits[index]
        list.visits[index] = 0
      }
    }
  }

  /// The index of an operating system that a rule asks for.
  func fingerprint(_ name: String) -> Int32 {
    if let known = fingerprints.firstIndex(of: name) { return Int32(truncatingIfNeeded: known) }
    fingerprints.append(name)
    fingerprintWishes.append(FingerprintWish(name, fingerprintList))
    return Int32(truncatingIfNeeded: fingerprints.count - 1)
  }

  /// The body of a rule.
  @inline(__always)
  func body(_ id: Int32) -> UnsafeMutablePointer<RuleBody> { bodies.base + Int(id) }

  /// Gives up a rule that no list holds any more once no state or source node refers to it
  /// (kernel: `pf_rm_rule()`).
  func releaseIfUnused(_ id: Int32) {
    guard isUnused(id) else { return }
    let body = body(id)
    body.pointee.isFreed = true
    for operand in tableOperands(id) { tables.detach(operand) }
    if body.pointee.overloadTable >= 0 { tables.detach(body.pointee.overloadTable) }
    if body.pointee.anchor >= 0 {
      anchors.nodes.base[Int(body.pointee.anchor)].references -= 1
    }
  }

  /// Whether nothing holds a rule that is still there.
  private func isUnused(_ id: Int32) -> Bool {
    let body = body(id)
    return body.pointee.number == -2 && !body.pointee.isFreed && body.pointee.states == 0
      && body.pointee.sourceNodes == 0
  }

  /// Whether ``releaseIfUnused(_:)`` would take a reference from a table, whose contents may go.
  func releasesTables(_ id: Int32) -> Bool {
    isUnused(id) && (body(id).pointee.overloadTable >= 0 || !tableOperands(id).isEmpty)
  }

  /// The tables that a rule's two sides and its pool name.
  private func tableOperands(_ id: Int32) -> [Int32] {
    let rule = rules[Int(id)]
    let anchor = body(id).pointee.list / 6
    let pool = rule.pool ?? rule.routing?.pool
    let addresses =
      [rule.source.address, rule.destination.address] + (pool?.elements ?? []).map(\.address)
    return addresses.compactMap {
      guard case .table(let name) = $0 else { return nil }
      return tables.find(name, anchor: anchor)
    }
  }

  /// The path of the ruleset that holds, or held, a rule.
  func path(of id: Int32) -> String {
    guard id > 0, Int(id) < bodies.count else { return "" }
    return anchors.paths[Int(body(id).pointee.list / 6)]
  }
}
