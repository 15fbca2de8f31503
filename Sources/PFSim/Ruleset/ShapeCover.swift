/// Finds covered rules of a large superblock: instead of comparing each rule with each, every rule
/// is widened to each shape that occurs, and looked up.
struct ShapeCover {
  /// Which fields besides the addresses a rule leaves open.
  private struct Openness: OptionSet, Hashable {
    let rawValue: UInt8
    static let interface = Openness(rawValue: 1)
    static let direction = Openness(rawValue: 2)
    static let proto = Openness(rawValue: 4)
    static let flags = Openness(rawValue: 8)
    static let sourcePorts = Openness(rawValue: 16)
    static let destinationPorts = Openness(rawValue: 32)
    static let family = Openness(rawValue: 64)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ key: RuleMergeKey) {
      var open: Openness = []
      if key.interface < 0 { open.insert(.interface) }
      if key.direction == .any { open.insert(.direction) }
      if key.proto == .any { open.insert(.proto) }
      if key.flags == 0, key.flagMask == 0 { open.insert(.flags) }
      if key.sourcePorts == nil { open.insert(.sourcePorts) }
      if key.destinationPorts == nil { open.insert(.destinationPorts) }
      if key.family == .unspecified { open.insert(.family) }
      self = open
    }

    /// The key with all these fields open.
    func widen(_ key: RuleMergeKey) -> RuleMergeKey {
      var key = key
      if contains(.interface) {
        key.interface = -1
        key.interfaceResidue = 0
      }
      if contains(.direction) { key.direction = .any }
      if contains(.flags) {
        key.flags = 0
        key.flagMask = 0
      }
      if contains(.proto) { key.proto = .any }
      if contains(.sourcePorts) { key.sourcePorts = nil }
      if contains(.destinationPorts) { key.destinationPorts = nil }
      if contains(.family) { key.family = .unspecified }
      return key
    }
  }

  /// How much an address covers.
  private struct Reach: Hashable {
    /// The length of a network's mask, 0 for any address, -1 for what only covers itself.
    let length: Int

    init(_ address: AddressSpec) {
      switch address {
      case .any: length = 0
      case .network(_, let mask): length = mask.leadingOnes
      default: length = -1
      }
    }

    /// Whether something of this reach can cover something of another.
    func mayCover(_ inner: Reach) -> Bool {
      if length < 0 || inner.length < 0 { return length == 0 || length == inner.length }
      return length <= inner.length
    }

    /// The only address of this reach that can cover another.
    func widen(_ address: AddressSpec) -> AddressSpec {
      if length < 0 { return address }
      if length == 0 { return .any }
      guard case .network(let bits, _) = address else { return address }
      let mask = AddressBits(prefixLength: length)
      return .network(bits & mask, mask: mask)
    }
  }

  /// The shapes that occur: open fields, then the reach of the source, then that of the
  /// destination.
  private var shapes: [Openness: [Reach: Set<Reach>]] = [:]
  /// One rule of each key, of each key with each source, and of each key with both addresses.
  private var byKey: IndexTable
  private var bySource: IndexTable
  private var byAll: IndexTable
  private let block: Range<Int>
  private let candidates: MergeCandidates

  init(_ block: Range<Int>, _ candidates: MergeCandidates) {
    self.block = block
    self.candidates = candidates
    byKey = IndexTable(count: block.count)
    bySource = byKey
    byAll = byKey
    for rule in block { add(rule) }
  }

  private mutating func add(_ rule: Int) {
    let one = candidates[rule]
    let candidates = candidates
    let open = Openness(one.key)
    let reach = Reach(one.source)
    shapes[open, default: [:]][reach, default: []].insert(
      Reach(one.destination))
    let key = one.key.hashValue
    _ = byKey.insert(rule, key) { candidates.key($0) == one.key }
    let source = Self.hash(key, one.source)
    _ = bySource.insert(rule, source) {
      candidates.source($0) == one.source && candidates.key($0) == one.key
    }
    _ = byAll.insert(rule, Self.hash(source, one.destination)) { candidates[$0] == one }
  }

  /// Which rules of the block others cover.
  ///
  /// The relation is transitive, so that the order does not matter.
  /// - Complexity: The number of rules times the number of shapes that can cover them.
  func covered() -> [Bool] {
    let shapes = self.shapes.map { open, sources in
      (open: open, sources: sources.map { (reach: $0.key, destinations: Array($0.value)) })
    }
    return block.map { rule in
      let one = candidates[rule]
      let own = Openness(one.key)
      let source = Reach(one.source)
      for shape in shapes where shape.open.isSuperset(of: own) {
        let key = shape.open.widen(one.key)
        let hash = key.hashValue
        guard byKey.find(hash, { candidates.key($0) == key }) != nil else { continue }
        for side in shape.sources where side.reach.mayCover(source) {
          let wide = RuleCover.Candidate(
            key: key, source: side.reach.widen(one.source), destination: one.destination)
          if covers(rule, one, wide, hash, side.destinations) { return true }
        }
      }
      return false
    }
  }

  /// Whether a rule with a widened key and source covers one.
  private func covers(
    _ rule: Int, _ one: RuleCover.Candidate, _ wide: RuleCover.Candidate, _ hash: Int,
    _ destinations: [Reach]
  ) -> Bool {
    let hash = Self.hash(hash, wide.source)
    let isThere = bySource.find(hash) {
      candidates.source($0) == wide.source && candidates.key($0) == wide.key
    }
    guard isThere != nil else { return false }
    let reach = Reach(one.destination)
    for outer in destinations where outer.mayCover(reach) {
      var wide = wide
      wide.destination = outer.widen(one.destination)
      guard
        let other = byAll.find(Self.hash(hash, wide.destination), { candidates[$0] == wide }),
        other != rule, RuleCover.covers(wide, one)
      else { continue }
      // Of rules that cover each other, the first stays.
      if other < rule || !RuleCover.covers(one, wide) { return true }
    }
    return false
  }

  private static func hash(_ hash: Int, _ address: AddressSpec) -> Int {
    // An odd factor keeps the order of the two sides apart.
    hash &* 0x2545_F491_4F6C_DD1D ^ address.hashValue
  }
}
