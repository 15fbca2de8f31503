extension ReplayResult {
  /// The result as one HTML page that needs nothing from a network.
  /// - Parameter title: What was replayed and with which rules.
  public func html(title: String) -> String {
    let text = ReplayText(self, title: title, isVerbose: false)
    let head = title.escapedForMarkup
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>pfsim: \(head)</title>
      <style>
      body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 75em; }
      table { border-collapse: collapse; }
      th, td { padding: .2em .7em; text-align: left; border-bottom: 1px solid #8884; }
      td, pre { font: 13px/1.4 ui-monospace, monospace; vertical-align: top; }
      pre { overflow-x: auto; }
      .good { color: #17803d; } .bad { color: #c01c28; } .other { color: #8a6100; }
      @media (prefers-color-scheme: dark) {
      body { background: #1c1c1e; color: #eee; }
      .good { color: #5fd38d; } .bad { color: #ff7b72; } .other { color: #e3b341; }
      }
      </style>
      </head>
      <body>
      <h1>\(head)</h1>
      <p>\(text.summary.escapedForMarkup)</p>
      <pre>\(text.overview.escapedForMarkup)</pre>
      <h2>pf</h2>
      <pre>\(text.filterLines.escapedForMarkup)</pre>
      \(Self.section("Findings", text.findingLines))<h2>Flows</h2>
      \(flowTable)<h2>Assumptions</h2>
      <ul>
      \(assumptions.map { "<li>" + "\($0.code): \($0.text)\n".escapedForMarkup }.joined())</ul>
      </body>
      </html>

      """
  }

  private static func section(_ title: String, _ text: String) -> String {
    text.isEmpty ? "" : "<h2>\(title)</h2>\n<pre>\(text.escapedForMarkup)</pre>\n"
  }

  /// A row for each flow, and a column for each mode with outcome, reason and rule.
  private var flowTable: String {
    var text = "<table>\n<tr><th>flow"
    for mode in modes { text += "<th>\(mode.mode.rawValue)" }
    text += "\n"
    for (index, flow) in (modes.first?.flows ?? []).enumerated() {
      text += "<tr><td>\(flow.line.escapedForMarkup)"
      for mode in modes where mode.flows.indices.contains(index) {
        text += "<td>" + mode.flows[index].htmlCell
      }
      text += "\n"
    }
    return text + "</table>\n"
  }
}

extension FlowReport {
  fileprivate var htmlCell: String {
    let kind = outcome == .works ? "good" : outcome.isBroken ? "bad" : "other"
    let rule = rule.map { "<br>\("\($0.place): \($0.text)".escapedForMarkup)" } ?? ""
    return "<b class=\"\(kind)\">\(outcome.rawValue)</b><br>\(reason.escapedForMarkup)\(rule)"
  }
}
