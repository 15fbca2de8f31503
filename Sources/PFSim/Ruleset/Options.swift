/// The options of a file, each nil where the file does not set it.
public struct Options: Sendable, Hashable {
  /// `set timeout`, and what `set optimization` and `set limit states` imply.
  public var timeouts: [Timeout: UInt32] = [:]
  /// `set limit`.
  public var limits: [Limit: UInt32] = [:]
  /// `set loginterface`; an empty name for `none`.
  public var logInterface: String?
  /// `set hostid`.
  public var hostID: UInt32?
  /// `set debug`.
  public var debug: DebugLevel?
  /// `set skip on`: the names.
  public var skipInterfaces: [String] = []
  /// `set fingerprints`.
  public var fingerprintsFile: String?
  /// What the file of `set fingerprints` holds.
  public var fingerprints: FingerprintList?
  /// `set ruleset-optimization`.
  public var optimization: OptimizationLevel?

  /// No options.
  public init() {}
}
