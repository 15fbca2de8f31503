import PFSim

/// Reads the section `settings` of a host file: the choices for what macOS leaves open.
enum HostSettingsReader {
  /// The names of the settings.
  static let keys = [
    "sharing-shape", "sharing-order", "nat66", "nat-first-address", "sharing-owner",
    "sharing-priority", "sharing-sticky", "expose-anchor", "host-part", "network-start",
    "pfd-skips", "pfd-resets-timeouts", "pfd-token-at-boot", "sharing-follows-network",
    "forwarding", "first-bridge",
    "first-subnet", "isolation", "segment-super-frames", "softnet-shares-nat-network",
    "softnet-version", "pfd-exit", "load-notice",
  ]

  /// Takes every member of the section.
  /// - Throws: ``CommandFailure`` with file, line and column.
  static func read(_ value: YAMLValue, into settings: inout HostSettings) throws(CommandFailure) {
    var result = settings
    try value.read(keys) { key, item throws(CommandFailure) in
      try take(key, item, &result)
    }
    settings = result
  }

  private static func take(
    _ key: String, _ item: YAMLValue, _ settings: inout HostSettings
  ) throws(CommandFailure) {
    switch key {
    case "sharing-shape": settings.sharingShape = try item.word(HostSettings.SharingShape.self)
    case "sharing-order": settings.sharingOrder = try item.word(HostSettings.SharingOrder.self)
    case "nat66": settings.nat66 = try choice(item)
    case "nat-first-address": settings.natUsesFirstAddress = try item.bool()
    case "sharing-owner": settings.sharingOwner = try item.string()
    case "sharing-priority": settings.sharingPriority = try item.integer(in: 0...UInt32.max)
    case "sharing-sticky": settings.sharingIsSticky = try item.bool()
    case "expose-anchor": settings.exposeAnchor = try item.string()
    case "host-part": settings.hostPart = try item.word(HostSettings.HostPart.self)
    case "network-start": settings.networkStart = try item.word(HostSettings.NetworkStart.self)
    case "pfd-skips": settings.skippedByPFD = try item.string()
    case "pfd-resets-timeouts": settings.pfdResetsTimeouts = try item.bool()
    case "pfd-token-at-boot": settings.pfdHoldsTokenAtBoot = try item.bool()
    case "sharing-follows-network": settings.sharingFollowsNetwork = try item.bool()
    case "forwarding": settings.forwarding = try choice(item)
    case "first-bridge": settings.firstBridge = try item.integer(in: 0...9999)
    case "first-subnet": settings.firstSubnet = try item.integer(in: 0...UInt8.max)
    case "isolation": settings.isolation = try choice(item)
    case "segment-super-frames": settings.segmentsSuperFrames = try item.bool()
    case "softnet-version":
      settings.softnetVersion = try item.word(HostSettings.SoftnetVersion.self)
    case "pfd-exit": settings.pfdExit = try item.word(HostSettings.PFDExit.self)
    case "load-notice": settings.loadNotice = try item.word(HostSettings.LoadNotice.self)
    default: settings.softnetSharesNATNetwork = try item.bool()
    }
  }

  /// `on`, `off` or `automatic`; YAML's own truth values count as well.
  private static func choice(_ item: YAMLValue) throws(CommandFailure) -> HostSettings.Choice {
    if let value = try? item.bool() { return value ? .on : .off }
    return try item.word(HostSettings.Choice.self)
  }
}
