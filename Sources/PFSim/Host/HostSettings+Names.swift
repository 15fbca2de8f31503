extension HostSettings {
  /// A setting under the name that host descriptions use.
  public struct Name: Sendable {
    /// The name.
    public var name: String
    /// What it decides, in a phrase.
    public var summary: String
    /// The values it takes; empty for any text or number.
    public var values: [String]
    /// Sets it from text; false where the text does not fit.
    let set: @Sendable (inout HostSettings, String) -> Bool
  }

  /// Every setting by name.
  public static let names: [Name] = [
    choice("sharing-shape", "U1: the shape of shared_v4's filter rules", \.sharingShape),
    choice("sharing-order", "U2: the order of a part's scrub and pass rules", \.sharingOrder),
    choice("nat66", "U3: whether shared_v6 translates", \.nat66),
    flag("nat-uses-first-address", "U4: whether nat lines say (en0:0)", \.natUsesFirstAddress),
    text("sharing-owner", "U5: the owner of rules inserted by pfd", \.sharingOwner),
    number("sharing-priority", "U5: the priority of rules inserted by pfd", \.sharingPriority),
    flag("sharing-is-sticky", "U6: whether rules and token stay after the last VM", \.sharingIsSticky),
    text("expose-anchor", "U7: the part that holds exposed ports' rules", \.exposeAnchor),
    text("host-mode-rules", "U8: the rules of host mode's part", \.hostModeRules),
    choice("network-start", "U9: what starting a network does to the main rules", \.networkStart),
    text("skipped-by-pfd", "U10: the interface that pfd skips", \.skippedByPFD),
    flag("pfd-holds-token-at-boot", "U11: whether pfd holds a token from boot", \.pfdHoldsTokenAtBoot),
    flag(
      "sharing-follows-network", "U12: whether parts follow network changes",
      \.sharingFollowsNetwork),
    choice("forwarding", "U13: net.inet.ip.forwarding", \.forwarding),
    number("first-bridge", "U14: the number of the first bridge", \.firstBridge),
    number("first-subnet", "U14: the third octet of the first network", \.firstSubnet),
    choice("isolation", "U15: isolation of VMs in NAT mode", \.isolation),
    flag("segments-super-frames", "U17: whether super-frames are cut before pf", \.segmentsSuperFrames),
    flag(
      "softnet-shares-nat-network", "U18: whether Softnet's VMs share the NAT network",
      \.softnetSharesNATNetwork),
  ]

  /// Sets a setting by name.
  /// - Returns: False where the name is unknown or the value does not fit.
  public mutating func set(_ name: String, to value: String) -> Bool {
    guard let setting = Self.names.first(where: { $0.name == name }) else { return false }
    return setting.set(&self, value)
  }

  private typealias Path<Value> = WritableKeyPath<HostSettings, Value> & Sendable

  private static func choice<Value: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ summary: String, _ path: Path<Value>
  ) -> Name where Value.RawValue == String {
    Name(name: name, summary: summary, values: Value.allCases.map(\.rawValue)) { settings, text in
      guard let value = Value(rawValue: text) else { return false }
      settings[keyPath: path] = value
      return true
    }
  }

  private static func flag(_ name: String, _ summary: String, _ path: Path<Bool>) -> Name {
    Name(name: name, summary: summary, values: ["true", "false"]) { settings, text in
      guard let value = Bool(text) else { return false }
      settings[keyPath: path] = value
      return true
    }
  }

  private static func text(_ name: String, _ summary: String, _ path: Path<String>) -> Name {
    Name(name: name, summary: summary, values: []) { settings, text in
      settings[keyPath: path] = text
      return true
    }
  }

  private static func number<Value: FixedWidthInteger & Sendable>(
    _ name: String, _ summary: String, _ path: Path<Value>
  ) -> Name {
    Name(name: name, summary: summary, values: []) { settings, text in
      guard let value = Value(text) else { return false }
      settings[keyPath: path] = value
      return true
    }
  }
}
