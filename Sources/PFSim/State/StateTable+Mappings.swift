/// Which states map the same inside host and port by the same translation rule.
extension StateTable {
  private static func mappingHash(_ rule: Int32, _ key: StateKey) -> UInt32 {
    var same = StateKey()
    same.proto = .tcp
    same.lan = key.lan
    same.lanIsIPv6 = key.lanIsIPv6
    same.lanPort = key.lanPort
    same.remotePort = UInt32(bitPattern: rule) << 8 | UInt32(key.proto.rawValue)
    return same.lanHash
  }

  /// Whether a state maps the same inside host and port by the same rule as a key does.
  private func isSameMapping(_ index: Int32, _ rule: Int32, _ key: StateKey) -> Bool {
    let state = states.base[Int(index)]
    guard state.translationRule == rule, state.key >= 0 else { return false }
    let own = keys.base[Int(state.key)]
    return own.proto == key.proto && own.lan == key.lan && own.lanPort == key.lanPort
      && own.lanIsIPv6 == key.lanIsIPv6
  }

  /// The oldest state of a translation rule with a key's protocol, inside host and port that a
  /// test accepts; -1 for none.
  func firstMapping(_ rule: Int32, _ key: StateKey, _ accept: (StateKey) -> Bool) -> Int32 {
    var index = mappingIndex.find(Self.mappingHash(rule, key)) { isSameMapping($0, rule, key) }
    while index >= 0 {
      if accept(keys.base[Int(states.base[Int(index)].key)]) { return index }
      index = states.base[Int(index)].nextOfMapping
    }
    return -1
  }

  /// Adds a state to those of its mapping.
  mutating func addMapping(_ index: Int32) {
    let rule = states.base[Int(index)].translationRule
    let key = key(of: index).pointee
    states.base[Int(index)].nextOfMapping = -1
    let hash = Self.mappingHash(rule, key)
    var place = mappingIndex.find(hash) { isSameMapping($0, rule, key) }
    guard place >= 0 else { return mappingIndex.insert(hash, index) }
    while states.base[Int(place)].nextOfMapping >= 0 {
      place = states.base[Int(place)].nextOfMapping
    }
    states.base[Int(place)].nextOfMapping = index
  }

  /// Takes a state out of those of its mapping.
  mutating func removeMapping(_ index: Int32) {
    let state = states.base[Int(index)]
    guard state.translationRule >= 0 else { return }
    let key = keys.base[Int(state.key)]
    let hash = Self.mappingHash(state.translationRule, key)
    var place = mappingIndex.find(hash) { isSameMapping($0, state.translationRule, key) }
    if place == index {
      mappingIndex.remove(hash, index)
      if state.nextOfMapping >= 0 { mappingIndex.insert(hash, state.nextOfMapping) }
      return
    }
    while place >= 0, states.base[Int(place)].nextOfMapping != index {
      place = states.base[Int(place)].nextOfMapping
    }
    if place >= 0 { states.base[Int(place)].nextOfMapping = state.nextOfMapping }
  }
}
