/// One option of a TCP header.
struct TCPOption {
  /// The kinds of option that pf knows; an open set.
  struct Kind: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    var rawValue: UInt8
    /// The end of the list.
    static let end = Kind(rawValue: 0)
    /// Padding of one byte.
    static let noOperation = Kind(rawValue: 1)
    /// The largest segment.
    static let maximumSegment = Kind(rawValue: 2)
    /// The window's scale.
    static let windowScale = Kind(rawValue: 3)
    /// Selective acknowledgments are welcome.
    static let selectiveAckPermitted = Kind(rawValue: 4)
    /// Selective acknowledgments.
    static let selectiveAck = Kind(rawValue: 5)
    /// Timestamps.
    static let timestamp = Kind(rawValue: 8)
  }

  /// What the option is.
  var kind: Kind
  /// The offset of the option's first byte from the start of the TCP header.
  var offset: Int
  /// The bytes the option says it has (at least 2; 1 for padding).
  ///
  /// It may reach beyond the header.
  var length: Int
  /// The bytes left in the header from the option's first byte on.
  var available: Int
}
