extension DeploymentAdvice {
  /// The table and the recommendation for people.
  public var text: String {
    let wanted = needs.isEmpty ? "nothing in particular" : needs.map(\.text).joined(separator: ", ")
    var text = "deployment, needs: \(wanted)\n"
    let rows = [header] + table
    let first = rows.map { $0[0].count }.max() ?? 0
    let width = rows.flatMap { $0.dropFirst() }.map(\.count).max() ?? 0
    for row in rows {
      let cells = row.dropFirst().map { $0.left(width) }.joined(separator: "  ")
      text += "  \(row[0].left(first))  \(cells)".trimmedEnd + "\n"
    }
    for mode in modes where !mode.options.isEmpty {
      text += "  \(mode.mode.rawValue): tart run \(mode.options.joined(separator: " ")) …\n"
    }
    for mode in modes {
      for exposure in mode.exposures {
        text += "  exposed with \(mode.mode.rawValue): \(exposure)\n"
      }
    }
    guard let best = recommended else { return text }
    text += "  recommended: \(best.mode.rawValue)\n"
    for reason in reasons { text += "    \(reason)\n" }
    return text
  }

  private var header: [String] { [""] + modes.map(\.mode.rawValue) }

  private var table: [[String]] {
    var rows = [
      ["pf"] + modes.map { $0.isEnabled ? "on" : "off" },
      ["pf sees the VM"] + modes.map { $0.isFiltered ? "yes" : "no" },
    ]
    if modes.contains(where: { $0.flows.all > 0 }) {
      rows.append(
        ["flows that break"] + modes.map { "\($0.flows.broken) of \($0.flows.all)" })
    }
    for question in modes.first?.answers.map(\.question) ?? [] {
      rows.append(
        [question.text]
          + modes.map { mode in
            mode.answers.first { $0.question == question }?.word ?? ""
          })
    }
    rows.append(["needs not met"] + modes.map { $0.unmet.isEmpty ? "none" : $0.unmetWords })
    return rows
  }

  /// The advice as JSON.
  public var json: JSONValue {
    [
      "needs": .array(needs.map { .string($0.text) }),
      "modes": .array(modes.map(\.json)),
      "recommended": .optional(recommended?.mode.rawValue),
      "reasons": .array(reasons.map(JSONValue.string)),
    ]
  }
}

extension DeploymentAdvice.Mode {
  fileprivate var unmetWords: String { unmet.map(\.need.text).joined(separator: ", ") }

  /// The mode's part of the document.
  fileprivate var json: JSONValue {
    [
      "mode": .string(mode.rawValue), "options": .array(options.map(JSONValue.string)),
      "pf": ["enabled": .bool(isEnabled), "seesVM": .bool(isFiltered)],
      "flows": ["all": .integer(Int64(flows.all)), "broken": .integer(Int64(flows.broken))],
      "answers": .array(
        answers.map { answer in
          [
            "question": .string(answer.question.text), "packet": .string(answer.packet),
            "works": .bool(answer.works), "outcome": .string(answer.outcome.rawValue),
            "reason": .string(answer.reason),
          ]
        }),
      "unmet": .array(
        unmet.map { ["need": .string($0.need.text), "reason": .string($0.reason)] }),
      "exposures": .array(exposures.map(JSONValue.string)),
    ]
  }
}

extension DeploymentAdvice.Question {
  /// The question as the table has it.
  public var text: String {
    switch self {
    case .internet: "VM → Internet"
    case .names: "VM → name server"
    case .lan: "VM → local network"
    case .host: "VM → the Mac"
    case .sibling: "VM → other VM"
    case .inbound(let port): "local network → VM port \(port)"
    }
  }
}

extension DeploymentAdvice.Answer {
  /// The answer in a word.
  fileprivate var word: String {
    works && outcome == .notSeenByPF ? "works, past pf" : outcome.rawValue
  }
}

extension String {
  /// The text without blanks at its end.
  fileprivate var trimmedEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
