/// What `pfctl -s` prints for a host, byte by byte as on macOS.
public struct PfctlViews {
  /// The host.
  public let host: Host
  /// How often `-v` was given.
  public var verbosity: Int
  /// The anchor of `-a`, empty for the main ruleset.
  public var anchor: String

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

    /// Reads a subject as pfctl does: any beginning of a word, case counting in the first letter
    /// only where two words share it.
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
  public func text(_ subject: Subject) -> String {
    switch subject {
    case .rules: rules()
    case .nat: translation()
    case .queue: ""
    case .states: states()
    case .sources: sources()
    case .info: info()
    case .labels: labels()
    case .timeouts: timeouts()
    case .memory: memory()
    case .tables: tables()
    case .osfp: ""
    case .interfaces: interfaces()
    case .anchors: anchors()
    case .references: references()
    case .dummynet: dummynet()
    case .all: all()
    }
  }
}
