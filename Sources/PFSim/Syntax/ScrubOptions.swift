/// What a scrub rule does.
public struct ScrubOptions: Sendable, Hashable {
  /// How fragments are treated.
  public enum Fragments: UInt8, Sendable, Hashable {
    /// Held and put together (the default).
    case reassemble
    /// Passed with overlaps cut away.
    case crop
    /// Passed; a datagram with overlaps is dropped.
    case dropOverlap
  }
  /// `no-df`.
  public var noDF = false
  /// `random-id`.
  public var randomID = false
  /// `min-ttl N`; 0 for none.
  public var minTTL: UInt8 = 0
  /// `max-mss N`; 0 for none.
  public var maxMSS: UInt16 = 0
  /// `fragment …`.
  public var fragments = Fragments.reassemble
  /// `reassemble tcp`.
  public var reassembleTCP = false

  /// No options.
  public init() {}
}
