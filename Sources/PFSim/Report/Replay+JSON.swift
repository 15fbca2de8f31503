extension ReplayResult {
  /// The result as one document with the contract's keys.
  public var json: JSONValue {
    ReportDocument.make(
      assumptions: assumptions,
      [.init("recording", recordingJSON), .init("modes", .array(modes.map(\.json)))])
  }

  /// What the recording is.
  public var recordingJSON: JSONValue {
    [
      "vantage": .optional(vantage?.rawValue),
      "vantageDetected": .bool(vantageIsDetected),
      "frames": .integer(Int64(frames)),
      "packets": .integer(Int64(packets)),
      "seconds": period.map { .number($0.last.seconds(since: $0.first)) } ?? .null,
    ]
  }
}

extension ReplayResult.Mode {
  /// The mode's part of the document.
  public var json: JSONValue {
    .object(
      head + [
        .init("flows", .array(flows.map(\.json))),
        .init("findings", .array(findings.map(\.json))),
      ] + (counters.isEmpty ? [] : [.init("counters", CounterReport(rows: counters).json)]))
  }

  /// The mode's part without its lists.
  public var head: [JSONValue.Member] {
    [
      .init("mode", .string(mode.rawValue)),
      .init("loadOrder", loadOrder.map { .string($0.rawValue) } ?? .null),
      .init(
        "pf",
        [
          "enabled": .bool(isEnabled),
          "enabledBy": .optional(holders.first),
          "tokens": .array(holders.map(JSONValue.string)),
          "anchorsInserted": .array(insertedAnchors.map(JSONValue.string)),
        ]),
      .init("totals", totals.json),
      .init(
        "unlistedFlows",
        .object(
          FlowOutcome.allCases.compactMap { outcome in
            unlisted[outcome].map { .init(outcome.rawValue, .integer(Int64($0))) }
          })),
      .init("timeline", .array(timeline.map(\.json))),
    ]
  }
}

extension EventReport {
  /// What an event did.
  var json: JSONValue {
    [
      "time": .number(time), "event": .string(title),
      "effects": .array(effects.map(JSONValue.string)),
    ]
  }
}

extension ReplayTotals {
  /// The totals with the contract's keys; the bytes of each group in an object of their own.
  var json: JSONValue {
    let groups: [(String, Amount)] = [
      ("packets", all), ("passed", passed), ("blocked", blocked), ("translated", translated),
      ("notSeen", notSeen), ("undetermined", undetermined),
      ("droppedBySoftnet", droppedBySoftnet), ("droppedByIsolation", droppedByIsolation),
      ("lost", lost), ("notHappening", notHappening),
    ]
    return .object(
      groups.map { .init($0.0, .integer(Int64($0.1.packets))) } + [
        .init("superFrames", .integer(Int64(superFrames))),
        .init(
          "bytes", .object(groups.map { .init($0.0, .integer(Int64($0.1.bytes))) })),
      ])
  }
}

extension FlowReport {
  /// The flow with the contract's keys.
  public var json: JSONValue {
    [
      "proto": .string(protocolName),
      "src": .string(source.description), "sport": .integer(Int64(sourcePort)),
      "dst": .string(destination.description), "dport": .integer(Int64(destinationPort)),
      "outcome": .string(outcome.rawValue), "reason": .string(reason),
      "translatedSrc": .optional(translatedSource?.description),
      "translatedSport": .optional(translatedSourcePort.map(Int.init)),
      "rule": rule?.json ?? .null,
      "defaultRule": .bool(isByDefaultRule),
      "states": .integer(Int64(states)),
      "hooks": .array(hooks.map(\.json)),
      "firstPacket": .integer(Int64(firstPacket)),
      "packets": Self.ways(packets), "bytes": Self.ways(bytes), "arrived": Self.ways(arrived),
      "notHappening": .integer(Int64(notHappening)),
    ]
  }

  private static func ways(_ numbers: (question: Int, answer: Int)) -> JSONValue {
    ["out": .integer(Int64(numbers.question)), "back": .integer(Int64(numbers.answer))]
  }
}

extension FlowReport.Hook {
  /// What pf did with a flow at a hook.
  var json: JSONValue {
    [
      "interface": .string(interface), "direction": .string(direction == .in ? "in" : "out"),
      "passed": .integer(Int64(passed)), "blocked": .integer(Int64(blocked)),
      "byDefaultRule": .integer(Int64(byDefaultRule)),
      "statesCreated": .integer(Int64(statesCreated)),
      "statesMatched": .integer(Int64(statesMatched)),
      "rule": rule?.json ?? .null, "translationRule": translationRule?.json ?? .null,
    ]
  }
}

extension PacketEvent {
  /// One packet's event, for reports of one event a line.
  public var json: [JSONValue.Member] {
    [
      .init("frame", .integer(Int64(number))), .init("packet", .optional(ends?.description)),
      .init("verdict", .string(verdict)), .init("reason", .string(remark)),
      .init("hops", .array(hops.map(\.json))),
    ]
  }

  /// The event for people: a line, and one for each hop.
  public var text: String {
    var text = "packet \(number): \(ends?.description ?? "unreadable"): \(verdict)"
    text += remark.isEmpty ? "\n" : " (\(remark))\n"
    for hop in hops { text += "  \(PathReport.line(hop))\(Self.details(hop))\n" }
    return text
  }

  /// The rule that decided at a hook, the state and what translation changed.
  private static func details(_ hop: Hop) -> String {
    var text = hop.rule.map { " by \($0.place): \($0.text)" } ?? ""
    switch hop.result?.state {
    case .created: text += ", state created"
    case .matched: text += ", by state"
    default: break
    }
    return hop.translation.isEmpty ? text : text + ", \(hop.translation)"
  }
}
