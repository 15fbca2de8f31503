/// What a host is made of before anything happens on it.
public struct HostConfiguration: Sendable {
  /// The interfaces apart from those of VM networks; `lo0` is added in front when it is missing.
  public var interfaces: [Interface]
  /// The routes beside those that the interfaces' own networks bring.
  public var routes: [Route]
  /// The macOS version.
  public var profile: MacOSProfile
  /// The choices where macOS's behaviour is not published.
  public var settings: HostSettings
  /// The contents of files that rules name; the stock files are known anyway.
  public var readFile: @Sendable (String) -> FileContents
  /// The time of the filter's second 0, in seconds since 1970; for dates in views.
  public var epoch: Int64 = 0
  /// The host names that resolve.
  public var hostNames: [String: [IPAddress]]
  /// The services that rules may name; nil for a built-in list.
  public var services: ServiceFile?
  /// The operating system fingerprints at boot, those of `/etc/pf.os`.
  public var fingerprints = FingerprintList.builtIn
  /// The Mac that the host starts as, instead of booting; nil for none.
  public var snapshot: HostSnapshot?
  /// What stands in `/etc/pf.conf`, which is loaded at boot.
  public var bootRules = StockRules.main

  /// Describes a host.
  public init(
    interfaces: [Interface] = HostConfiguration.defaultInterfaces,
    routes: [Route] = HostConfiguration.defaultRoutes, profile: MacOSProfile = .macOS15,
    settings: HostSettings = HostSettings(), hostNames: [String: [IPAddress]] = [:],
    readFile: @escaping @Sendable (String) -> FileContents = { _ in
      .failure("No such file or directory")
    }
  ) {
    self.interfaces = interfaces
    self.routes = routes
    self.profile = profile
    self.settings = settings
    self.readFile = readFile
    self.hostNames = hostNames
  }

  /// lo0, and en0 with 192.168.1.20/24.
  public static let defaultInterfaces: [Interface] = [
    loopback,
    Interface(
      name: "en0",
      addresses: [.init(address: IPAddress(ipv4: 0xc0a8_0114), prefixLength: 24)]),
  ]

  /// The default route through 192.168.1.1 on en0.
  public static let defaultRoutes: [Route] = [
    .default(.inet, via: IPAddress(ipv4: 0xc0a8_0101), on: "en0")
  ]

  /// macOS's lo0.
  public static let loopback: Interface = {
    var interface = Interface(
      name: "lo0",
      addresses: [
        .init(address: IPAddress(ipv4: 0x7f00_0001), prefixLength: 8),
        .init(
          address: IPAddress(family: .inet6, bits: AddressBits(high: 0, low: 1)),
          prefixLength: 128),
        .init(
          address: IPAddress(family: .inet6, bits: AddressBits(high: 0xfe80 << 48, low: 1)),
          prefixLength: 64),
      ])
    interface.mtu = 16_384
    return interface
  }()
}

/// What differs between versions of macOS.
public struct MacOSProfile: Sendable, Hashable {
  /// The version as people write it, for example `15` or `10.14`.
  public var version: String
  /// Whether VMs of a NAT network are isolated from each other (from macOS 13).
  public var isolatesVMs: Bool
  /// Whether the bridge shows the frames of its members to pf (up to 10.14).
  public var bridgeFiltersMembers: Bool
  /// Whether `pfctl -si` lists the counter `invalid-port` (macOS 26).
  public var listsInvalidPort: Bool

  /// macOS 10.14 (Mojave) and older.
  public static let mojave = MacOSProfile(
    version: "10.14", isolatesVMs: false, bridgeFiltersMembers: true, listsInvalidPort: false)
  /// macOS 12.
  public static let macOS12 = MacOSProfile(
    version: "12", isolatesVMs: false, bridgeFiltersMembers: false, listsInvalidPort: false)
  /// macOS 13.
  public static let macOS13 = MacOSProfile(
    version: "13", isolatesVMs: true, bridgeFiltersMembers: false, listsInvalidPort: false)
  /// macOS 14.
  public static let macOS14 = MacOSProfile(
    version: "14", isolatesVMs: true, bridgeFiltersMembers: false, listsInvalidPort: false)
  /// macOS 15, the one whose pf the engine models.
  public static let macOS15 = MacOSProfile(
    version: "15", isolatesVMs: true, bridgeFiltersMembers: false, listsInvalidPort: false)
  /// macOS 26.
  public static let macOS26 = MacOSProfile(
    version: "26", isolatesVMs: true, bridgeFiltersMembers: false, listsInvalidPort: true)

  /// The known profiles, the oldest first.
  public static let all = [mojave, macOS12, macOS13, macOS14, macOS15, macOS26]
}
