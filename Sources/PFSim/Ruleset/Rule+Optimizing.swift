/// What the optimiser asks about rules, by the kernel's fields.
extension Rule {
  /// Whether the rule stays where it is, alone (pfctl's barrier fields).
  var isBarrier: Bool {
    !label.isEmpty || probability != 0 || anchorCall != nil || stateOptions.isBarrier
      || !(routing?.pool.elements.isEmpty ?? true)
  }

  /// Whether the rule's interface names a group: real interfaces end in a digit.
  var isForInterfaceGroup: Bool {
    guard let last = interface?.utf8.last else { return false }
    return !(48...57).contains(last)
  }

  /// Whether the fields that break a superblock agree.
  func hasSameEffect(as other: Rule) -> Bool {
    tag == other.tag && state == other.state && queue == other.queue
      && priorityQueue == other.priorityQueue && routing?.kind == other.routing?.kind
      && allowOptions == other.allowOptions && action == other.action && log == other.log
      && quick == other.quick && logInterface == other.logInterface && rtable == other.rtable
      && fragment == other.fragment && blockReturn.kind == other.blockReturn.kind
      && blockReturn.ttl == other.blockReturn.ttl
      && stateOptions.hasSameEffect(as: other.stateOptions)
  }

  /// The fields that rules must share to be merged, besides those of ``hasSameEffect(as:)``.
  var mergeKey: RuleMergeKey { RuleMergeKey(self) }
}

extension StateOptions {
  fileprivate var isBarrier: Bool {
    max != 0 || maxSourceNodes != 0 || maxSourceStates != 0 || maxSourceConnections != 0
      || connectionRateLimit != 0 || sourceTrack == .rule
  }

  fileprivate func hasSameEffect(as other: StateOptions) -> Bool {
    noSync == other.noSync && sourceTrack == other.sourceTrack
      && interfaceBound == other.interfaceBound && overloadTable == other.overloadTable
      && overloadFlush == other.overloadFlush
  }
}

/// The fields of a rule in a superblock except its addresses.
struct RuleMergeKey: Hashable {
  var family: AddressFamily
  var interface: String?
  var interfaceResidue: UInt32
  var direction: Direction
  var proto: IPProtocol
  var flags: UInt8
  var flagMask: UInt8
  var sourcePorts: PortMatch?
  var destinationPorts: PortMatch?
  /// The fields in which no rule covers another.
  let fixed: Fixed

  /// The fields in which no rule covers another.
  struct Fixed: Hashable {
    let interfaceNegated: Bool
    let tagged: String
    let taggedNegated: Bool
    let fingerprint: String?
    let timeouts: TimeoutValues
    let icmp: UInt16
    let icmp6: UInt16
    let user: IDMatch?
    let group: IDMatch?
    let icmpType: UInt8?
    let icmpCode: UInt8?
    let tos: UInt8?
    let sourceNegated: Bool
    let destinationNegated: Bool
  }

  init(_ rule: Rule) {
    family = rule.family
    interface = rule.interface
    interfaceResidue = rule.interfaceResidue
    direction = rule.direction
    proto = rule.proto
    flags = rule.flags
    flagMask = rule.flagMask
    sourcePorts = rule.source.ports
    destinationPorts = rule.destination.ports
    fixed = Fixed(
      interfaceNegated: rule.interfaceNegated, tagged: rule.tagged,
      taggedNegated: rule.taggedNegated, fingerprint: rule.fingerprint,
      timeouts: rule.stateOptions.timeouts, icmp: rule.blockReturn.icmp,
      icmp6: rule.blockReturn.icmp6, user: rule.user, group: rule.group,
      icmpType: rule.icmpType, icmpCode: rule.icmpCode, tos: rule.tos,
      sourceNegated: rule.source.negated, destinationNegated: rule.destination.negated)
  }
}

extension AddressSpec {
  /// Whether an automatic table can take the address in.
  var isCombinable: Bool {
    switch self {
    case .any, .network: true
    default: false
    }
  }

  /// Whether the address covers another of the same family or is the same (`exclude_supersets`).
  func covers(_ other: AddressSpec, sameFamily: Bool) -> Bool {
    if self == other { return true }
    guard sameFamily, case .network(let outer, let mask) = self else { return false }
    switch other {
    case .network(let inner, let innerMask):
      return mask.leadingOnes < innerMask.leadingOnes && inner & mask == outer
    default: return false
    }
  }
}
