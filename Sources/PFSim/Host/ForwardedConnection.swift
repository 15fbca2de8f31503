/// What the packets of a TCP connection between a VM and the outside meet on the host while nothing
/// changes: a state at each of the two hooks, and nothing that stops them.
struct ForwardedConnection: Sendable, Equatable {
  /// The state at the hooks of the VM's interface.
  fileprivate(set) var near = StatePlace()
  /// The state at the hooks of the interface that leads outside.
  fileprivate(set) var far = StatePlace()
  /// The ``Wiring/version`` for which this holds.
  fileprivate var version: UInt32 = 0
  /// The most bytes of a packet that neither is cut on the way nor too long.
  fileprivate var mtu: Int32 = 0

  /// Nothing is known.
  init() {}
}

extension Host {
  /// What a packet of a connection met; nil where the next one may meet something else.
  /// - Parameter fromVM: Whether the VM sent it.
  func connection(of disposition: Disposition, fromVM: Bool) -> ForwardedConnection? {
    let (inbound, outbound) = (disposition.inInterface, disposition.outInterface)
    guard disposition.fate == (fromVM ? .left : .deliveredToVM), !disposition.leftWithPrivateSource,
      disposition.softnetRow == .none, disposition.inbound.state == .matched,
      disposition.outbound.state == .matched,
      disposition.inbound.statePlace != disposition.outbound.statePlace,
      inbound >= 0, outbound >= 0, let uplink
    else { return nil }
    let entry = StatePlace(disposition.inbound, on: inbound)
    let exit = StatePlace(disposition.outbound, on: outbound)
    var connection = ForwardedConnection()
    (connection.near, connection.far) = fromVM ? (entry, exit) : (exit, entry)
    connection.version = live.wiring.version
    let mtu = [Int(inbound), Int(outbound), uplink].map { live.interfaces[$0].mtu }.min() ?? 0
    connection.mtu = Int32(clamping: mtu)
    return connection
  }

  /// Whether frames of a VM with this link header teach nothing more about it.
  func hasLearnt(_ link: LinkHeader, vm: Int) -> Bool {
    let port = wiring.ports.base[vm]
    return port.isLearnt
      || link.destination == nil && port.address != nil && (port.mac != nil || link.source == nil)
  }

  /// Takes a segment whose way through the host is known.
  ///
  /// It has the ends of an earlier packet of the connection that went the same way. Its bytes stay
  /// as they are, since nobody looks on.
  /// - Parameter hopLimit: Its TTL where it enters the host.
  /// - Returns: Whether it went that way; else nothing has changed.
  @inline(__always)
  func forward(
    _ packet: PlainSegment, of connection: ForwardedConnection, hopLimit: UInt8, fromVM: Bool
  ) -> Bool {
    guard connection.version == live.wiring.version, packet.length <= Int(connection.mtu),
      hopLimit > 1, !live.hasObserver, !live.recordsPath
    else { return false }
    return fromVM
      ? filter.forward(packet, in: connection.near, out: connection.far)
      : filter.forward(packet, in: connection.far, out: connection.near)
  }
}
