/// The limits of pf, in the order in which pfctl prints them.
public enum Limit: UInt8, Sendable, Hashable, CaseIterable {
  /// `states`.
  case states
  /// `app-states` (Apple).
  case appStates
  /// `src-nodes`.
  case sourceNodes
  /// `frags`.
  case fragments
  /// `tables`.
  case tables
  /// `table-entries`.
  case tableEntries

  /// The name in pf.conf and in pfctl's output.
  public var name: String {
    switch self {
    case .states: "states"
    case .appStates: "app-states"
    case .sourceNodes: "src-nodes"
    case .fragments: "frags"
    case .tables: "tables"
    case .tableEntries: "table-entries"
    }
  }

  /// The value that macOS's pfctl sets by default.
  public var pfctlDefault: UInt32 {
    switch self {
    case .states, .appStates, .sourceNodes: 10_000
    case .fragments: 5_000
    case .tables: 1_000
    case .tableEntries: 200_000
    }
  }

  /// The limit before a pfctl has set any: the kernel itself limits only states and fragments.
  public var kernelDefault: UInt32 {
    switch self {
    case .states, .fragments: pfctlDefault
    case .appStates, .sourceNodes, .tables, .tableEntries: .max
    }
  }
}
