/// The memory of a ``StateTable`` that a search reads: three pointers that cost nothing to pass.
struct StateRecords {
  let states: UnsafeMutablePointer<StateRecord>
  let extras: UnsafeMutablePointer<StateExtras>
  let wideHosts: UnsafeMutablePointer<WideHosts>

  /// The key of a state that is not unlinked.
  @inline(__always)
  func key(of index: Int32) -> StateKey {
    let state = states + Int(index)
    var key = StateKey(state)
    if !state.pointee.isNarrow { complete(&key, of: index) }
    return key
  }

  /// The hashes of a linked state's key in the two indices.
  @inline(__always)
  func hashes(of index: Int32) -> (inside: UInt32, outside: UInt32) {
    let state = states + Int(index)
    guard state.pointee.isNarrow, state.pointee.proto == .tcp || state.pointee.proto == .udp
    else { return key(of: index).hashes }
    return state.pointee.hosts.hashes(state.pointee.proto, state.pointee.variant)
  }

  /// Adds what a key has beside the record.
  @inline(never)
  private func complete(_ key: inout StateKey, of index: Int32) {
    let state = states + Int(index)
    if state.pointee.flags.contains(.hasCookie) {
      key.hasCookie = true
      key.cookie = extras[Int(index)].cookie
    }
    guard state.pointee.flags.contains(.isWide) else { return }
    let wide = wideHosts[Int(state.pointee.hosts.widePlace)]
    key.lan = wide.lan
    key.gateway = wide.gateway
    key.remote = wide.remote
    key.remoteGateway = wide.remoteGateway
  }

  /// Whether a search for a key by the inside finds a state; for searches that mostly find none.
  @inline(never)
  func matchesLAN(_ index: Int32, _ key: StateKey) -> Bool { key.matchesLAN(self.key(of: index)) }

  /// Whether a search for a key by the outside finds a state; for searches that mostly find none.
  @inline(never)
  func matchesGateway(_ index: Int32, _ key: StateKey) -> Bool {
    key.matchesGateway(self.key(of: index))
  }

  /// Whether a state has a mapping.
  @inline(never)
  func matches(_ index: Int32, _ mapping: Mapping) -> Bool {
    mapping.holds(states[Int(index)].translationRule, key(of: index))
  }

  /// Whether a search by the inside or outside finds a state.
  @inline(__always)
  func matches(_ index: Int32, _ key: NarrowKey, isOut: Bool) -> Bool {
    let state = states + Int(index)
    return state.pointee.isNarrow
      ? key.matches(state, isOut: isOut) : matchesWhole(index, key, isOut: isOut)
  }

  @inline(never)
  private func matchesWhole(_ index: Int32, _ key: NarrowKey, isOut: Bool) -> Bool {
    let whole = StateKey(key)
    let stored = self.key(of: index)
    return isOut ? whole.matchesLAN(stored) : whole.matchesGateway(stored)
  }
}
