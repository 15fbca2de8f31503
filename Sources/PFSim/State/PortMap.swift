/// Which ports the keys of endpoint-independent UDP hold at each outside IPv4 address.
///
/// Such keys collide whatever the remote end is, so that a busy translation runs out of ports and
/// every new flow would look at all of them; a bit for each port answers at once.
struct PortMap {
  private static let words = 1_024
  private var taken: [AddressBits: UnsafeMutablePointer<UInt64>] = [:]

  /// Gives the memory back.
  func deallocate() {
    for words in taken.values { words.deallocate() }
  }

  /// Whether keys like this one are noted here.
  @inline(__always)
  static func covers(_ key: StateKey) -> Bool {
    key.proto == .udp && key.variant >= EndpointDependence.independent.rawValue
      && !key.gatewayIsIPv6 && !key.lanIsIPv6
  }

  /// Notes that a key's outside port is taken, or free again.
  mutating func set(_ key: StateKey, isTaken: Bool) {
    guard Self.covers(key), key.gatewayPort <= 65_535 else { return }
    if taken[key.gateway] == nil {
      guard isTaken else { return }
      let words = UnsafeMutablePointer<UInt64>.allocate(capacity: Self.words)
      words.initialize(repeating: 0, count: Self.words)
      taken[key.gateway] = words
    }
    guard let words = taken[key.gateway] else { return }
    let bit: UInt64 = 1 << UInt64(key.gatewayPort & 63)
    if isTaken {
      words[Int(key.gatewayPort >> 6)] |= bit
    } else {
      words[Int(key.gatewayPort >> 6)] &= ~bit
    }
  }

  /// The first free port of an address going up, or going down; nil where all are taken.
  /// - Complexity: O(ports / 64).
  func firstFree(_ address: AddressBits, in ports: ClosedRange<UInt32>, goingUp: Bool) -> UInt32? {
    guard let words = taken[address] else { return goingUp ? ports.lowerBound : ports.upperBound }
    var port = goingUp ? ports.lowerBound : ports.upperBound
    while ports.contains(port) {
      let free = ~words[Int(port >> 6)]
      let rest = goingUp ? free >> UInt64(port & 63) : free << UInt64(63 - port & 63)
      if rest != 0 {
        let step = UInt32(goingUp ? rest.trailingZeroBitCount : rest.leadingZeroBitCount)
        guard goingUp || port >= step else { return nil }
        let found = goingUp ? port + step : port - step
        return ports.contains(found) ? found : nil
      }
      if goingUp {
        port = (port | 63) + 1
      } else {
        guard port > 63 else { return nil }
        port = (port & ~63) - 1
      }
    }
    return nil
  }
}
