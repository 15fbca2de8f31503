/// A Mac as `pfsim snapshot --script` collected it: pf's rules, tables and counters, who holds pf
/// enabled, interfaces and routes.
public struct HostSnapshot: Sendable {
  /// What a rule had counted.
  public struct RuleCount: Sendable, Hashable {
    /// How often it was visited.
    public var evaluations: UInt64
    /// The packets that it decided.
    public var packets: UInt64
    /// Their bytes.
    public var bytes: UInt64
    /// The states that referred to it.
    public var states: UInt64
  }
  /// One printed rule's lines below the rule.
  struct Details: Sendable {
    var count: RuleCount?
    var owner = ""
    var priority: UInt32 = 0
  }
  /// A view of an anchor's rules: the text, and what `-vv` says about each.
  struct RulesView: Sendable {
    var text = ""
    var line = 1
    var details: [Details] = []
  }
  /// One anchor.
  struct Anchor: Sendable {
    var path: String
    var rules = RulesView()
    var nat = RulesView()
    var dummynet = RulesView()
    var tables: [TableDefinition] = []
  }
  /// A port of a bridge.
  struct Member: Sendable, Hashable {
    var bridge: String
    var name: String
    var isIsolated: Bool
  }
  /// A reference to pf.
  struct Token: Sendable {
    var process: Int32
    var holder: String
    var value: UInt64
    var age: Double
  }

  /// The file's name, for messages and places of rules.
  public var file: String
  /// When it was taken, in seconds since 1970.
  public var date: Int64 = 0
  /// The macOS version as the Mac wrote it; empty where it is not known.
  public var version = ""
  /// Whether pf was on.
  public var isEnabled = false
  /// For how many seconds pf had been on or off; nil where it never was on.
  public var statusAge: Double?
  /// The number of states that were there.
  public var states = 0
  /// The interfaces in the order of `ifconfig`.
  public var interfaces: [Interface] = []
  /// The routes through other interfaces than loopback.
  public var routes: [Route] = []
  /// Whether the Mac forwarded IPv4; nil where it is not known.
  public var isForwarding: Bool?
  /// The interfaces that pf skipped.
  public var skipped: [String] = []
  /// The texts of files, by name.
  public var files: [String: String] = [:]
  /// The IPv4 addresses that DHCP gave to VMs, by Ethernet address.
  public var leases: [MACAddress: IPAddress] = [:]
  var timeouts: [Timeout: UInt32] = [:]
  var limits: [Limit: UInt32] = [:]
  var tokens: [Token] = []
  var anchors: [Anchor] = []
  var members: [Member] = []

  /// The version as a profile knows it: the newest that is not newer than the Mac's.
  public var profile: MacOSProfile {
    let parts = version.split(separator: ".").compactMap { Int($0) }
    guard let major = parts.first else { return .macOS15 }
    if major == 10 { return (parts.count > 1 ? parts[1] : 0) < 15 ? .mojave : .macOS12 }
    return MacOSProfile.all.last { (Int($0.version) ?? 10) <= major } ?? .macOS12
  }

  /// The configuration of a host that is to be like this Mac.
  public var configuration: HostConfiguration {
    var configuration = HostConfiguration(
      interfaces: interfaces, routes: routes, profile: profile)
    configuration.epoch = date
    configuration.snapshot = self
    if let text = files[StockRules.main.name] {
      configuration.bootRules = RulesFile(name: StockRules.main.name, text: text)
    }
    let files = files
    configuration.readFile = { path in
      files[path].map { .success(Array($0.utf8)) } ?? .failure("No such file or directory")
    }
    let hasSharedNetwork = vmBridges.contains { isShared($0) }
    if let isForwarding, isForwarding != hasSharedNetwork {
      configuration.settings.forwarding = isForwarding ? .on : .off
    }
    return configuration
  }

  /// Whether a bridge's network is translated by the sharing service.
  func isShared(_ bridge: String) -> Bool {
    guard
      let own = interfaces.first(where: { $0.name == bridge })?.addresses
        .first(where: { $0.address.family == .inet })
    else { return false }
    let bits = own.address.bits & AddressBits(prefixLength: Int(own.prefixLength))
    let network = "\(IPAddress(family: .inet, bits: bits))/\(own.prefixLength)"
    return anchors.contains {
      $0.path.hasPrefix(SharingService.anchor + "/") && $0.nat.text.contains("from \(network) ")
    }
  }
}

/// What cannot be read of a snapshot.
public struct SnapshotError: Error, Sendable, Hashable {
  /// The file.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// What is wrong.
  public var reason: String

  /// The error with its place.
  public var description: String { "\(file):\(line): \(reason)" }
}
