/// What macOS's sharing service and its broker `pfd` have done to pf.
public struct SharingService: Sendable, Hashable {
  /// The token that pfd holds, nil for none.
  public internal(set) var token: UInt64?
  /// The uplinks that the shared parts have rules for, in the order of discovery.
  public internal(set) var egress: [String] = []
  /// Whether the service runs; a killed one leaves its bridge behind.
  public internal(set) var isRunning = false
  /// The anchor calls that the service inserted at its last start, as pfctl prints them.
  public internal(set) var inserted: [String] = []

  /// The parts that have rules, by their last path component.
  public internal(set) var parts: [String] = []

  /// Nothing yet.
  public init() {}

  /// The anchor that the service's calls name.
  public static let anchor = "com.apple.internet-sharing"
}
