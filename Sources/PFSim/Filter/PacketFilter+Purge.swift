extension PacketFilter {
  /// Moves the clock forward and purges at the kernel's pace; times in the past are ignored.
  ///
  /// For every full second passed the purge looks at 1 + states / interval states, in order of
  /// creation, so that an expired state can still match for a while. Fragments and source nodes
  /// go every `interval` seconds, which do not count while there is nothing at all to purge.
  public func advance(to seconds: Double) {
    guard seconds > now else { return }
    now = seconds
    let target = UInt32(min(max(0, seconds.rounded(.down)), Double(UInt32.max / 2)))
    while second < target {
      if isIdle {
        if !wasBusy {
          purgeLoops = (purgeLoops &+ (target &- second)) % max(1, timeout(.interval))
        }
        second = target
        return
      }
      wasBusy = true
      second += 1
      purge()
    }
  }

  /// Whether nothing is there that time could change.
  private var isIdle: Bool {
    states.count == 0 && sourceNodes.count == 0 && normalizer.fragments.datagrams.isEmpty
      && normalizer.fragments.caches.isEmpty
  }

  /// What the kernel's purge thread does once a second (kernel: `pf_purge_thread_cont()`).
  private func purge() {
    let interval = max(1, timeout(.interval))
    // KERNEL: pf_purge_thread_cont() looks at all states while pf is off.
    purgeStates(isEnabled ? 1 + states.count / Int(interval) : states.count)
    purgeLoops += 1
    guard purgeLoops >= interval || !isEnabled else { return }
    normalizer.fragments.timeout = timeout(.fragment)
    normalizer.fragments.purge(now: second)
    purgeSourceNodes()
    purgeLoops = 0
  }

  private func purgeStates(_ limit: Int) {
    var remaining = limit
    while remaining > 0 {
      remaining -= 1
      if purgeCursor < 0 { purgeCursor = states.first }
      guard purgeCursor >= 0 else { return }
      let index = purgeCursor
      purgeCursor = states.extras(index).pointee.next
      if states.state(index).pointee.timeout == StateRecord.unlinked {
        free(index)
      } else if expiry(of: states.state(index)) <= UInt64(second) {
        // States that were made one after the other mostly lie so, and run out together.
        states.prefetchRemoval(index &+ 8)
        unlink(index)
        free(index)
      }
    }
  }

  /// When a state runs out, in whole seconds (kernel: `pf_state_expires()`).
  func expiry(of state: UnsafeMutablePointer<StateRecord>) -> UInt64 {
    let last = UInt64(state.pointee.expire)
    guard let kind = Timeout(rawValue: state.pointee.timeout) else { return UInt64(second) }
    let rule = state.pointee.rule
    let full = timeout(kind, of: rule)
    var start: UInt32 = 0
    let own = program.body(rule).pointee.timeouts
    if own >= 0 {
      start = program.ruleTimeouts.base[Int(own) + Int(Timeout.adaptiveStart.rawValue)]
    }
    let end: UInt32
    let count: UInt32
    if start != 0 {
      end = program.ruleTimeouts.base[Int(own) + Int(Timeout.adaptiveEnd.rawValue)]
      count = program.body(rule).pointee.states
    } else {
      start = timeout(.adaptiveStart)
      end = timeout(.adaptiveEnd)
      count = UInt32(truncatingIfNeeded: states.count)
    }
    guard end != 0, count > start, start < end else { return last + UInt64(full) }
    guard count < end else { return UInt64(second) }
    // KERNEL: pf_state_expires() multiplies 32-bit numbers, but adds to a time of 64 bits.
    return last + UInt64(full &* (end &- count) / (end &- start))
  }

  /// Takes a state out of the search; the purge frees it (kernel: `pf_unlink_state()`).
  func unlink(_ index: Int32) {
    let state = states.state(index)
    if state.pointee.source.state == TCPState.proxyDestination, state.pointee.isLinked {
      resetServer(index)
    }
    if state.pointee.flags.contains(.hasSourceNodes) {
      leaveSourceNodes(state, states.extras(index))
    }
    state.pointee.timeout = StateRecord.unlinked
    states.detach(index)
  }

  /// Tells the server of a connection that the SYN proxy gives up.
  private func resetServer(_ index: Int32) {
    let state = states.state(index)
    let key = states.key(of: index)
    let family: AddressFamily = key.lanIsIPv6 ? .inet6 : .inet
    send(
      GeneratedSegment(
        source: IPAddress(family: family, bits: key.remote),
        destination: IPAddress(family: family, bits: key.lan),
        sourcePort: UInt16(truncatingIfNeeded: key.remotePort),
        destinationPort: UInt16(truncatingIfNeeded: key.lanPort),
        sequence: state.pointee.source.sequenceHigh,
        acknowledgment: state.pointee.source.sequenceLow &+ 1, flags: [.rst, .ack]),
      skipsFilter: true)
  }

  /// Takes a state out of the search and frees it at once.
  func remove(_ index: Int32) {
    if purgeCursor == index { purgeCursor = states.extras(index).pointee.next }
    unlink(index)
    free(index)
  }

  /// Frees an unlinked state (kernel: `pf_free_state()`).
  private func free(_ index: Int32) {
    let state = states.state(index)
    forgetNormalization(states.extras(index))
    program.interfaces.records.base[Int(state.pointee.interface)].states -= 1
    states.free(index)
    status.stateRemovals &+= 1
    // The record keeps what it says until the next state takes it.
    releaseRules(of: state)
  }

  private func purgeSourceNodes() {
    for index in sourceNodes.all {
      let node = sourceNodes.node(index)
      guard node.pointee.states == 0, node.pointee.expire <= UInt64(second) else { continue }
      let rule = node.pointee.rule
      sourceNodes.remove(index)
      status.sourceRemovals &+= 1
      guard rule >= 0 else { continue }
      if program.body(rule).pointee.sourceNodes > 0 {
        program.body(rule).pointee.sourceNodes -= 1
      }
      release(rule)
    }
  }
}
