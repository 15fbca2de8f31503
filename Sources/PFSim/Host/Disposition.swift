/// What became of a packet on the host: a plain value, filled without allocating.
public struct Disposition: Sendable, Hashable {
  /// Where the packet ended.
  public enum Fate: UInt8, Sendable, Hashable {
    /// The host's own stack took it.
    case deliveredToHost
    /// It left on ``Disposition/outInterface``; the buffer holds it as it left.
    case left
    /// A VM got it; the buffer holds it as the VM sees it.
    case deliveredToVM
    /// The bridge switched it at layer 2; neither IP nor pf of the host saw it.
    case switched
    /// It was dropped; ``Disposition/stage`` and ``Disposition/cause`` say where and why.
    case dropped
    /// pf keeps the fragment until the datagram is complete.
    case held
    /// pf answered it or sent it elsewhere; see ``Host/emissions``.
    case consumed
    /// pfsim cannot tell; the hook's result says why.
    case undetermined
  }
  /// A station on the way through the host.
  public enum Stage: UInt8, Sendable, Hashable {
    /// Softnet's filter in front of vmnet.
    case softnet
    /// The bridge's switching.
    case bridge
    /// A hook of pf.
    case pf
    /// The choice of the way out.
    case route
    /// The step between the two hooks: TTL, size.
    case forward
    /// The end of the way.
    case deliver
  }
  /// Why the host (not pf) dropped a packet.
  public enum Cause: UInt8, Sendable, Hashable {
    /// Nothing was dropped by the host.
    case none
    /// pf's verdict; the hook's result has the reason.
    case pf
    /// A row of Softnet's tables; ``Disposition/softnetRow`` names it.
    case softnet
    /// Both ports of the bridge are isolated (`PRIVATE`).
    case isolation
    /// Nobody on the bridge has the destination's address.
    case noSuchStation
    /// Neither the host nor a route takes the destination.
    case noRoute
    /// `net.inet.ip.forwarding` is 0.
    case notForwarding
    /// Broadcast, multicast or link-local: never forwarded.
    case notForwardable
    /// The TTL or hop limit ran out; the host answers with ICMP time exceeded.
    case timeExceeded
    /// Larger than the way out and not to be fragmented; the host answers with ICMP.
    case tooBig
    /// The header is not one of IPv4 or IPv6, or is cut short.
    case malformed
    /// Neither IP nor ARP.
    case notIP
    /// The interface or VM is not there.
    case absent
  }
  /// Where the packet ended.
  public var fate = Fate.dropped
  /// The station that decided.
  public var stage = Stage.deliver
  /// Why the host dropped it.
  public var cause = Cause.none
  /// Softnet's row, ``SoftnetRow/none`` where Softnet was not asked.
  public var softnetRow = SoftnetRow.none
  /// The interface whose in hook the packet met, -1 for none.
  public var inInterface: Int32 = -1
  /// The interface whose out hook the packet met or on which it left, -1 for none.
  public var outInterface: Int32 = -1
  /// The VM that got the packet, -1 for none.
  public var vm: Int32 = -1
  /// The in hook's result.
  public var inbound = HookResult()
  /// The out hook's result.
  public var outbound = HookResult()
  /// Whether the packet left on an uplink with an address of a VM network as its source: no
  /// answer can come back.
  public var leftWithPrivateSource = false

  /// A packet of which nothing is known yet.
  public init() {}

  /// Whether pf looked at the packet at any hook.
  public var isSeenByPF: Bool { inbound.isSeen || outbound.isSeen }
}

extension Disposition.Stage {
  /// The station's name in reports.
  public var word: String {
    switch self {
    case .softnet: "softnet"
    case .bridge: "bridge"
    case .pf: "pf"
    case .route: "route"
    case .forward: "forward"
    case .deliver: "deliver"
    }
  }
}
