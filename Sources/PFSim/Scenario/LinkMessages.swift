/// An ARP request for IPv4 over Ethernet, with lengths that can be wrong on purpose.
struct ARPMessage {
  var sender = IPAddress(ipv4: 0)
  var target = IPAddress(ipv4: 0)
  /// The sender's hardware address; nil for the frame's source.
  var senderHardware: MACAddress?
  var hardwareLength = 6
  var protocolLength = 4

  /// The message, padded to an Ethernet frame's least payload.
  /// - Parameter source: The frame's source where it is known.
  func bytes(sender source: MACAddress?) -> [UInt8] {
    var bytes: [UInt8] = [0, 1, 8, 0]
    bytes += [UInt8(clamping: hardwareLength), UInt8(clamping: protocolLength), 0, 1]
    bytes += (senderHardware ?? source ?? FrameNotation.assumedMAC).bytes
    bytes += sender.ipv4Bytes + [UInt8](repeating: 0, count: 6) + target.ipv4Bytes
    return bytes + [UInt8](repeating: 0, count: max(0, 46 - bytes.count))
  }
}

/// A DHCP server's answer, as far as Softnet reads it.
struct DHCPMessage {
  /// The message's type.
  enum Kind: String {
    case offer, ack, nak

    var number: UInt8 {
      switch self {
      case .offer: 2
      case .ack: 5
      case .nak: 6
      }
    }
  }
  var kind = Kind.ack
  var client = IPAddress(ipv4: 0)
  /// The sender; by default the gateway of the first VM network.
  var server = IPAddress(ipv4: 0xc0a8_4001)
  /// Option 51; nil leaves it out.
  var leaseSeconds: UInt32?
  var nameServers: [IPAddress] = []
  /// Whether the answer goes to 255.255.255.255.
  var isBroadcast = false

  /// The whole UDP packet.
  var packet: [UInt8] {
    var message = [UInt8](repeating: 0, count: 236)
    message[0] = 2
    message.replaceSubrange(16..<20, with: client.ipv4Bytes)
    message += [0x63, 0x82, 0x53, 0x63, 53, 1, kind.number]
    if let leaseSeconds {
      message += [51, 4] + IPAddress(ipv4: leaseSeconds).ipv4Bytes
    }
    if !nameServers.isEmpty {
      message += [6, UInt8(clamping: nameServers.count * 4)] + nameServers.flatMap(\.ipv4Bytes)
    }
    message.append(255)
    let receiver = isBroadcast ? IPAddress(ipv4: .max) : client
    return PacketBuilder(from: server, to: receiver).udp(from: 67, to: 68, message)
  }
}

extension FrameNotation {
  /// The Ethernet address of a VM of which none is known.
  static let assumedMAC = MACAddress(bits: 0x5254_0000_0005)
}

extension IPAddress {
  /// The four bytes of an IPv4 address, as on the wire.
  var ipv4Bytes: [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: bits.ipv4 >> UInt32(24 - 8 * $0)) }
  }
}

extension MACAddress {
  /// The six bytes as on the wire.
  var bytes: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: bits >> UInt64(40 - 8 * $0)) } }
}
