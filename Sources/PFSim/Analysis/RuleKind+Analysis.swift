extension RuleKind {
  /// The word that calls an anchor of the list.
  var callWord: String {
    switch self {
    case .scrub: "scrub-anchor"
    case .filter: "anchor"
    case .nat: "nat-anchor"
    case .binat: "binat-anchor"
    case .rdr: "rdr-anchor"
    case .dummynet: "dummynet-anchor"
    }
  }

  /// The list's name in front of "rule".
  var ruleWord: String {
    switch self {
    case .scrub: "scrub"
    case .filter: "filter"
    case .nat: "nat"
    case .binat: "binat"
    case .rdr: "rdr"
    case .dummynet: "dummynet"
    }
  }

  /// How the kernel tests rules of the list.
  var test: RuleTest {
    switch self {
    case .filter: .filter
    case .scrub: .scrubIP
    case .nat, .binat, .rdr: .translation
    case .dummynet: .dummynet
    }
  }

  /// The direction of new connections that the list is for.
  var direction: Direction {
    switch self {
    case .nat, .binat: .out
    case .rdr: .in
    case .filter, .scrub, .dummynet: .any
    }
  }

  /// The place of the list in the order that pf.conf must keep.
  var fileOrder: Int {
    switch self {
    case .scrub: 0
    case .nat, .binat, .rdr: 1
    case .dummynet, .filter: 2
    }
  }

  /// Whether the first match decides, else the last one.
  var firstMatchDecides: Bool { self != .filter && self != .dummynet }
}
