import PFSim

/// Runs a scenario and notes what is not as expected.
struct ScenarioRun {
  /// Something that is not as expected.
  struct Failure: Sendable {
    /// The expectation.
    var expectation: Scenario.Expectation
    /// What there was.
    var got: String
    /// What it is about: the packet or event.
    var context: String
  }
  /// What is not as expected, in the order of the file.
  private(set) var failures: [Failure] = []
  /// Why the scenario could not run to its end; nil where it did.
  private(set) var error: String?
  private let host: Host?
  private let packet = PacketBuffer()

  /// Runs a scenario from its start.
  init(_ scenario: Scenario) {
    do throws(DeploymentError) {
      host = try scenario.deployment.makeHost()
    } catch {
      host = nil
      self.error = error.report.messages.joined(separator: "\n")
    }
    for step in scenario.steps where error == nil { run(step) }
    for capture in scenario.captures where error == nil { replay(capture, of: scenario) }
  }

  private mutating func run(_ step: Scenario.Step) {
    guard let host else { return }
    switch step {
    case .event(let event, let expectations):
      let report = host.apply(event)
      let isExpected = expectations.contains { $0.subject == .exit }
      if report.exitCode != 0, !isExpected {
        error = ([report.title] + report.messages).joined(separator: "\n")
      }
      for expectation in expectations { check(expectation, report) }
    case .packet(let notation, let text, let expectations):
      send(notation, text, expectations, host)
    case .look(let expectations):
      for expectation in expectations { look(expectation, host) }
    }
  }

  private mutating func check(_ expectation: Scenario.Expectation, _ report: EventReport) {
    if expectation.subject == .exit {
      compare(expectation, ["\(report.exitCode)"], report.title)
      return
    }
    let lines = report.effects + report.messages
    if !lines.contains(where: { $0.contains(expectation.expected) }) {
      fail(expectation, lines.joined(separator: "\n"), report.title)
    }
  }

  private mutating func send(
    _ notation: PacketNotation, _ text: String, _ expectations: [Scenario.Expectation],
    _ host: Host
  ) {
    guard case .bytes(let bytes) = notation.content else {
      error = "\(text): packets of captures stand under captures"
      return
    }
    packet.assign(bytes)
    do throws(HostError) {
      let disposition = try host.walk(packet, from: notation.place)
      let report = PathReport(
        mode: nil, packet: text, hops: host.path, disposition: disposition,
        emissions: host.emissions)
      for expectation in expectations {
        compare(expectation, Self.answers(to: expectation.subject, report, packet), text)
      }
    } catch {
      self.error = "\(text): \(error.description)"
    }
  }

  /// The texts that fit an expectation about a packet; the first is shown when none does.
  private static func answers(
    to subject: Scenario.Subject, _ report: PathReport, _ packet: PacketBuffer
  ) -> [String] {
    let hooks = report.hops.filter { $0.stage == .pf }
    switch subject {
    case .verdict: return [report.verdict]
    case .walk:
      let plain = hooks.map { "\($0.directionName) \($0.interface)" }
      let full = hooks.map { "\($0.directionName) \($0.interface) \($0.verdict)" }
      return [full.joined(separator: ", "), plain.joined(separator: ", ")]
    case .rule: return ruleAnswers(hooks.last)
    case .state: return [hooks.last?.stateName ?? "none"]
    case .translation:
      let translated = report.hops.last { !$0.translation.isEmpty }
      return translated.map { [$0.translation] } ?? ["none"]
    case .ends: return [PacketEnds(packet.bytes)?.description ?? ""]
    case .softnetRow: return [report.disposition.softnetRow.name]
    case .emitted:
      return [
        report.emissions.map { emission in
          emission.bytes.withUnsafeBytes { PacketEnds($0)?.description ?? "" }
        }.joined(separator: ", ")
      ]
    case .hop(let index, let key):
      guard report.hops.indices.contains(index) else { return ["no hop \(index)"] }
      return hopAnswers(report.hops[index], key)
    default: return []
    }
  }

  private static func hopAnswers(_ hop: Hop, _ key: String) -> [String] {
    switch key {
    case "interface": [hop.interface]
    case "direction": [hop.directionName]
    case "stage": ["\(hop.stage)"]
    case "verdict": [hop.verdict]
    case "reason": [hop.reason]
    case "state": [hop.stateName]
    case "translation": [hop.translation.isEmpty ? "none" : hop.translation]
    case "translation-rule": ruleAnswers(hop.translationRule)
    default: ruleAnswers(hop)
    }
  }

  private static func ruleAnswers(_ hop: Hop?) -> [String] {
    guard let hop else { return ["none"] }
    if hop.rule == nil, hop.result?.rule == .defaultRule { return ["default"] }
    return ruleAnswers(hop.rule)
  }

  private static func ruleAnswers(_ rule: RuleDescription?) -> [String] {
    guard let rule else { return ["none"] }
    return ["\(rule.text)  [\(rule.place)]", rule.text, rule.place, rule.anchor]
  }

  private mutating func look(_ expectation: Scenario.Expectation, _ host: Host) {
    switch expectation.subject {
    case .pf: compare(expectation, [host.filter.isEnabled ? "enabled" : "disabled"], "pf")
    case .references:
      let holders = host.references.tokens.map(\.holder).joined(separator: ", ")
      compare(expectation, [holders.isEmpty ? "none" : holders], "references")
    case .finding(let isAbsent):
      let codes = host.findings.map(\.code)
      if codes.contains(expectation.expected) == isAbsent {
        fail(expectation, codes.joined(separator: ", "), "findings")
      }
    case .view(let name): compareView(expectation, name, host)
    case .counter(let rule, let name):
      compare(expectation, [PfctlViews(host: host).counter(name, ofRule: rule) ?? "no such rule"], rule)
    default: break
    }
  }

  private mutating func compareView(
    _ expectation: Scenario.Expectation, _ name: String, _ host: Host
  ) {
    let words = name.split(separator: " ")
    var views = PfctlViews(host: host)
    if words.contains("-v") { views.verbosity = 1 }
    if words.contains("-vv") { views.verbosity = 2 }
    if let flag = words.firstIndex(of: "-a"), flag + 1 < words.count {
      views.anchor = String(words[flag + 1])
    }
    let text: String
    do throws(PfctlViewError) {
      if words.first == "table", words.count > 1 {
        text = try views.addresses(ofTable: String(words[1]))
      } else {
        guard let subject = PfctlViews.Subject(prefix: String(words.first ?? "")) else {
          return fail(expectation, "no such view", name)
        }
        text = try views.text(subject)
      }
    } catch {
      return fail(expectation, error.message, name)
    }
    if Self.trimmed(text) != Self.trimmed(expectation.expected) { fail(expectation, text, name) }
  }

  private static func trimmed(_ text: String) -> Substring {
    var text = text[...]
    while text.last == "\n" { text.removeLast() }
    return text
  }

  private mutating func compare(
    _ expectation: Scenario.Expectation, _ answers: [String], _ context: String
  ) {
    if answers.contains(where: { Self.fits($0, expectation.expected) }) { return }
    fail(expectation, answers.first ?? "", context)
  }

  private mutating func fail(
    _ expectation: Scenario.Expectation, _ got: String, _ context: String
  ) {
    failures.append(Failure(expectation: expectation, got: got, context: context))
  }

  /// Whether a text is as expected; `*` stands for any run of characters.
  static func fits(_ text: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return text == pattern
    }
    guard text.hasPrefix(first) else { return text == pattern }
    var rest = text.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.firstRange(of: part) else { return text == pattern }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(last) || text == pattern
  }

  private mutating func replay(_ capture: Scenario.Capture, of scenario: Scenario) {}
}
