extension Softnet {
  /// Decides on a whole frame to the VM, and learns from DHCP answers.
  /// - Parameter time: Seconds of the host's clock.
  public mutating func toVM(frame: UnsafeRawBufferPointer, at time: Double) -> Decision {
    guard let header = LinkHeader(frame) else { return .drop(.h1) }
    return toVM(header, payload: UnsafeRawBufferPointer(rebasing: frame[14...]), at: time)
  }

  /// Decides on a frame to the VM whose header was read already (rows H2 to H4).
  public mutating func toVM(
    _ header: LinkHeader, payload: UnsafeRawBufferPointer, at time: Double
  ) -> Decision {
    switch header.etherType {
    case EtherType.arp: return .pass(.h2)
    case EtherType.ipv4: break
    default: return .drop(.h3)
    }
    guard isToVM(header.destination), let ip = SoftnetHeader(payload), ip.source == gateway,
      ip.isUDP, ip.udpIsValid, ip.sourcePort == 67 || ip.destinationPort == 68
    else { return .pass(.h2) }
    return learn(from: ip.udpPayload(of: payload), at: time) ? .pass(.h4) : .pass(.h2)
  }

  private func isToVM(_ destination: MACAddress?) -> Bool {
    guard let destination else { return true }
    return mac.map { $0 == destination } ?? !destination.isGroup
  }

  /// Reads a DHCP message; returns whether it changed the lease.
  private mutating func learn(from message: UnsafeRawBufferPointer, at time: Double) -> Bool {
    guard let answer = DHCPAnswer(message) else { return false }
    switch answer.type {
    case .acknowledge:
      guard let seconds = answer.leaseSeconds else { return false }
      lease = Lease(
        address: answer.address, validUntil: time + Double(seconds) - 0.1,
        nameServers: answer.nameServers)
      return true
    case .refuse:
      lease = nil
      return true
    case .other:
      return false
    }
  }
}

/// What Softnet reads of a DHCP message.
struct DHCPAnswer {
  enum Kind { case acknowledge, refuse, other }
  var type = Kind.other
  var address: UInt32
  var leaseSeconds: UInt32?
  var nameServers: Set<UInt32> = []

  /// Reads a message; nil where it cannot be read as DHCP.
  init?(_ message: UnsafeRawBufferPointer) {
    guard message.count >= 240, message[236] == 0x63, message[237] == 0x82,
      message[238] == 0x53, message[239] == 0x63
    else { return nil }
    address = UInt32(bigEndian: message.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    var offset = 240
    while offset < message.count, message[offset] != 255 {
      if message[offset] == 0 {
        offset += 1
        continue
      }
      guard offset + 1 < message.count else { return nil }
      let length = Int(message[offset + 1])
      guard offset + 2 + length <= message.count else { return nil }
      read(
        option: message[offset],
        UnsafeRawBufferPointer(rebasing: message[(offset + 2)...].prefix(length)))
      offset += 2 + length
    }
  }

  private mutating func read(option: UInt8, _ value: UnsafeRawBufferPointer) {
    switch option {
    case 53 where value.count == 1:
      type = value[0] == 5 ? .acknowledge : value[0] == 6 ? .refuse : .other
    case 51 where value.count == 4:
      leaseSeconds = UInt32(bigEndian: value.loadUnaligned(as: UInt32.self))
    case 6:
      for index in stride(from: 0, to: value.count - 3, by: 4) {
        nameServers.insert(
          UInt32(bigEndian: value.loadUnaligned(fromByteOffset: index, as: UInt32.self)))
      }
    default: break
    }
  }
}

/// The fields of an IPv4 packet that Softnet looks at.
///
/// Like Softnet it takes the first bytes behind the IP header for a UDP header whatever the
/// fragment offset is.
struct SoftnetHeader {
  var source: UInt32
  var destination: UInt32
  var isUDP: Bool
  var udpIsValid = false
  var sourcePort: UInt16 = 0
  var destinationPort: UInt16 = 0
  private var headerLength: Int
  private var udpLength = 0

  /// Reads the header; nil where Softnet calls it malformed (row V10).
  init?(_ packet: UnsafeRawBufferPointer) {
    guard packet.count >= 20 else { return nil }
    headerLength = Int(packet[0] & 0xf) * 4
    let total = Int(packet[2]) << 8 | Int(packet[3])
    guard headerLength >= 20, headerLength <= total, total <= packet.count else { return nil }
    source = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    destination = UInt32(bigEndian: packet.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    isUDP = packet[9] == IPProtocol.udp.rawValue
    let payload = total - headerLength
    guard isUDP, payload >= 8 else { return }
    func word(_ offset: Int) -> UInt16 {
      UInt16(
        bigEndian: packet.loadUnaligned(fromByteOffset: headerLength + offset, as: UInt16.self))
    }
    udpLength = Int(word(4))
    udpIsValid = udpLength >= 8 && udpLength <= payload
    sourcePort = word(0)
    destinationPort = word(2)
  }

  /// What the UDP datagram carries; only of a valid header.
  func udpPayload(of packet: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let start = headerLength + 8
    return UnsafeRawBufferPointer(rebasing: packet[start...].prefix(max(0, udpLength - 8)))
  }
}

extension LinkHeader {
  /// Reads the first 14 bytes of a frame; nil where it is shorter.
  public init?(_ frame: UnsafeRawBufferPointer) {
    guard frame.count >= 14 else { return nil }
    self.init(
      destination: MACAddress(frame),
      source: MACAddress(UnsafeRawBufferPointer(rebasing: frame[6...])),
      etherType: UInt16(bigEndian: frame.loadUnaligned(fromByteOffset: 12, as: UInt16.self)))
  }
}
