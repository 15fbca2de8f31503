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

  /// Whether a rule sends packets to another routing table.
  var usesRoutingTables: Bool {
    anchors.contains { anchor in
      anchor.rules.contains { rules in rules.contains { $0.rtable != nil } }
    }
  }

  /// An empty ruleset for an anchor path (empty for the main ruleset).
  public init(path: String = "") { anchors = [Anchor(path: path)] }
}
