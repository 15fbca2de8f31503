/// What pf knows about the packet at hand (kernel: `struct pf_pdesc`).
///
/// Numbers are in host order.
struct PacketDescription {
  /// The packet's bytes, from the IP header on.
  var base: UnsafeMutableRawPointer
  /// The number of bytes there are.
  var count: Int
  /// The interface's record.
  var interface: Int32
  /// Whether the packet is IPv6.
  var isIPv6: Bool
  /// Whether the packet leaves.
  var isOut: Bool
  /// The protocol behind the IP header and its extensions.
  var proto = IPProtocol.any
  /// Whether a GRE packet is PPTP's (kernel: `PF_GRE_PPTP_VARIANT`).
  var isPPTP = false
  /// The source now in the packet.
  var source = AddressBits.zero
  /// The destination now in the packet.
  var destination = AddressBits.zero
  /// The source before translation (kernel: `baddr`).
  var originalSource = AddressBits.zero
  /// The destination before translation (kernel: `bdaddr`).
  var originalDestination = AddressBits.zero
  /// The source after translation (kernel: `naddr`).
  var translatedSource = AddressBits.zero
  /// The destination after translation (kernel: `ndaddr`).
  var translatedDestination = AddressBits.zero
  /// The source port, the ICMP id, or 0.
  var sourcePort: UInt16 = 0
  /// The destination port, the ICMP id, the call id, or 0.
  var destinationPort: UInt16 = 0
  /// ESP's SPI, else 0.
  var spi: UInt32 = 0
  /// The ICMP type.
  var icmpType: UInt8 = 0
  /// The ICMP code.
  var icmpCode: UInt8 = 0
  /// The TCP flags.
  var flags: UInt8 = 0
  /// The type of service; always 0 for IPv6.
  var tos: UInt8 = 0
  /// The TTL or hop limit.
  var ttl: UInt8 = 0
  /// The packet's length as its header says, after normalisation.
  var totalLength = 0
  /// Where the transport header begins.
  var offset = 0
  /// The bytes behind the TCP header.
  var payloadLength = 0
  /// The tag the packet carries.
  var tag: UInt16 = 0
  /// The number of IPv6 routing headers.
  var routingHeaders = 0
  /// A reassembling scrub rule matched (kernel: `PFDESC_IP_REAS`).
  var isReassembled = false
  /// A `reassemble tcp` scrub rule matched (kernel: `PFDESC_TCP_NORM`).
  var normalizesTCP = false
  /// The translation rule that applied, -1 for none.
  var translationRule: Int32 = -1
  /// Whether ``user`` and ``group`` were looked up.
  var isSocketLookedUp = false
  /// A lookup did not find out: the verdict is open.
  var isSocketUnknown = false
  /// The socket's user.
  var user = IDMatch.unknown
  /// The socket's group.
  var group = IDMatch.unknown

  /// The direction's number.
  @inline(__always) var direction: UInt8 { isOut ? 2 : 1 }
  /// The family's number.
  @inline(__always) var family: UInt8 {
    isIPv6 ? AddressFamily.inet6.rawValue : AddressFamily.inet.rawValue
  }
}
