/// Which states map the same inside host and port by the same translation rule.
extension StateTable {
  /// The hash of the inside host and port that a rule maps.
  static func mappingHash(_ rule: Int32, _ key: StateKey) -> UInt32 {
    var same = StateKey()
    same.proto = .tcp
    same.lan = key.lan
    same.lanIsIPv6 = key.lanIsIPv6
    same.lanPort = key.lanPort
    same.remotePort = UInt32(bitPattern: rule) << 8 | UInt32(key.proto.rawValue)
    return same.lanHash
  }

  /// The first of the states that map the same inside host and port by the same rule as a key
  /// does, -1 for none.
  @inline(__always)
  private func findMapping(_ hash: UInt32, _ rule: Int32, _ key: StateKey) -> Int32 {
    let records = records
    return mappingIndex.find(hash) { index in
      guard records.states[Int(index)].translationRule == rule else { return false }
      let own = records.key(of: index)
      return own.proto == key.proto && own.lan == key.lan && own.lanPort == key.lanPort
        && own.lanIsIPv6 == key.lanIsIPv6
    }
  }

  /// The oldest state of a translation rule with a key's protocol, inside host and port that a
  /// test accepts; -1 for none.
  func firstMapping(_ rule: Int32, _ key: StateKey, _ accept: (StateKey) -> Bool) -> Int32 {
    var index = findMapping(Self.mappingHash(rule, key), rule, key)
    while index >= 0 {
      if accept(self.key(of: index)) { return index }
      index = extras.base[Int(index)].nextOfMapping
    }
    return -1
  }

  /// Adds a state to those of its mapping.
  mutating func addMapping(_ index: Int32) {
    let rule = states.base[Int(index)].translationRule
    let key = key(of: index)
    states.base[Int(index)].flags.insert(.isMapped)
    extras.base[Int(index)].nextOfMapping = -1
    let hash = Self.mappingHash(rule, key)
    let oldest = findMapping(hash, rule, key)
    guard oldest >= 0 else {
      extras.base[Int(index)].previousOfMapping = index
      return mappingIndex.insert(hash, index)
    }
    let youngest = extras.base[Int(oldest)].previousOfMapping
    extras.base[Int(youngest)].nextOfMapping = index
    extras.base[Int(index)].previousOfMapping = youngest
    extras.base[Int(oldest)].previousOfMapping = index
  }

  /// Takes a state out of those of its mapping.
  mutating func removeMapping(_ index: Int32) {
    let state = state(index)
    guard state.pointee.flags.contains(.isMapped) else { return }
    state.pointee.flags.remove(.isMapped)
    let next = extras.base[Int(index)].nextOfMapping
    let previous = extras.base[Int(index)].previousOfMapping
    let isOldest = extras.base[Int(previous)].nextOfMapping < 0
    guard isOldest || next < 0 else {
      extras.base[Int(previous)].nextOfMapping = next
      extras.base[Int(next)].previousOfMapping = previous
      return
    }
    let rule = state.pointee.translationRule
    let key = key(of: index)
    let hash = Self.mappingHash(rule, key)
    if !isOldest {
      extras.base[Int(previous)].nextOfMapping = -1
      let oldest = findMapping(hash, rule, key)
      if oldest >= 0 { extras.base[Int(oldest)].previousOfMapping = previous }
    } else if next >= 0 {
      mappingIndex.replace(hash, index, by: next)
      extras.base[Int(next)].previousOfMapping = previous
    } else {
      mappingIndex.remove(hash, index)
    }
  }
}
