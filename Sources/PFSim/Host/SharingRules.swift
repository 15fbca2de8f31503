/// The rules that the sharing service fills its anchors with, as text.
///
/// The text of the parts is known from users' listings; where they leave questions open
/// ``HostSettings`` decides.
struct SharingRules {
  /// The choices for what is not published.
  var settings: HostSettings
  /// The uplinks, in the order of discovery.
  var egress: [String]
  /// The networks that are shared.
  var networks: [Network]
  /// The forwarded ports.
  var exposed: [Exposed] = []
  /// Whether shared_v6 translates.
  var usesNAT66 = false

  /// One shared network.
  struct Network {
    /// The bridge's name.
    var bridge: String
    /// The bridge's address.
    var gateway: IPAddress
    /// The length of the network's prefix.
    var prefixLength: UInt8
    /// The IPv6 network (a unique local /64), nil for none.
    var network6: IPAddress?

    /// The network as rules write it.
    var text: String {
      let bits = gateway.bits & AddressBits(prefixLength: Int(prefixLength))
      return "\(IPAddress(family: .inet, bits: bits))/\(prefixLength)"
    }
  }
  /// One forwarded port.
  struct Exposed {
    var port: ExposedPort
    var address: IPAddress
  }

  /// The parts that the parent anchor calls.
  var parts: [String] {
    var parts = ["shared_v4"]
    if usesNAT66 { parts.append("shared_v6") }
    if !exposed.isEmpty, !parts.contains(settings.exposeAnchor) {
      parts.append(settings.exposeAnchor)
    }
    return parts
  }

  /// The parent anchor: one call for each kind and part.
  var parentText: String {
    var text = ""
    for word in ["scrub-anchor", "nat-anchor", "rdr-anchor", "anchor"] {
      for part in parts { text += "\(word) \"\(part)\"\n" }
    }
    return text
  }

  /// The text of one part.
  func text(ofPart part: String) -> String {
    var text = ""
    if part == "shared_v4" { text += scrubText + natText }
    if part == "shared_v6" { text += nat6Text }
    if part == settings.exposeAnchor { text += rdrText }
    if part == "shared_v4" { text += filterText }
    if part == "shared_v6" { text += filter6Text }
    return text
  }

  private var ordered: [String] {
    settings.sharingOrder == .newestFirst ? egress.reversed() : egress
  }

  private var scrubText: String {
    ordered.map { "scrub on \($0) all no-df fragment reassemble\n" }.joined()
  }

  private var natText: String {
    var text = ""
    for network in networks {
      for interface in egress {
        let target = settings.natUsesFirstAddress ? "(\(interface):0)" : "(\(interface))"
        text += "nat on \(interface) inet from \(network.text) to any -> \(target) extfilter ei\n"
      }
    }
    for network in networks {
      text += "no nat on \(network.bridge) inet from \(network.gateway) to \(network.text)\n"
    }
    return text
  }

  private var nat6Text: String {
    var text = ""
    for network in networks {
      guard let network6 = network.network6 else { continue }
      for interface in egress {
        text += "nat on \(interface) inet6 from \(network6)/64 to any -> (\(interface):0) "
        text += "extfilter ei\n"
      }
    }
    return text
  }

  private var rdrText: String {
    var text = ""
    for exposed in exposed {
      for interface in egress {
        text += "rdr on \(interface) inet proto tcp from any to (\(interface):0) "
        text += "port \(exposed.port.external) -> \(exposed.address) "
        text += "port \(exposed.port.inner)\n"
      }
    }
    return text
  }

  private var filterText: String {
    let igmp = "pass inet proto igmp all keep state allow-opts\n"
    var text = ""
    for (index, interface) in ordered.enumerated() {
      text += "pass on \(interface) inet all flags any keep state\n"
      if settings.sharingShape == .everyEgress || index == 0 {
        text += "pass on \(interface) inet proto esp all no state\n"
      }
      if settings.sharingShape == .firstEgress, index == 0 { text += igmp }
    }
    return settings.sharingShape == .everyEgress || ordered.isEmpty ? text + igmp : text
  }

  private var filter6Text: String {
    ordered.map { "pass on \($0) inet6 all flags any keep state\n" }.joined()
  }
}
