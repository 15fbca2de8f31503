/// The parts of a file that a load takes (`PFCTL_FLAG_…`).
public struct LoadParts: OptionSet, Sendable, Hashable {
  /// The bits.
  public var rawValue: UInt8
  /// Makes the set from its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// Filter, scrub and dummynet rules (`-R`).
  public static let filter = LoadParts(rawValue: 1)
  /// Translation rules (`-N`).
  public static let translation = LoadParts(rawValue: 2)
  /// Queues (`-A`).
  public static let queues = LoadParts(rawValue: 4)
  /// Options (`-O`).
  public static let options = LoadParts(rawValue: 8)
  /// Tables (`-T load`).
  public static let tables = LoadParts(rawValue: 16)
  /// Everything.
  public static let all: LoadParts = [.filter, .translation, .queues, .options, .tables]
  /// What a load into an anchor takes.
  public static let anchor: LoadParts = [.filter, .translation, .tables]
}
