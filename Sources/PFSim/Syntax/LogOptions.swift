/// What a rule logs.
public struct LogOptions: OptionSet, Sendable, Hashable {
  /// The kernel's bits (`PF_LOG` …).
  public var rawValue: UInt8
  /// Makes the set from the kernel's bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The packet that the rules decide.
  public static let log = LogOptions(rawValue: 1)
  /// Every packet of the state as well.
  public static let all = LogOptions(rawValue: 2)
  /// With the socket's owner.
  public static let user = LogOptions(rawValue: 4)
}
