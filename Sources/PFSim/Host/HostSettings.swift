/// Choices where macOS's behaviour is not published, each with the default that fits the evidence.
///
/// Every choice belongs to an ``Unknown``; a host notes which of them its answers used
/// (``Host/assumptions``).
public struct HostSettings: Sendable, Hashable {
  /// How the shared part's filter rules look with several uplinks.
  public enum SharingShape: String, Sendable, Hashable, CaseIterable {
    /// Every uplink gets its pass and its ESP line.
    case everyEgress = "every-egress"
    /// The first gets both, every further one only its pass line.
    case firstEgress = "first-egress"
  }
  /// The order of a part's scrub and pass rules.
  public enum SharingOrder: String, Sendable, Hashable, CaseIterable {
    /// The uplink found last comes first.
    case newestFirst = "newest-first"
    /// In the order of discovery.
    case discovery
  }
  /// Yes, no, or what the circumstances say.
  public enum Choice: String, Sendable, Hashable, CaseIterable {
    /// As the host's circumstances say.
    case automatic
    /// Yes.
    case on
    /// No.
    case off
  }
  /// What starting the first shared network does to the main ruleset.
  public enum NetworkStart: String, Sendable, Hashable, CaseIterable {
    /// The anchor calls are inserted behind what is there.
    case inserts
    /// The stock file is loaded first.
    case reloadsStock = "reloads-stock"
  }

  /// What vmnet's host mode adds to pf.
  public enum HostPart: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case empty
    /// What shared networks get: anchor calls, parts, NAT and forwarding.
    case shared
  }
  /// The versions of Softnet that are modelled.
  public enum SoftnetVersion: String, Sendable, Hashable, CaseIterable {
    /// The commit of this number.
    case df84a30
  }
  /// What becomes of the sharing service when others destroy pfd's token.
  public enum PFDExit: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case ignored
    /// pfd exits and takes the sharing service along.
    case endsSharing = "ends-sharing"
  }

  /// When `pfctl -f` prints its notice about the main ruleset.
  public enum LoadNotice: String, Sendable, Hashable, CaseIterable {
    /// Not with `-q`.
    case unlessQuiet = "unless-quiet"
    /// Whatever the options.
    case always
  }

  /// U1: the shape of shared_v4's filter rules.
  public var sharingShape = SharingShape.everyEgress
  /// U2: the order of rules in a part.
  public var sharingOrder = SharingOrder.newestFirst
  /// U3: whether shared_v6 translates; automatic: when the host has a global IPv6 route.
  public var nat66 = Choice.automatic
  /// U4: whether the nat lines say `(en0:0)` (else `(en0)`).
  public var natUsesFirstAddress = true
  /// U5: the owner that rules inserted by pfd carry.
  public var sharingOwner = "com.apple.internet-sharing"
  /// U5: the priority that rules inserted by pfd carry; must be above 0 to stand behind a file's.
  public var sharingPriority: UInt32 = 1000
  /// U6: whether pfd keeps its token and the parts their rules after the last VM.
  public var sharingIsSticky = false
  /// U7: the part that holds the rdr rules of exposed ports.
  public var exposeAnchor = "shared_v4"
  /// U8: what vmnet's host mode adds to pf.
  public var hostPart = HostPart.empty
  /// U9: what starting the first shared network does to the main ruleset.
  public var networkStart = NetworkStart.inserts
  /// U10: the interface that pfd marks `skip` when it starts; empty for none.
  public var skippedByPFD = "lo0"
  /// Whether pfd sets timeouts and limits to its own values when it starts.
  public var pfdResetsTimeouts = true
  /// U11: whether pfd holds a token from boot on.
  public var pfdHoldsTokenAtBoot = false
  /// U12: whether the sharing service rewrites its parts when the network changes.
  public var sharingFollowsNetwork = false
  /// U13: `net.inet.ip.forwarding`; automatic: on while a shared network exists.
  public var forwarding = Choice.automatic
  /// U14: the number of the first bridge.
  public var firstBridge = 100
  /// U14: the third octet of the first shared network, 192.168.N.0/24.
  public var firstSubnet: UInt8 = 64
  /// U15: isolation of VMs in NAT mode; automatic: on from macOS 13.
  public var isolation = Choice.automatic
  /// U17: whether forwarded TCP super-frames are cut to the MTU before pf.
  public var segmentsSuperFrames = true
  /// U18: whether Softnet's VMs share the bridge of the NAT VMs.
  public var softnetSharesNATNetwork = false
  /// U19: the version of Softnet.
  public var softnetVersion = SoftnetVersion.df84a30
  /// U20: what pfd does when others destroy its token.
  public var pfdExit = PFDExit.ignored
  /// U21: when `pfctl -f` prints its notice.
  public var loadNotice = LoadNotice.unlessQuiet

  /// The defaults.
  public init() {}
}

/// A question about macOS that no source answers; the numbers are the reference's.
public enum Unknown: UInt8, Sendable, Hashable, CaseIterable {
  /// The complete text of shared_v4.
  case sharingText = 1
  /// The order of rules inside a part.
  case sharingOrder
  /// NAT66.
  case nat66
  /// `(en0)` or `(en0:0)`.
  case natAddress
  /// Owner and priority of pfd's rules.
  case ownerAndPriority
  /// What remains after the last VM.
  case afterLastVM
  /// The place of exposed ports' rules.
  case exposePlace
  /// host_v4's contents.
  case hostMode
  /// Whether starting vmnet replaces the main ruleset.
  case networkStart
  /// The interface that pfd skips.
  case skippedInterface
  /// pfd's token at boot.
  case tokenAtBoot
  /// The set of uplinks.
  case egressSet
  /// The forwarding sysctl.
  case forwarding
  /// The bridge's number and subnet.
  case bridgeNumber
  /// Isolation in NAT mode.
  case isolation
  /// `rtable` on macOS.
  case rtable
  /// Checksums and super-frames in captures.
  case offload
  /// Whether Softnet shares the NAT network.
  case softnetNetwork
  /// Newer Softnet versions.
  case softnetVersion
  /// What pfd does when others destroy its token.
  case pfdExit
  /// The notice of `pfctl -f`.
  case loadNotice
  /// Faults of single releases.
  case releaseFaults

  /// The number as the reference writes it, for example `U10`.
  public var code: String { "U\(rawValue)" }
}

/// Something that an answer took for granted.
public struct Assumption: Sendable, Hashable {
  /// A stable code: `U…` for the unknowns of macOS, a word for others.
  public var code: String
  /// The assumption in a sentence.
  public var text: String

  /// Makes an assumption.
  public init(code: String, text: String) {
    self.code = code
    self.text = text
  }
}
