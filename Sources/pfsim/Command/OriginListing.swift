import PFSim

/// Rules with the places, list items and macros that they come from.
struct OriginListing {
  /// One rule a line, its origin behind `#`.
  let text: String

  init(_ ruleset: Ruleset) {
    var text = ""
    for anchor in ruleset.anchors {
      let scope = anchor.path.isEmpty ? "" : " [\(anchor.path)]"
      for kind in [RuleKind.scrub, .nat, .rdr, .binat, .filter, .dummynet] {
        for rule in anchor[kind] {
          text += rule.text() + "  #\(scope)"
          if let location = rule.provenance.location {
            text += " \(location.file):\(location.line)"
          }
          for part in rule.provenance.parts {
            text += part.kind == .macro ? " $\(part.text)" : " {\(part.text)}"
          }
          text += "\n"
        }
      }
    }
    self.text = text
  }
}
