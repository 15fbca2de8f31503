extension ReplayText {
  /// The most flows that are listed where nobody asked for all.
  private static var flowLimit: Int { 100 }

  /// The flows: each with its reason for one mode, side by side for several.
  var flowsSection: String {
    guard result.modes.contains(where: { !$0.flows.isEmpty }) else { return "" }
    if result.modes.count == 1, let mode = result.modes.first {
      return "\n" + style("flows", .heading) + "\n" + list(mode)
    }
    var text = ""
    if isVerbose {
      for mode in result.modes {
        text += "\n" + style("flows in mode \(mode.mode.rawValue)", .heading) + "\n" + list(mode)
      }
    }
    return text + "\n" + sideBySide + causes
  }

  /// The indices of the flows to list one by one, and those that a short report sums up.
  private func split(_ flows: [FlowReport]) -> (listed: [Int], summed: [Int], hidden: Int) {
    guard !isVerbose else { return (Array(flows.indices), [], 0) }
    let summed = flows.indices.filter { flows[$0].isLinkControl }
    let others = flows.indices.filter { !flows[$0].isLinkControl }
    guard others.count > Self.flowLimit else { return (others, summed, 0) }
    // The broken ones are what people look for.
    let order = others.sorted { left, right in
      let (one, other) = (flows[left].outcome.isBroken, flows[right].outcome.isBroken)
      return one != other ? one : left < right
    }
    return (order.prefix(Self.flowLimit).sorted(), summed, others.count - Self.flowLimit)
  }

  private func remainder(_ hidden: Int) -> String {
    hidden > 0 ? "  … and \(hidden) more flows (-v lists them)\n" : ""
  }

  private static func linkControl(_ count: Int) -> String {
    "icmp6 neighbour discovery, \(count) flow\(count == 1 ? "" : "s")"
  }

  // MARK: One mode

  private func list(_ mode: ReplayResult.Mode) -> String {
    let (indices, summed, hidden) = split(mode.flows)
    let ends = indices.map { mode.flows[$0].line }
    let width = min(64, ends.map(\.count).max() ?? 0)
    let shown = indices + summed
    let outcomeWidth = shown.map { mode.flows[$0].outcome.rawValue.count }.max() ?? 0
    var text = ""
    for (place, index) in indices.enumerated() {
      let flow = mode.flows[index]
      text += "  " + styled(flow.outcome, width: outcomeWidth) + "  "
      text += ends[place].left(width) + "  \(flow.reason)\n"
      text += deciding(flow)
      if isVerbose { for hook in flow.hooks { text += "    \(Self.line(hook))\n" } }
    }
    for outcome in FlowOutcome.allCases {
      let count = summed.count { mode.flows[$0].outcome == outcome }
      guard count > 0 else { continue }
      text += "  " + styled(outcome, width: outcomeWidth) + "  \(Self.linkControl(count))\n"
    }
    return text + remainder(hidden)
  }

  /// The rule that decided, for broken flows and where everything is asked for.
  private func deciding(_ flow: FlowReport) -> String {
    guard flow.outcome.isBroken || isVerbose else { return "" }
    if let rule = flow.rule { return "    by \(rule.place): \(rule.text)\n" }
    return flow.isByDefaultRule ? "    by the default rule\n" : ""
  }

  private static func line(_ hook: FlowReport.Hook) -> String {
    var parts = ["\(hook.passed) passed"]
    if hook.blocked > 0 { parts.append("\(hook.blocked) blocked") }
    if hook.byDefaultRule > 0 {
      parts.append("\(hook.byDefaultRule) by the default rule, without a state")
    }
    if hook.statesCreated > 0 {
      parts.append("\(hook.statesCreated) state\(hook.statesCreated == 1 ? "" : "s") made")
    }
    if hook.statesMatched > 0 { parts.append("\(hook.statesMatched) by state") }
    if let rule = hook.translationRule { parts.append("\(rule.text)") }
    let direction = hook.direction == .in ? "in" : "out"
    return "\(direction) on \(hook.interface): " + parts.joined(separator: ", ")
  }

  private func styled(_ outcome: FlowOutcome, width: Int) -> String {
    let style: Style =
      outcome == .works ? .good : outcome.isBroken ? .bad : .doubtful
    return self.style(outcome.rawValue.left(width), style)
  }

  // MARK: Several modes

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
    let (indices, summed, hidden) = split(merged)
    var rows = indices.map { (first[$0].line, outcomes(of: $0)) }
    for outcomes in distinctOutcomes(summed) {
      let count = summed.count { self.outcomes(of: $0) == outcomes }
      rows.append((Self.linkControl(count), outcomes))
    }
    let width = min(64, rows.map(\.0.count).max() ?? 0)
    let column = rows.flatMap(\.1).map(\.rawValue.count).max() ?? 0
    var text = style("side by side", .heading) + "\n  " + "flow".left(width)
    for mode in result.modes { text += "  " + mode.mode.rawValue.left(column) }
    text = text.withoutTrailingSpaces + "\n"
    for (label, outcomes) in rows {
      var line = "  " + label.left(width)
      for outcome in outcomes { line += "  " + styled(outcome, width: column) }
      text += line.withoutTrailingSpaces + "\n"
    }
    return text + remainder(hidden)
  }

  /// A flow's outcome in every mode.
  private func outcomes(of index: Int) -> [FlowOutcome] {
    result.modes.compactMap { $0.flows.indices.contains(index) ? $0.flows[index].outcome : nil }
  }

  private func distinctOutcomes(_ indices: [Int]) -> [[FlowOutcome]] {
    var found: [[FlowOutcome]] = []
    for index in indices {
      let outcomes = outcomes(of: index)
      if !found.contains(outcomes) { found.append(outcomes) }
    }
    return found
  }

  /// Why flows do not work, each cause once per mode.
  private var causes: String {
    let causes = result.modes.map { mode in mode.causes.map { (mode.mode, $0) } }
    // The broken flows of all modes first.
    let ordered =
      causes.flatMap { $0.filter(\.1.outcome.isBroken) }
      + causes.flatMap { $0.filter { !$0.1.outcome.isBroken } }
    let lines = ordered.map { mode, cause in
      (mode: mode, value: "\(cause.count) \(styled(cause.outcome, width: 0)): \(cause.text)")
    }
    let text = grouped(lines).map { Self.wrapped($0, indent: 2) }.joined()
    return text.isEmpty ? "" : "\n" + style("why", .heading) + "\n" + text
  }
}

extension ReplayResult.Mode {
  /// A cause that flows share.
  struct Cause: Sendable, Hashable {
    /// What became of the flows.
    var outcome: FlowOutcome
    /// The cause in words, with the rule that decided.
    var text: String
    /// The number of flows.
    var count = 1
  }

  /// Why flows do not work, the broken ones first, in the order of the outcomes.
  var causes: [Cause] {
    var found: [Cause] = []
    for flow in flows where flow.outcome != .works {
      var text = flow.cause
      if flow.outcome.isBroken, let rule = flow.rule { text += " by \(rule.place): \(rule.text)" }
      if let known = found.firstIndex(where: { $0.outcome == flow.outcome && $0.text == text }) {
        found[known].count += 1
      } else {
        found.append(Cause(outcome: flow.outcome, text: text))
      }
    }
    let order = FlowOutcome.allCases
    return order.filter(\.isBroken).flatMap { outcome in found.filter { $0.outcome == outcome } }
      + order.filter { !$0.isBroken }.flatMap { outcome in found.filter { $0.outcome == outcome } }
  }
}

extension FlowReport {
  /// The flow's ends on one line.
  public var line: String {
    "\(protocolName) \(Self.end(source, sourcePort, proto)) > "
      + Self.end(destination, destinationPort, proto)
  }

  /// Whether the flow is IPv6's housekeeping on the link: neighbours, routers, groups.
  var isLinkControl: Bool { proto == .icmpv6 && sourcePort == 0 && destinationPort == 0 }

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
  fileprivate var withoutTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}
