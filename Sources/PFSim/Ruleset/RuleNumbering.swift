/// Numbers what the optimiser compares of rules besides addresses and ports.
///
/// Equal things get equal numbers, in the order in which they occur. What most rules leave in its
/// usual form is only looked at where it is not.
struct RuleNumbering {
  /// What stands for a rule's names and rare fields.
  struct Numbers {
    /// The number of the interface's name, -1 for any.
    var interface: Int32
    /// The number of the fields in which no rule covers another.
    var fixed: Int32
    /// The number of the fields that break a superblock, -1 for a rule that stays alone.
    var effect: Int32
    /// Whether the interface's name is a group's.
    var isForInterfaceGroup: Bool
  }

  private var names: [String: Int32] = [:]
  private var fixed: [Fixed: Int32] = [:]
  private var effects: [Effect: Int32] = [:]

  /// The numbers of one rule.
  mutating func numbers(of rule: UnsafePointer<Rule>) -> Numbers {
    var numbers = Numbers(
      interface: -1, fixed: Self.number(of: Fixed(rule), &fixed), effect: -1,
      isForInterfaceGroup: false)
    if let name = rule.pointee.interface {
      numbers.interface = Self.number(of: name, &names)
      // Real interfaces end in a digit.
      numbers.isForInterfaceGroup = name.utf8.last.map { !(48...57).contains($0) } ?? false
    }
    if !Self.isBarrier(rule) { numbers.effect = Self.number(of: Effect(rule), &effects) }
    return numbers
  }

  private static func number<Value: Hashable>(
    of value: Value, _ known: inout [Value: Int32]
  ) -> Int32 {
    let next = Int32(truncatingIfNeeded: known.count)
    let number = known[value, default: next]
    if number == next { known[value] = next }
    return number
  }

  /// Whether the rule stays where it is, alone (pfctl's barrier fields).
  private static func isBarrier(_ rule: UnsafePointer<Rule>) -> Bool {
    if !rule.pointee.limits.isUsual, rule.pointee.limits.value.isBarrier { return true }
    if !rule.pointee.marks.isUsual, !rule.pointee.marks.value.label.isEmpty { return true }
    return !rule.pointee.extras.isUsual && rule.pointee.extras.value.isBarrier
  }

  /// The fields in which no rule covers another.
  private struct Fixed: Hashable {
    let interfaceNegated: Bool
    let icmp: UInt16
    let icmp6: UInt16
    let icmpType: UInt8?
    let icmpCode: UInt8?
    let tos: UInt8?
    var rare: Rare?

    struct Rare: Hashable {
      var tagged = ""
      var taggedNegated = false
      var fingerprint: String?
      var user: IDMatch?
      var group: IDMatch?
      var timeouts = TimeoutValues()
    }

    init(_ rule: UnsafePointer<Rule>) {
      interfaceNegated = rule.pointee.interfaceNegated
      icmp = rule.pointee.blockReturn.icmp
      icmp6 = rule.pointee.blockReturn.icmp6
      icmpType = rule.pointee.icmpType
      icmpCode = rule.pointee.icmpCode
      tos = rule.pointee.tos
      guard rule.hasUnusual else { return }
      let rare = Rare(
        tagged: rule.pointee.marks.value.tagged,
        taggedNegated: rule.pointee.marks.value.taggedNegated,
        fingerprint: rule.pointee.extras.value.fingerprint,
        user: rule.pointee.extras.value.user, group: rule.pointee.extras.value.group,
        timeouts: rule.pointee.limits.value.timeouts)
      if rare != Rare() { self.rare = rare }
    }
  }

  /// The fields that break a superblock.
  private struct Effect: Hashable {
    let action: RuleAction
    let log: LogOptions
    let logInterface: UInt8
    let quick: Bool
    let state: StateKeeping
    let fragment: Bool
    let allowOptions: Bool
    let returnKind: BlockReturn.Kind
    let returnTTL: UInt8
    var rare: Rare?

    struct Rare: Hashable {
      var tag = ""
      var queue = ""
      var priorityQueue = ""
      var routing: RoutingKind?
      var rtable: Int32?
      var noSync = false
      var sourceTrack = SourceTracking.none
      var interfaceBound = false
      var overloadTable = ""
      var overloadFlush = OverloadFlush.none

      init() {}

      init(_ rule: UnsafePointer<Rule>) {
        tag = rule.pointee.marks.value.tag
        queue = rule.pointee.extras.value.queue
        priorityQueue = rule.pointee.extras.value.priorityQueue
        routing = rule.pointee.extras.value.routing?.kind
        rtable = rule.pointee.extras.value.rtable
        noSync = rule.pointee.limits.value.noSync
        sourceTrack = rule.pointee.limits.value.sourceTrack
        interfaceBound = rule.pointee.limits.value.interfaceBound
        overloadTable = rule.pointee.limits.value.overloadTable
        overloadFlush = rule.pointee.limits.value.overloadFlush
      }
    }

    init(_ rule: UnsafePointer<Rule>) {
      action = rule.pointee.action
      log = rule.pointee.log
      logInterface = rule.pointee.logInterface
      quick = rule.pointee.quick
      state = rule.pointee.state
      fragment = rule.pointee.fragment
      allowOptions = rule.pointee.allowOptions
      returnKind = rule.pointee.blockReturn.kind
      returnTTL = rule.pointee.blockReturn.ttl
      guard rule.hasUnusual else { return }
      let rare = Rare(rule)
      if rare != Rare() { self.rare = rare }
    }
  }
}

extension UnsafePointer<Rule> {
  /// Whether the rule has anything that most rules lack.
  fileprivate var hasUnusual: Bool {
    !(pointee.marks.isUsual && pointee.extras.isUsual && pointee.limits.isUsual)
  }
}

extension StateOptions {
  fileprivate var isBarrier: Bool {
    max != 0 || maxSourceNodes != 0 || maxSourceStates != 0 || maxSourceConnections != 0
      || connectionRateLimit != 0 || sourceTrack == .rule
  }
}

extension RuleExtras {
  fileprivate var isBarrier: Bool {
    probability != 0 || anchorCall != nil || !(routing?.pool.elements.isEmpty ?? true)
  }
}
