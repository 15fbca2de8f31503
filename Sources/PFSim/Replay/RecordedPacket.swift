/// A party of a recording.
enum Party: Hashable, Sendable {
  /// A VM, by its place in the ``Directory``.
  case vm(Int32)
  /// The host itself.
  case host
  /// The LAN or the Internet.
  case outside
}

/// Which way a packet goes in its flow.
enum Way: Int, Sendable {
  /// From the side that began.
  case question = 0
  /// Towards the side that began.
  case answer = 1

  /// The other way.
  var reversed: Way { self == .question ? .answer : .question }
}

/// One packet of a recording with everything that does not depend on a mode.
///
/// A plain value that stays in its place in a ``PacketBatch``; it is handed on by reference. What
/// its flow shows at the packet's time is noted here, since the flow's record goes on while modes
/// are still at the packet.
struct RecordedPacket {
  /// Its bytes, mended and behind the address map; they lie in its batch.
  var bytes = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// The frame's number in its capture, from 1.
  var number = 0
  var time = CaptureTime(nanoseconds: 0)
  /// Seconds since the recording's first frame.
  var seconds = 0.0
  var link = LinkHeader()
  var fields = PacketFields()
  /// The bytes that the recording left out; they are zero in the buffer.
  var missing = 0
  /// Whether bytes of a header are among them.
  var headerIsMissing = false
  /// The frame's payload length on the wire, for counting.
  var wireLength = 0
  var sender = Party.outside
  var receiver = Party.outside
  /// Whether neither end is one of ours.
  var isForeign = false
  /// Whether the frame carried an 802.1Q tag, which Softnet does not let through.
  var isTagged = false
  /// Whether the checksum field holds the pseudo header's sum only.
  var isPartial = false
  /// What the TTL must grow by to be that of the point where the simulation starts.
  var ttlRise: UInt8 = 0
  /// What its flow is found by, and the hash of that.
  var key = FlowKey()
  var hash: UInt32 = 0
  /// The packet's slot in the flow table, -1 for packets without a flow.
  var flow = -1
  var way = Way.question
  /// Whether it begins its flow.
  var isNew = false
  /// Whether the side that began its flow is the first end of ``key``.
  var beganFirst = true
  /// Whether its flow is a connection recorded from its SYN on and answered up to this packet.
  var isAnswered = false
  /// The client's Ethernet address in a DHCP message, 0 for other packets.
  var dhcpClient: UInt64 = 0
  /// The destination as recorded, before a map replaced it.
  var recordedDestination = AddressBits.zero
}

extension RecordedPacket {
  /// Whether the packet belongs to DHCP for IPv4.
  var isDHCP: Bool {
    dhcpClient != 0 && fields.family == .inet && fields.proto == .udp
  }

  /// Whether it belongs to a flow: every IP packet does.
  @inline(__always) var hasFlow: Bool { fields.family != .unspecified }

  /// The side of its flow that did not begin.
  var answeringEnd: FlowEnd { beganFirst ? key.second : key.first }

  /// Works out what the packet's flow is found by: for an ICMP error that of the quoted packet.
  mutating func nameFlow(_ buffer: PacketBuffer) {
    if isDHCP {
      key = FlowKey(
        .anyClient, .anyServer, family: .inet, proto: .udp, distinction: dhcpClient)
    } else if fields.isError, let quotation = Quotation(buffer, fields) {
      key = FlowKey(quotation.fields)
    } else {
      key = FlowKey(fields)
    }
    hash = key.hash
  }

  /// Whether the first packet seen of a flow must be an answer to one that was not recorded.
  var looksLikeAnswer: Bool {
    switch fields.proto {
    case .tcp:
      // Without a SYN the recording began in the middle; the well-known port is the server's.
      if fields.tcpFlags.contains([.syn, .ack]) { return true }
      return !fields.tcpFlags.contains(.syn) && fields.sourcePort < fields.destinationPort
        && fields.sourcePort < 1024
    case .udp: return fields.sourcePort < 1024 && fields.destinationPort >= 1024
    case .icmp: return fields.icmpType == 0
    case .icmpv6: return fields.icmpType == 129
    default: return false
    }
  }
}
