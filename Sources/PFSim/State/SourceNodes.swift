/// A source address that is tracked (kernel: `pf_src_node`).
struct SourceNode {
  /// The rule it belongs to, -1 for one of all rules (`source-track global`).
  var rule: Int32
  /// The rule that made it.
  var owner: Int32
  var isIPv6: Bool
  var address: AddressBits
  /// The translation address that sticky pools give it; zero for none yet.
  var translated = AddressBits.zero
  var counts = TrafficCounts()
  /// The number of its states.
  var states: UInt32 = 0
  /// The number of its established connections.
  var connections: UInt32 = 0
  /// The limit, count (both times 1,000), seconds and last time of its rate of connections.
  var rateLimit: UInt32 = 0
  var rateCount: UInt32 = 0
  var rateSeconds: UInt32 = 0
  var rateLast: UInt32 = 0
  var creation: UInt32
  /// When it may go, 0 while it has states.
  var expire: UInt64 = 0
  var isUsed = true

  /// Counts a connection at a time (kernel: `pf_add_threshold()`).
  mutating func addToRate(now: UInt32) {
    let passed = now &- rateLast
    if passed >= rateSeconds {
      rateCount = 0
    } else {
      rateCount &-= rateCount &* passed / rateSeconds
    }
    rateCount &+= 1000
    rateLast = now
  }
}

/// All source nodes.
struct SourceNodes {
  private struct Key: Hashable {
    var rule: Int32
    var isIPv6: Bool
    var address: AddressBits
  }
  private(set) var nodes = FlatStorage<SourceNode>(alignment: 16)
  private var indices: [Key: Int32] = [:]
  private var free: [Int32] = []

  /// The number of nodes.
  var count: Int { indices.count }
  /// The indices of the nodes.
  var all: [Int32] { indices.values.sorted() }

  /// Gives the memory back.
  func deallocate() { nodes.deallocate() }

  /// The record of a node.
  @inline(__always)
  func node(_ index: Int32) -> UnsafeMutablePointer<SourceNode> { nodes.base + Int(index) }

  /// The node of a rule (-1: of all rules) and address, -1 for none.
  func find(rule: Int32, isIPv6: Bool, _ address: AddressBits) -> Int32 {
    indices[Key(rule: rule, isIPv6: isIPv6, address: address)] ?? -1
  }

  /// Adds a node.
  mutating func insert(_ node: SourceNode) -> Int32 {
    let index: Int32
    if let reused = free.popLast() {
      nodes.base[Int(reused)] = node
      index = reused
    } else {
      index = Int32(truncatingIfNeeded: nodes.append(node))
    }
    indices[Key(rule: node.rule, isIPv6: node.isIPv6, address: node.address)] = index
    return index
  }

  /// Removes a node.
  mutating func remove(_ index: Int32) {
    let node = nodes.base[Int(index)]
    indices[Key(rule: node.rule, isIPv6: node.isIPv6, address: node.address)] = nil
    nodes.base[Int(index)].isUsed = false
    free.append(index)
  }
}
