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
