extension Hop {
  /// The hop with the contract's keys.
  public var json: JSONValue {
    .object(
      [
        .init("interface", .string(interface)),
        .init("direction", .optional(stage == .pf ? directionName : nil)),
        .init("stage", .string(stage.word)),
        .init("verdict", .string(verdict)),
        .init("reason", .string(reason)),
        .init("rule", rule?.json ?? .null),
        .init("state", .optional(stateWord)),
        .init("translationRule", translationRule?.json ?? .null),
        .init("translation", .optional(translation.isEmpty ? nil : translation)),
      ] + ruleNotesJSON)
  }

  /// The notes on rules, where they were recorded.
  private var ruleNotesJSON: [JSONValue.Member] {
    guard !ruleNotes.isEmpty else { return [] }
    return [
      .init(
        "rules", .array(ruleNotes.map { ["rule": $0.rule.json, "outcome": .string($0.outcome)] }))
    ]
  }

  /// How the packet met the state table: `created`, `matched` or `none`.
  public var stateName: String { stateWord ?? "none" }

  /// How the packet met the state table, nil where pf did not look at it.
  var stateWord: String? {
    switch result?.state {
    case .created: "created"
    case .matched: "matched"
    case .some(.none) where result?.isSeen == true: "none"
    default: nil
    }
  }
}

extension RuleDescription {
  /// The rule with the contract's keys.
  public var json: JSONValue {
    .object([
      .init("file", .optional(location?.file)), .init("line", .optional(location?.line)),
      .init("text", .string(text)), .init("anchor", .string(anchor)),
      .init("number", .integer(Int64(number))),
    ])
  }

  /// `file:line`, or where else the rule comes from.
  public var place: String {
    if let location { return "\(location.file):\(location.line)" }
    return anchor.isEmpty ? "main ruleset" : "anchor \(anchor)"
  }
}
