/// Names the datagram that a fragment belongs to.
struct FragmentKey: Hashable, Sendable {
  /// Whether the datagram is IPv6.
  var isIPv6: Bool
  /// The protocol of the data: the IPv4 header's, or what follows the IPv6 fragment header.
  var proto: IPProtocol
  /// The datagram's number, 16 bits in IPv4.
  var identification: UInt32
  /// The sender.
  var source: AddressBits
  /// The receiver.
  var destination: AddressBits
}

/// One fragment that waits for the rest of its datagram.
///
/// The lengths are those that the kernel keeps in the fragment's own header, because cuts leave
/// them wrong in ways that decide later steps.
struct Fragment: Sendable {
  /// The headers in front of the data, as many as ``headerLength`` says and the packet has.
  var header: [UInt8]
  /// The data that is left after cuts.
  var data: ArraySlice<UInt8>
  /// The length of all headers in front of the data, as the headers say.
  var headerLength: Int
  /// The total length field of IPv4, the payload length field of IPv6.
  var lengthField: UInt16
  /// Flags and offset in units of eight bytes (IPv4), or offset in bytes and flags (IPv6).
  var offsetField: UInt16
  /// The tag of the packet.
  var tag: UInt16

  /// Cuts bytes off the data's front; of everything if there are fewer.
  mutating func cutFront(_ count: UInt16) { data = data.dropFirst(Int(count)) }
}

/// The fragments of one datagram that is being put together.
struct FragmentedDatagram: Sendable {
  /// The fragments by offset.
  var fragments: [Fragment] = []
  /// The end of the datagram as far as it is known, in bytes.
  var end: Int = 0
  /// Whether the fragment without "more fragments" was seen.
  var seenLast = false
  /// The length of the longest fragment packet, in bytes.
  var longest = 0
  /// When the last fragment came, in whole seconds.
  var touched: UInt32
  /// The number of the last touch, which orders datagrams of the same second.
  var turn: UInt64
}

/// The ranges of one datagram that have passed a non-buffering cache.
struct FragmentRanges: Sendable {
  /// A range of bytes that passed.
  struct Span: Sendable {
    var start: UInt16
    var end: UInt16
  }
  /// The ranges by start.
  var spans: [Span] = []
  /// The end of the datagram as far as it is known, in bytes.
  var end: UInt16 = 0
  /// Whether the fragment without "more fragments" was seen.
  var seenLast = false
  /// Whether the datagram's later fragments are dropped.
  var isDoomed = false
  /// When the last fragment came, in whole seconds.
  var touched: UInt32
  /// The number of the last touch, which orders datagrams of the same second.
  var turn: UInt64
}
