/// What one load of a file brings: rules of every anchor, tables and options.
///
/// The main ruleset (or the anchor that the file was loaded into) and the anchors written in
/// braces or named by `load anchor` each have an entry in ``anchors``.
public struct Ruleset: Sendable, Hashable {
  /// The rules and tables of one anchor.
  public struct Anchor: Sendable, Hashable {
    /// The absolute path without a leading slash; empty for the main ruleset.
    public var path: String
    /// The six lists, indexed by ``RuleKind``.
    public var rules: [[Rule]] = Array(repeating: [], count: RuleKind.allCases.count)
    /// The tables defined here, in the order of the text.
    public var tables: [TableDefinition] = []
    /// The names of those of ``tables`` that the optimiser made.
    public var generatedTables: [String] = []

    /// An empty anchor.
    public init(path: String) { self.path = path }

    /// The rules of one list.
    public subscript(kind: RuleKind) -> [Rule] {
      get { rules[Int(kind.rawValue)] }
      set { rules[Int(kind.rawValue)] = newValue }
    }
  }
  /// The anchors, the one loaded into first; then in the order of the text.
  public var anchors: [Anchor]
  /// The options set; those of `load anchor` files do not count.
  public var options = Options()
  /// Anchor files to load afterwards (`load anchor`), in order.
  ///
  /// The loader fills in ``anchors``
  /// from them when files can be read.
  public var loadAnchors: [LoadAnchor] = []

  /// An empty ruleset for an anchor path (empty for the main ruleset).
  public init(path: String = "") { anchors = [Anchor(path: path)] }
}

/// One `load anchor` statement.
public struct LoadAnchor: Sendable, Hashable {
  /// The anchor's absolute path.
  public var path: String
  /// The file.
  public var file: String
  /// Where the statement stands.
  public var location: Provenance.Location?

  /// Makes a statement.
  public init(path: String, file: String, location: Provenance.Location? = nil) {
    self.path = path
    self.file = file
    self.location = location
  }
}

/// A table as a file defines it.
public struct TableDefinition: Sendable, Hashable {
  /// One address or network of a table.
  public struct Entry: Sendable, Hashable {
    /// The family, never ``AddressFamily/unspecified``.
    public var family: AddressFamily
    /// The address, masked.
    public var address: AddressBits
    /// The length of the prefix, 0…32 or 0…128.
    public var prefixLength: UInt8
    /// Whether the entry is an exception (`!`).
    public var negated: Bool

    /// Makes an entry.
    public init(
      family: AddressFamily, address: AddressBits, prefixLength: UInt8, negated: Bool = false
    ) {
      self.family = family
      self.address = address
      self.prefixLength = prefixLength
      self.negated = negated
    }
  }
  /// The name.
  public var name: String
  /// `const`.
  public var isConst = false
  /// `persist`.
  public var isPersistent = false
  /// Whether the definition gives contents (also an empty list); without them a reload keeps
  /// what the table holds.
  public var hasContents = false
  /// The contents, of the list and of the files.
  public var entries: [Entry] = []
  /// The definition's source for printing: the list items as written and the files.
  public var sources: [Source] = []
  /// Where the definition stands.
  public var location: Provenance.Location?

  /// Where contents come from.
  public enum Source: Sendable, Hashable {
    /// Addresses listed in braces.
    case list([Entry])
    /// A file.
    case file(String)
  }

  /// An empty definition.
  public init(name: String) { self.name = name }
}

/// The options of a file, each nil where the file does not set it.
public struct Options: Sendable, Hashable {
  /// `set timeout`, and what `set optimization` and `set limit states` imply.
  public var timeouts: [Timeout: UInt32] = [:]
  /// `set limit`.
  public var limits: [Limit: UInt32] = [:]
  /// `set loginterface`; an empty name for `none`.
  public var logInterface: String?
  /// `set hostid`.
  public var hostID: UInt32?
  /// `set debug`.
  public var debug: DebugLevel?
  /// `set skip on`: the names.
  public var skipInterfaces: [String] = []
  /// `set fingerprints`.
  public var fingerprintsFile: String?
  /// What the file of `set fingerprints` holds.
  public var fingerprints: FingerprintList?
  /// `set ruleset-optimization`.
  public var optimization: OptimizationLevel?

  /// No options.
  public init() {}
}

/// The kernel's debug levels.
public enum DebugLevel: UInt8, Sendable, Hashable {
  /// `none`.
  case none
  /// `urgent`.
  case urgent
  /// `misc`.
  case misc
  /// `loud`.
  case loud
}

/// How far pfctl's optimiser goes.
public enum OptimizationLevel: UInt8, Sendable, Hashable {
  /// `none`.
  case none
  /// `basic`, the default.
  case basic
  /// `profile`.
  case profile
}
