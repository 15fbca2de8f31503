/// How the criteria of a shape's rules are distributed.
///
/// The figures follow what Taylor and Turner published about real filter sets in "ClassBench: A
/// Packet Classification Benchmark" (2007): few kinds of port tests, exact hosts prevailing among
/// destinations, clusters of related prefixes.
struct ShapeProfile: Sendable {
  /// The weights of the kinds of port tests.
  struct Ports: Sendable {
    /// Any port.
    var any: Double
    /// 1024 and above.
    var high: Double
    /// Below 1024.
    var low: Double
    /// A range somewhere.
    var range: Double
    /// One port.
    var exact: Double

    /// In the order of the members.
    var weights: [Double] { [any, high, low, range, exact] }
  }
  /// Prefix lengths and their weights; IPv6 uses twice the length above 0, and 128 for 32.
  var sourceLengths: [(length: Int, weight: Double)]
  /// The same for destinations.
  var destinationLengths: [(length: Int, weight: Double)]
  /// Tests of source ports.
  var sourcePorts: Ports
  /// Tests of destination ports.
  var destinationPorts: Ports
  /// The weights of TCP, UDP, ICMP and any protocol.
  var protocols: [Double]
  /// How strongly addresses cluster, 0 (evenly spread) … 1 (one branch).
  var skew: Double

  /// The profile of a shape; shapes that only arrange rules otherwise use that of `acl`.
  static func profile(of shape: RulesetShape) -> ShapeProfile {
    switch shape {
    case .fw: fw
    case .ipc: ipc
    case .random: random
    case .acl, .grouped, .anchors, .tables: acl
    }
  }

  private static let acl = ShapeProfile(
    sourceLengths: [(0, 6), (8, 1), (16, 6), (20, 4), (24, 22), (26, 6), (28, 10), (32, 45)],
    destinationLengths: [(0, 1), (16, 2), (20, 2), (24, 18), (26, 4), (28, 8), (32, 65)],
    sourcePorts: Ports(any: 100, high: 0, low: 0, range: 0, exact: 0),
    destinationPorts: Ports(any: 26, high: 2, low: 1, range: 9, exact: 62),
    protocols: [74, 18, 3, 5], skew: 0.7)

  private static let fw = ShapeProfile(
    sourceLengths: [(0, 32), (8, 2), (16, 6), (24, 16), (28, 4), (32, 40)],
    destinationLengths: [(0, 24), (8, 2), (16, 8), (24, 16), (28, 4), (32, 46)],
    sourcePorts: Ports(any: 82, high: 7, low: 1, range: 2, exact: 8),
    destinationPorts: Ports(any: 38, high: 5, low: 2, range: 9, exact: 46),
    protocols: [58, 24, 6, 12], skew: 0.6)

  private static let ipc = ShapeProfile(
    sourceLengths: [(0, 12), (8, 2), (16, 9), (20, 3), (24, 20), (28, 6), (32, 48)],
    destinationLengths: [(0, 9), (8, 2), (16, 8), (20, 3), (24, 20), (28, 6), (32, 52)],
    sourcePorts: Ports(any: 76, high: 6, low: 1, range: 4, exact: 13),
    destinationPorts: Ports(any: 42, high: 5, low: 2, range: 6, exact: 45),
    protocols: [50, 30, 8, 12], skew: 0.65)

  private static let random = ShapeProfile(
    sourceLengths: [(0, 10), (2, 10), (4, 20), (8, 30), (12, 20), (16, 10)],
    destinationLengths: [(0, 10), (2, 10), (4, 20), (8, 30), (12, 20), (16, 10)],
    sourcePorts: Ports(any: 30, high: 10, low: 10, range: 50, exact: 0),
    destinationPorts: Ports(any: 30, high: 10, low: 10, range: 50, exact: 0),
    protocols: [35, 35, 5, 25], skew: 0)
}
