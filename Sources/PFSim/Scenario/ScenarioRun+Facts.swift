/// What is the case, in the spelling of the scenario format.
enum Fact {
  /// One line, or one for each entry of a list or line of a text.
  case lines([String])
  /// Nothing can be said.
  case missing(String)
}

extension ScenarioRun {
  /// What is the case about a subject after the last step.
  func fact(_ subject: Expectation.Subject, _ argument: String) -> Fact {
    switch subject {
    case .verdict, .rule, .translationRule, .ends, .translated, .state, .hops, .softnet, .reason,
      .emits:
      guard let observation else { return .missing("no packet was sent before") }
      return .lines(packetFact(subject, observation))
    case .outcome:
      return flow.map { .lines([$0.outcome.rawValue]) } ?? .missing("the step is not a flow")
    case .exit:
      return .lines([String(reports.map(\.exitCode).max() ?? 0)])
    case .messages: return .lines(reports.flatMap(\.messages))
    case .effects: return .lines(reports.flatMap(\.effects))
    case .flows, .totals:
      guard let recording else { return .missing("no recording was replayed before") }
      return subject == .flows
        ? flowFact(argument, recording) : totalsFact(argument, recording.totals)
    default: return hostFact(subject, argument)
    }
  }

  // MARK: The last packet

  private func packetFact(
    _ subject: Expectation.Subject, _ observation: Observation
  ) -> [String] {
    switch subject {
    case .verdict: return [observation.verdict]
    case .rule: return spellings(observation.decidingHop?.result?.rule ?? .none)
    case .translationRule:
      let rules = observation.hops.compactMap { $0.result?.translationRule }
      return spellings(rules.first { $0 != .none } ?? .none)
    case .ends: return [ends(observation.disposition)]
    case .translated: return [translated(observation)]
    case .state: return [observation.decidingHop?.stateName ?? "none"]
    case .hops: return observation.hops.compactMap(\.scenarioLine)
    case .softnet:
      let row = observation.disposition.softnetRow
      return [row == .none ? "none" : row.name]
    case .reason: return reasons(observation)
    default:
      return observation.emissions.map { emission in
        emission.bytes.withUnsafeBytes { PacketEnds($0)?.description ?? "packet" }
      }
    }
  }

  /// The ways to write a rule: its place, its label, its text.
  func spellings(_ reference: RuleReference) -> [String] {
    if reference == .defaultRule { return ["default"] }
    guard let description = host.describe(reference) else { return ["none"] }
    var result = [description.place, description.text]
    if let label = host.filter.rule(reference)?.label, !label.isEmpty {
      result.insert("label \(label)", at: 1)
    }
    return result
  }

  private func ends(_ disposition: Disposition) -> String {
    let vm = Int(disposition.vm)
    let name = host.machines.indices.contains(vm) ? host.machines[vm].description.name : "?"
    switch disposition.fate {
    case .left:
      let word = disposition.leftWithPrivateSource ? "lost" : "left"
      return "\(word) on \(interfaceName(disposition.outInterface))"
    case .deliveredToHost: return "host"
    case .deliveredToVM: return "vm \(name)"
    case .switched:
      return vm >= 0
        ? "switched to \(name)" : "switched out \(interfaceName(disposition.outInterface))"
    case .dropped: return "dropped by \(dropper(disposition))"
    case .held: return "held"
    case .consumed: return "consumed"
    case .undetermined: return "undetermined"
    }
  }

  private func dropper(_ disposition: Disposition) -> String {
    switch disposition.stage {
    case .pf:
      let isOut = disposition.outbound.isSeen && disposition.outbound.verdict != .pass
      let interface = isOut ? disposition.outInterface : disposition.inInterface
      return "pf \(isOut ? "out" : "in") on \(interfaceName(interface))"
    case .softnet: return "softnet"
    case .bridge: return "bridge"
    case .route, .forward, .deliver: return "host"
    }
  }

  private func interfaceName(_ index: Int32) -> String {
    let index = Int(index)
    return host.interfaces.indices.contains(index) ? host.interfaces[index].name : "?"
  }

  private func translated(_ observation: Observation) -> String {
    guard let after = observation.endsAfter, after != observation.endsBefore else { return "none" }
    return after.description
  }

  private func reasons(_ observation: Observation) -> [String] {
    var lines = observation.hops.map(\.reason).filter { !$0.isEmpty }
    let cause = observation.disposition.cause.sentence
    if !cause.isEmpty { lines.append(cause) }
    if let result = observation.decidingHop?.result { lines.append(result.reason.name) }
    if let reason = flow?.reason { lines.append(reason) }
    return lines
  }

  // MARK: The host

  private func hostFact(_ subject: Expectation.Subject, _ argument: String) -> Fact {
    switch subject {
    case .status: return .lines([host.filter.isEnabled ? "enabled" : "disabled"])
    case .enabledBy: return .lines([host.enabledBy ?? "nobody"])
    case .references: return .lines(host.references.tokens.map(\.holder))
    case .calls: return .lines(host.sharingCalls())
    case .skipped: return .lines(host.skippedInterfaces)
    case .interfaces:
      return .lines(host.interfaces.indices.filter { host.isPresent[$0] }.map(interfaceText))
    case .lease: return leaseFact(argument)
    case .assumptions: return .lines(host.assumptions.map(\.code))
    case .findings: return .lines(host.findings.map(\.code))
    case .states: return .lines([String(host.filter.stateSnapshots.count { !$0.isUnlinked })])
    case .counters: return counterFact(argument)
    case .show: return viewFact(argument)
    default: return .missing("nothing is known about \(subject.rawValue)")
    }
  }

  /// An interface with its addresses.
  private func interfaceText(_ index: Int) -> String {
    let interface = host.interfaces[index]
    let addresses = interface.addresses.map { "\($0.address)/\($0.prefixLength)" }
    return ([interface.name] + addresses).joined(separator: " ")
  }

  private func leaseFact(_ name: String) -> Fact {
    let index =
      name.isEmpty ? host.machines.firstIndex(where: \.isRunning) : host.index(ofVM: name)
    guard let index else { return .missing("no VM \(name) runs") }
    guard let lease = host.machines[index].softnet?.lease else { return .lines(["none"]) }
    let isValid = host.filter.now < lease.validUntil
    return .lines(["\(IPAddress(ipv4: lease.address))\(isValid ? "" : " expired")"])
  }

  /// `NAME of RULE`: a counter as `pfctl -vsr` prints it.
  private func counterFact(_ argument: String) -> Fact {
    let parts = argument.split(separator: " ", maxSplits: 2)
    guard parts.count == 3,
      let value = PfctlViews(host: host).counter(String(parts[0]), ofRule: String(parts[2]))
    else { return .missing("no rule or counter fits \(argument)") }
    return .lines([value])
  }

  /// `WHAT [-v|-vv] [-a ANCHOR]`, or `table NAME`: what pfctl shows.
  private func viewFact(_ argument: String) -> Fact {
    let words = argument.split(separator: " ").map(String.init)
    var views = PfctlViews(host: host)
    if words.contains("-v") { views.verbosity = 1 }
    if words.contains("-vv") { views.verbosity = 2 }
    if let flag = words.firstIndex(of: "-a"), flag + 1 < words.count {
      views.anchor = words[flag + 1]
    }
    do throws(PfctlViewError) {
      if words.first == "table", words.count > 1 {
        return .text(try views.addresses(ofTable: words[1]))
      }
      guard let subject = PfctlViews.Subject(prefix: words.first ?? "") else {
        return .missing("pfctl has no view \(argument)")
      }
      return .text(try views.text(subject))
    } catch {
      return .missing(error.message)
    }
  }
}

extension Fact {
  /// A text's lines, without spaces at their ends and without empty ones at the end of the text.
  ///
  /// pfctl fills columns with spaces that editors drop; scenario files need not keep them.
  fileprivate static func text(_ text: String) -> Fact {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return String(line)
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return .lines(lines)
  }
}
