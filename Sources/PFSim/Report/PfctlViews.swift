/// What `pfctl -s` prints for a host, byte by byte as on macOS.
public struct PfctlViews {
  /// The host.
  public let host: Host
  /// How often `-v` was given.
  public var verbosity: Int
  /// The anchor of `-a`, empty for the main ruleset.
  public var anchor: String
  /// The interface of `-i`, which limits the views of states and interfaces; nil for all.
  public var interface: String?
  /// Whether the rules of called anchors are printed, too (`-a 'NAME/*'`).
  public var isRecursive = false

  /// Looks at a host.
  public init(host: Host, verbosity: Int = 0, anchor: String = "") {
    self.host = host
    self.verbosity = verbosity
    self.anchor = anchor
  }

  /// The filter's clock, in whole seconds.
  var now: UInt64 { UInt64(max(0, host.filter.now)) }

  /// What there is to show, with pfctl's words for `-s`.
  public enum Subject: String, Sendable, Hashable, CaseIterable {
    /// Scrub and filter rules.
    case rules
    /// Translation rules.
    case nat
    /// ALTQ queues, which macOS has none of.
    case queue
    /// States.
    case states
    /// Source nodes.
    case sources = "Sources"
    /// Status and counters.
    case info
    /// Counters by label.
    case labels
    /// Timeouts.
    case timeouts
    /// Limits.
    case memory
    /// Tables.
    case tables = "Tables"
    /// Fingerprints.
    case osfp
    /// Interfaces.
    case interfaces = "Interfaces"
    /// Anchors.
    case anchors = "Anchors"
    /// Who holds pf enabled.
    case references = "References"
    /// Dummynet rules.
    case dummynet
    /// All of them.
    case all

    /// Reads a subject as pfctl does: any beginning of a word.
    public init?(prefix: String) {
      let order: [Subject] = [
        .queue, .rules, .anchors, .sources, .info, .interfaces, .labels, .memory, .nat, .osfp,
        .references, .states, .tables, .timeouts, .dummynet, .all,
      ]
      guard !prefix.isEmpty,
        let found = order.first(where: { $0.rawValue.hasPrefix(prefix) })
      else { return nil }
      self = found
    }
  }

  /// The text of one subject.
  /// - Throws: ``PfctlViewError`` for an anchor that does not exist.
  public func text(_ subject: Subject) throws(PfctlViewError) -> String {
    guard anchor.isEmpty || host.filter.anchorPaths.contains(anchor) else {
      throw PfctlViewError(message: "pfctl: DIOCGETRULES: Invalid argument")
    }
    switch subject {
    case .rules: return rules()
    case .nat: return translation()
    case .queue: return ""
    case .states: return states()
    case .sources: return sources()
    case .info: return info()
    case .labels: return labels()
    case .timeouts: return timeouts()
    case .memory: return memory()
    case .tables: return tables()
    case .osfp: return host.filter.fingerprints.listing()
    case .interfaces: return interfaces()
    case .anchors: return anchors()
    case .references: return references()
    case .dummynet: return dummynet()
    case .all: return all()
    }
  }
}
