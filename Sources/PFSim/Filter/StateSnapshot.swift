/// One state as `pfctl -ss -vv` shows it.
public struct StateSnapshot: Sendable, Hashable {
  /// One side of a connection.
  public struct Peer: Sendable, Hashable {
    /// The state, with the kernel's numbers for the protocol.
    public var state: UInt8
    /// The highest sequence number sent.
    public var sequenceLow: UInt32
    /// The highest sequence number that may be sent.
    public var sequenceHigh: UInt32
    /// What is added to sequence numbers.
    public var sequenceOffset: UInt32
    /// The largest window.
    public var maxWindow: UInt16
    /// The window scale; bit 7 says that the option was seen.
    public var windowScale: UInt8
  }
  /// An address and a port, id, call id or SPI.
  public struct Host: Sendable, Hashable {
    /// The address.
    public var address: IPAddress
    /// The port or id, 0 for none.
    public var port: UInt32
  }
  /// The number in order of creation, from 0.
  public var id: Int64
  /// The interface's name, `ALL` for floating states.
  public var interface: String
  /// The protocol; ICMPv6 is stored as ICMP.
  public var proto: IPProtocol
  /// UDP: the endpoint dependence; GRE: 1 for PPTP.
  public var variant: UInt8
  /// The direction of the packet that made it.
  public var direction: Direction
  /// The family on the inside.
  public var family: AddressFamily
  /// The inside host as the inside sees it.
  public var lan: Host
  /// The inside host as the outside sees it.
  public var gateway: Host
  /// The remote host as the inside sees it.
  public var remote: Host
  /// The remote host as the outside sees it.
  public var remoteGateway: Host
  /// The side that sent the first packet.
  public var source: Peer
  /// The other side.
  public var destination: Peer
  /// The timeout in force; nil where it was condemned by an overload or killed.
  public var timeout: Timeout?
  /// Packets in the direction of creation.
  public var packetsForward: UInt64
  /// Packets in the other direction.
  public var packetsBackward: UInt64
  /// Bytes in the direction of creation.
  public var bytesForward: UInt64
  /// Bytes in the other direction.
  public var bytesBackward: UInt64
  /// The time of creation, in whole seconds.
  public var creation: UInt32
  /// The time of the last packet, in whole seconds.
  public var lastPacket: UInt32
  /// The time at which it runs out, in whole seconds.
  public var expires: UInt64
  /// The rule.
  public var rule: RuleReference
  /// The outermost anchor rule, or none.
  public var anchorRule: RuleReference
  /// The translation rule, or none.
  public var translationRule: RuleReference
  /// Whether a source node belongs to it.
  public var hasSourceNode: Bool
  /// Whether a sticky address belongs to it.
  public var hasStickyAddress: Bool
  /// The tag's number, 0 for none.
  public var tag: UInt16
  /// Whether it is killed and only waits for the purge.
  public var isUnlinked: Bool
}

extension PacketFilter {
  /// Every state, oldest first; those that only wait for the purge are among them.
  public var stateSnapshots: [StateSnapshot] {
    var result: [StateSnapshot] = []
    result.reserveCapacity(states.count)
    var index = states.first
    while index >= 0 {
      result.append(snapshot(index))
      index = states.extras(index).pointee.next
    }
    return result
  }

  /// The number of states.
  public var stateCount: Int { states.count }

  private func snapshot(_ index: Int32) -> StateSnapshot {
    let state = states.state(index)
    let record = state.pointee
    let more = states.extras(index).pointee
    let key = record.isLinked ? states.key(of: index) : StateKey()
    let lan: AddressFamily = key.lanIsIPv6 ? .inet6 : .inet
    let outside: AddressFamily = key.gatewayIsIPv6 ? .inet6 : .inet
    func host(_ family: AddressFamily, _ bits: AddressBits, _ port: UInt32) -> StateSnapshot.Host {
      StateSnapshot.Host(address: IPAddress(family: family, bits: bits), port: port)
    }
    return StateSnapshot(
      id: record.id, interface: program.interfaces.names[Int(record.interface)], proto: key.proto,
      variant: key.variant, direction: record.isOut ? .out : .in, family: lan,
      lan: host(lan, key.lan, key.lanPort), gateway: host(outside, key.gateway, key.gatewayPort),
      remote: host(lan, key.remote, key.remotePort),
      remoteGateway: host(outside, key.remoteGateway, key.remoteGatewayPort),
      source: Self.peer(record.source), destination: Self.peer(record.destination),
      timeout: Timeout(rawValue: record.timeout), packetsForward: UInt64(record.packetsForward),
      packetsBackward: UInt64(record.packetsBackward), bytesForward: record.bytesForward,
      bytesBackward: record.bytesBackward, creation: more.creation, lastPacket: record.expire,
      expires: expiry(of: state), rule: reference(record.rule),
      anchorRule: reference(record.anchorRule),
      translationRule: reference(record.translationRule), hasSourceNode: more.sourceNode >= 0,
      hasStickyAddress: more.translationSourceNode >= 0, tag: record.tag,
      isUnlinked: record.timeout == StateRecord.unlinked)
  }

  private static func peer(_ peer: StatePeer) -> StateSnapshot.Peer {
    StateSnapshot.Peer(
      state: peer.state, sequenceLow: peer.sequenceLow, sequenceHigh: peer.sequenceHigh,
      sequenceOffset: peer.sequenceOffset, maxWindow: peer.maxWindow,
      windowScale: peer.windowScale)
  }
}
