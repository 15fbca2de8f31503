@testable import PFSim

/// Reads rules and reads again what was printed of them.
struct PrintedRules {
  /// The host of the tests.
  static let options: ParseOptions = {
    let list =
      "lo0=127.0.0.1/8,::1/128,fe80::1/64;"
      + "en0=203.0.113.5/24,2001:db8:1::5/64,fe80::1c2a:3bff:fe4d:5e6f/64;"
      + "en1=10.1.1.1/24,10.1.1.2/24;en2=;bridge100=192.168.64.1/24,fd00:64::1/64;"
      + "utun0=10.8.0.1/32>10.8.0.2;gif0="
    var options = ParseOptions(interfaces: (try? [Interface](parsing: list)) ?? [])
    options.optimization = OptimizationLevel.none
    options.verbosity = 1
    return options
  }()

  /// Whether the text was accepted at all.
  let isAccepted: Bool
  /// What differs between the first and the second reading; nil for nothing.
  let difference: String?

  init(_ text: [UInt8], _ options: ParseOptions = Self.options) {
    let first = parseRuleset(text, options: options)
    isAccepted = !first.hasErrors
    guard isAccepted else {
      difference = nil
      return
    }
    let text = first.ruleset.text()
    let second = parseRuleset(Array(text.utf8), options: options)
    if second.hasErrors {
      difference = text + second.standardError
    } else if Self.content(first.ruleset) != Self.content(second.ruleset) {
      difference = "\(text)--- again:\n\(second.ruleset.text())"
    } else {
      difference = nil
    }
  }

  /// The ruleset without what a text cannot keep: places, load numbers, how a table's list was
  /// written, and the ICMP answer of the family that a rule is not for.
  private static func content(_ ruleset: Ruleset) -> Ruleset {
    var ruleset = ruleset
    // A second pair of empty braces of one name is the same anchor again.
    ruleset.anchors.removeAll { !$0.path.isEmpty && $0.rules.allSatisfy(\.isEmpty) }
    for anchor in ruleset.anchors.indices {
      for kind in RuleKind.allCases {
        ruleset.anchors[anchor][kind] = ruleset.anchors[anchor][kind].map(content)
      }
      for table in ruleset.anchors[anchor].tables.indices {
        ruleset.anchors[anchor].tables[table].location = nil
        ruleset.anchors[anchor].tables[table].sources = []
      }
    }
    return ruleset
  }

  private static func content(_ rule: Rule) -> Rule {
    var rule = rule
    rule.provenance = Provenance()
    rule.loadNumber = 0
    rule.interfaceResidue = 0
    // Of several calls of an anchor in braces only the first shows them.
    rule.anchorCall?.inline = false
    return rule
  }
}
