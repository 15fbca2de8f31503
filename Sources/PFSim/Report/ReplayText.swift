/// A replay's result as text for people.
public struct ReplayText {
  private let result: ReplayResult
  private let title: String
  private let isVerbose: Bool
  private let style: (String, Style) -> String

  /// The styles that parts of the text carry; never the only sign of anything.
  public enum Style: Sendable {
    /// A heading.
    case heading
    /// Something is fine.
    case good
    /// Something is wrong.
    case bad
    /// Something deserves a look.
    case doubtful
    /// Less important.
    case minor
  }

  /// The most flows that are listed where nobody asked for all.
  private static let flowLimit = 100

  /// Prepares a report.
  /// - Parameters:
  ///   - title: What was replayed and with which rules, in a line or several.
  ///   - isVerbose: Whether every flow is listed with its hooks.
  ///   - style: Puts a style on a text; the default leaves it.
  public init(
    _ result: ReplayResult, title: String, isVerbose: Bool,
    style: @escaping (String, Style) -> String = { text, _ in text }
  ) {
    self.result = result
    self.title = title
    self.isVerbose = isVerbose
    self.style = style
  }

  /// The whole report.
  public var text: String {
    var text = title + "\n" + summary + "\n"
    for mode in result.modes { text += "\n" + section(mode) }
    if result.modes.count > 1 { text += "\n" + sideBySide }
    text += "\n" + style("assumptions", .heading) + "\n"
    for assumption in result.assumptions {
      text += "  \(assumption.code): \(assumption.text)\n"
    }
    return text
  }

  private var summary: String {
    var parts = ["\(result.frames) frames, \(result.packets) IP packets"]
    if let period = result.period {
      let seconds = period.last.seconds(since: period.first)
      parts.append("\(Self.rounded(seconds)) s")
    }
    let place =
      switch result.vantage {
      case .vm: "taken on the VM's side"
      case .uplink: "taken on the host's uplink"
      case nil: "taken at an unknown place"
      }
    parts.append(place + (result.vantageIsDetected ? " (detected)" : " (as told)"))
    return parts.joined(separator: ", ")
  }

  // MARK: One mode

  private func section(_ mode: ReplayResult.Mode) -> String {
    var text = style("mode \(mode.mode.rawValue)", .heading) + "\n"
    for line in Self.filterLines(mode) { text += "  \(line)\n" }
    text += "  packets: \(Self.totals(mode.totals))\n"
    text += "  flows: \(Self.outcomes(mode))\n"
    if result.modes.count == 1 || isVerbose { text += flowTable(mode) }
    for finding in mode.findings {
      let severity = finding.severity
      let mark: Style = severity == .error ? .bad : severity == .warning ? .doubtful : .minor
      text += "  " + style("\(severity.name):", mark) + " \(Self.sentence(finding))\n"
    }
    if !mode.counters.isEmpty {
      text += CounterReport(rows: mode.counters).lines.map { "  \($0)\n" }.joined()
    }
    return text
  }

  private static func sentence(_ finding: Finding) -> String {
    var text = finding.message
    if let location = finding.location { text += " [\(location.file):\(location.line)]" }
    if !finding.cause.isEmpty { text += "\n    because: \(finding.cause)" }
    if let fix = finding.fix { text += "\n    fix: \(fix.text)" }
    return text
  }

  private static func filterLines(_ mode: ReplayResult.Mode) -> [String] {
    var state = mode.isEnabled ? "pf: on" : "pf: off"
    if !mode.holders.isEmpty {
      state += ", switched on by \(mode.holders.joined(separator: ", "))"
    } else if mode.isEnabled {
      state += ", without a token"
    }
    let order =
      mode.loadOrder == .beforeVM
      ? "rules loaded at boot, then the VM started" : "VM started, then the rules loaded"
    var lines = [state, "load order: \(mode.loadOrder.rawValue) (\(order))"]
    if !mode.insertedAnchors.isEmpty {
      lines.append(
        "inserted by the sharing service: "
          + mode.insertedAnchors.joined(separator: "; "))
    }
    return lines
  }

  private static func totals(_ totals: ReplayTotals) -> String {
    let groups: [(String, ReplayTotals.Amount)] = [
      ("passed", totals.passed), ("blocked", totals.blocked), ("translated", totals.translated),
      ("not seen by pf", totals.notSeen), ("undetermined", totals.undetermined),
      ("dropped by Softnet", totals.droppedBySoftnet),
      ("dropped by isolation", totals.droppedByIsolation), ("lost", totals.lost),
      ("not happening", totals.notHappening),
    ]
    let always = 4
    let shown = groups.enumerated().filter { $0.offset < always || $0.element.1.packets > 0 }
    let parts = shown.map { "\($0.element.0) \(amount($0.element.1))" }
    let cut = totals.superFrames > 0 ? ", \(totals.superFrames) super-frames cut to the MTU" : ""
    return "\(amount(totals.all)): " + parts.joined(separator: ", ") + cut
  }

  private static func amount(_ amount: ReplayTotals.Amount) -> String {
    "\(amount.packets)" + (amount.packets > 0 ? " (\(bytes(amount.bytes)))" : "")
  }

  private static func bytes(_ count: Int) -> String {
    if count < 10_000 { return "\(count) B" }
    if count < 10_000_000 { return "\(count / 1000) kB" }
    return "\(count / 1_000_000) MB"
  }

  private static func outcomes(_ mode: ReplayResult.Mode) -> String {
    var counts = mode.unlisted
    for flow in mode.flows { counts[flow.outcome, default: 0] += 1 }
    let total = counts.values.reduce(0, +)
    let parts = FlowOutcome.allCases.compactMap { outcome in
      counts[outcome].map { "\($0) \(outcome.rawValue)" }
    }
    let hidden = mode.unlisted.values.reduce(0, +)
    let note = hidden > 0 ? " (\(hidden) of them counted, but not listed)" : ""
    return "\(total)" + (parts.isEmpty ? "" : ": ") + parts.joined(separator: ", ") + note
  }

  // MARK: Flows

  private func listed(_ flows: [FlowReport]) -> (indices: [Int], hidden: Int) {
    guard !isVerbose, flows.count > Self.flowLimit else { return (Array(flows.indices), 0) }
    // The broken ones are what people look for.
    let order = flows.indices.sorted { left, right in
      let (one, other) = (flows[left].outcome.isBroken, flows[right].outcome.isBroken)
      return one != other ? one : left < right
    }
    return (order.prefix(Self.flowLimit).sorted(), flows.count - Self.flowLimit)
  }

  private func flowTable(_ mode: ReplayResult.Mode) -> String {
    let (indices, hidden) = listed(mode.flows)
    let ends = indices.map { mode.flows[$0].line }
    let width = min(80, ends.map(\.count).max() ?? 0)
    let outcomeWidth = indices.map { mode.flows[$0].outcome.rawValue.count }.max() ?? 0
    var text = ""
    for (place, index) in indices.enumerated() {
      let flow = mode.flows[index]
      text += "    " + styled(flow.outcome, width: outcomeWidth) + "  "
      text += ends[place].padded(to: width) + "  \(flow.reason)\n"
      if let rule = flow.rule, flow.outcome.isBroken || isVerbose {
        text += "      by \(rule.place): \(rule.text)\n"
      } else if flow.isByDefaultRule, flow.outcome.isBroken || isVerbose {
        text += "      by the default rule\n"
      }
      if isVerbose { for hook in flow.hooks { text += "      \(Self.line(hook))\n" } }
    }
    if hidden > 0 { text += "    … and \(hidden) more flows (-v lists them)\n" }
    return text
  }

  private static func line(_ hook: FlowReport.Hook) -> String {
    var parts = ["\(hook.passed) passed"]
    if hook.blocked > 0 { parts.append("\(hook.blocked) blocked") }
    if hook.byDefaultRule > 0 { parts.append("\(hook.byDefaultRule) by the default rule") }
    if hook.statesCreated > 0 { parts.append("\(hook.statesCreated) states made") }
    if hook.statesMatched > 0 { parts.append("\(hook.statesMatched) by state") }
    if let rule = hook.translationRule { parts.append("\(rule.text)") }
    let direction = hook.direction == .in ? "in" : "out"
    return "\(direction) on \(hook.interface): " + parts.joined(separator: ", ")
  }

  private func styled(_ outcome: FlowOutcome, width: Int) -> String {
    let style: Style =
      outcome == .works ? .good : outcome.isBroken ? .bad : .doubtful
    return self.style(outcome.rawValue.padded(to: width), style)
  }

  private var sideBySide: String {
    let first = result.modes.first?.flows ?? []
    // A flow is broken here where any mode breaks it.
    var merged = first
    for mode in result.modes {
      for (index, flow) in mode.flows.enumerated()
      where merged.indices.contains(index) && flow.outcome.isBroken {
        merged[index].outcome = flow.outcome
      }
    }
    let (indices, hidden) = listed(merged)
    let ends = indices.map { first[$0].line }
    let width = min(80, ends.map(\.count).max() ?? 0)
    let column = 22
    var text = style("side by side", .heading) + "\n  " + "flow".padded(to: width)
    for mode in result.modes { text += "  " + mode.mode.rawValue.padded(to: column) }
    text = text.trimmingTrailingSpaces + "\n"
    for (place, index) in indices.enumerated() {
      var line = "  " + ends[place].padded(to: width)
      for mode in result.modes where mode.flows.indices.contains(index) {
        line += "  " + styled(mode.flows[index].outcome, width: column)
      }
      text += line.trimmingTrailingSpaces + "\n"
    }
    if hidden > 0 { text += "  … and \(hidden) more flows (-v lists them)\n" }
    return text
  }

  private static func rounded(_ seconds: Double) -> String {
    let tenths = (max(0, min(seconds, 1e12)) * 10).rounded()
    return "\(Int64(tenths) / 10).\(Int64(tenths) % 10)"
  }
}

extension FlowReport {
  /// The flow's ends on one line.
  var line: String {
    var line = "\(protocolName) \(Self.end(source, sourcePort, proto)) > "
    line += Self.end(destination, destinationPort, proto)
    if let translatedSource {
      line += " as \(Self.end(translatedSource, translatedSourcePort ?? 0, proto))"
    }
    return line
  }

  /// The protocol's name as pf.conf spells it, else its number.
  public var protocolName: String {
    proto == .icmpv6 ? "icmp6" : ProtocolNames.name(of: proto.rawValue) ?? "\(proto.rawValue)"
  }

  private static func end(_ address: IPAddress, _ port: UInt16, _ proto: IPProtocol) -> String {
    guard port != 0 || proto == .tcp || proto == .udp else { return "\(address)" }
    return address.family == .inet6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}

extension String {
  /// The text with blanks behind it up to a width.
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate var trimmingTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
