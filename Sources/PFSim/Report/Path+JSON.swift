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
      ] + stateRoomJSON + ruleNotesJSON)
  }

  /// The bounds on states, where the packet made one that has special ones.
  private var stateRoomJSON: [JSONValue.Member] {
    guard let room = stateRoom else { return [] }
    return [
      .init(
        "stateRoom",
        [
          "all": .integer(Int64(room.ofAll)), "allBy": .string(room.bound),
          "rule": room.ofRule > 0 ? .integer(Int64(room.ofRule)) : .null,
          "source": room.ofSource > 0 ? .integer(Int64(room.ofSource)) : .null,
        ])
    ]
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

extension StateRoom {
  /// What bounds the states of all rules, as pf.conf spells it.
  var bound: String { isAdaptive ? "adaptive.end" : "limit states" }

  /// The bounds in words.
  var text: String {
    var parts = ["\(ofAll) of all rules (\(bound))"]
    if ofRule > 0 { parts.append("\(ofRule) of this one (max)") }
    if ofSource > 0 { parts.append("\(ofSource) of one source (max-src-states)") }
    return parts.joined(separator: ", ")
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
