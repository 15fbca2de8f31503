/// A Mac: its interfaces, routes, VM networks and its pf, moved by events and packets.
///
/// The host owns a packet's path: it decides which hooks of ``PacketFilter`` a packet meets, on
/// which interface and in which direction, and what Softnet and the bridge do before and after.
/// Not thread-safe: one host a thread.
public final class Host {
  /// The host's pf.
  public let filter: PacketFilter
  /// What the host was made of.
  public let configuration: HostConfiguration
  /// The interfaces; the indices are those of the filter and never change.
  ///
  /// An interface that went away keeps its place, without addresses.
  public internal(set) var interfaces: [Interface] {
    get { live.interfaces }
    _modify {
      defer { live.wiring.expire() }
      yield &live.interfaces
    }
  }
  /// Whether the interface with the same index is there.
  public internal(set) var isPresent: [Bool] {
    get { live.isPresent }
    _modify {
      defer { live.wiring.expire() }
      yield &live.isPresent
    }
  }
  /// The routes in force, without those that interfaces' own networks bring.
  public internal(set) var routes: [Route]
  /// The VM networks, in order of creation; those that went away have no bridge interface left.
  public internal(set) var networks: [VirtualNetwork] {
    get { live.networks }
    _modify {
      defer { live.wiring.expire() }
      yield &live.networks
    }
  }
  /// The VMs that were started, in order; stopped ones stay.
  public internal(set) var machines: [Machine] {
    get { live.machines }
    _modify {
      defer { live.wiring.expire() }
      yield &live.machines
    }
  }
  /// Who switched pf on.
  public internal(set) var references = EnableReferences()
  /// The sharing service's doings.
  public internal(set) var sharing = SharingService()
  /// The events so far with what they did.
  public internal(set) var timeline: [EventReport] = []
  /// Whether ``path`` is filled; off by default, because it allocates.
  public var recordsPath: Bool {
    get { live.recordsPath }
    _modify { yield &live.recordsPath }
  }
  /// Whether recorded hooks also say for every rule why it did or did not decide.
  public var recordsRules = false
  /// The stations of the last packet, empty where ``recordsPath`` is off.
  public internal(set) var path: [Hop] {
    get { live.path }
    _modify { yield &live.path }
  }
  /// Watches the hooks; nil, the default, costs nothing.
  public weak var observer: (any HookObserver)? {
    didSet { live.hasObserver = observer != nil }
  }
  /// What pf itself sent because of the last packet, and where it went.
  public internal(set) var emissions: [Emission] {
    get { live.emissions }
    _modify { yield &live.emissions }
  }
  /// Who switched pf on last, nil while it is off.
  public internal(set) var enabledBy: String?
  /// When pf was switched on or off last, in seconds of the host's clock; nil for never.
  public internal(set) var statusChanged: Double?
  /// The interfaces that pf skips.
  public internal(set) var skippedInterfaces: [String] = []
  /// Whether the sharing service was killed, so that VMs of its networks are cut off.
  public internal(set) var isDetached: Bool {
    get { live.isDetached }
    _modify {
      defer { live.wiring.expire() }
      yield &live.isDetached
    }
  }
  /// What was taken for granted so far beside the unknowns, by code.
  var otherAssumptions: [Assumption] = []
  /// The unknowns used so far, a bit per ``Unknown``.
  var usedUnknowns: UInt64 {
    get { live.usedUnknowns }
    _modify { yield &live.usedUnknowns }
  }
  /// The routes and addresses, flat.
  var routing: RoutingTable { live.routing }
  /// The file that the main ruleset was loaded from; nil after it was flushed.
  public internal(set) var mainFile: String?
  /// What the properties of the same names show.
  ///
  /// Packets read it directly, without copies and without checks of exclusive access; events go
  /// by the properties.
  @Unshared var live = Live()

  struct Live {
    var interfaces: [Interface] = []
    var isPresent: [Bool] = []
    var networks: [VirtualNetwork] = []
    var machines: [Machine] = []
    var recordsPath = false
    var path: [Hop] = []
    /// Whether ``observer`` may be set: asking a weak reference costs more.
    var hasObserver = false
    var emissions: [Emission] = []
    var isDetached = false
    var usedUnknowns: UInt64 = 0
    var routing = RoutingTable()
    var wiring = Wiring()
  }

  /// Makes a host as it is before ``HostEvent/boot``.
  /// - Parameter seed: The seed of every random choice.
  public init(_ configuration: HostConfiguration = HostConfiguration(), seed: UInt64 = 1) {
    self.configuration = configuration
    var interfaces = configuration.interfaces
    if let index = interfaces.firstIndex(where: { $0.name == "lo0" }) {
      interfaces.insert(interfaces.remove(at: index), at: 0)
    } else {
      interfaces.insert(HostConfiguration.loopback, at: 0)
    }
    let firstBridge = configuration.settings.firstBridge
    let isPresent = interfaces.map { !$0.isNetworkOfVMs(firstBridge) }
    for index in interfaces.indices where !isPresent[index] { interfaces[index].addresses = [] }
    routes = configuration.routes
    filter = PacketFilter(interfaces: interfaces, seed: seed)
    self.interfaces = interfaces
    self.isPresent = isPresent
    filter.fingerprints = configuration.fingerprints
    rebuildTopology()
  }

  deinit {
    live.routing.deallocate()
    live.wiring.deallocate()
    _live.deallocate()
  }

  /// The settings in force.
  public var settings: HostSettings { configuration.settings }

  /// The index of an interface by name, nil where there never was one.
  public func index(ofInterface name: some StringProtocol) -> Int? {
    interfaces.firstIndex { $0.name == name }
  }

  /// The index of a running VM by name.
  public func index(ofVM name: some StringProtocol) -> Int? {
    machines.lastIndex { $0.description.name == name && $0.isRunning }
  }

  /// The index of the interface with the default IPv4 route, nil without one.
  public var uplink: Int? {
    let found = wiring.uplink
    return found < 0 ? nil : Int(found)
  }

  /// Moves the clock forward; times in the past are ignored.
  public func advance(to seconds: Double) {
    filter.advance(to: seconds)
  }

  /// Whether the host forwards packets.
  public var isForwarding: Bool { wiring.isForwarding }

  /// Takes over changed interfaces: tells pf and works out the routes again.
  func rebuildTopology() {
    filter.interfaces = interfaces
    let present = isPresent
    live.routing.gather(interfaces: interfaces, routes: routes) { present[$0] }
    live.wiring.expire()
  }

  /// Notes that an answer used the default of an unknown.
  func use(_ unknown: Unknown) { usedUnknowns |= 1 << UInt64(unknown.rawValue) }
}

extension Interface {
  /// Whether a declared interface says what the network of VMs will be: it comes up with the first
  /// of them and is not there before.
  fileprivate func isNetworkOfVMs(_ firstBridge: Int) -> Bool {
    guard name.hasPrefix("bridge"), let number = Int(name.dropFirst(6)) else { return false }
    return number >= firstBridge && addresses.contains { $0.peer == nil }
  }
}

/// A packet that pf made or sent elsewhere, and what became of it.
public struct Emission: Sendable, Hashable {
  /// The IP packet as it left.
  public var bytes: [UInt8]
  /// What became of it.
  public var disposition: Disposition

  /// Makes an emission.
  public init(bytes: [UInt8], disposition: Disposition) {
    self.bytes = bytes
    self.disposition = disposition
  }
}
