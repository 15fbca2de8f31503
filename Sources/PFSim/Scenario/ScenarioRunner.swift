/// Runs scenarios; each has a host of its own, so several run at the same time.
public struct ScenarioRunner: Sendable {
  /// What scenarios need of the world outside.
  public var environment: ScenarioEnvironment

  /// Makes a runner.
  public init(environment: ScenarioEnvironment = ScenarioEnvironment()) {
    self.environment = environment
  }

  /// Takes the scenario's steps and checks what is expected; a step that cannot be taken ends the
  /// scenario.
  ///
  /// A scenario that expects nothing fails, and so does a command that is refused where the step
  /// does not expect its exit code: neither must look like a success.
  public func run(_ scenario: Scenario) -> ScenarioResult {
    var result = ScenarioResult(
      name: scenario.name, file: scenario.file, teaches: scenario.teaches)
    if scenario.expectationCount == 0 {
      result.fail("the scenario", "nothing is expected")
      return result
    }
    let host: Host
    do {
      host = try scenario.deployment.makeHost()
    } catch {
      result.fail(
        error.report.title, "the rules are refused", Self.words(of: error.report),
        at: scenario.rulesLocation)
      return result
    }
    var run = ScenarioRun(scenario, on: host, environment)
    for (index, step) in scenario.steps.enumerated() {
      do {
        try run.perform(step: index)
      } catch {
        result.fail(step.action.title, error.reason, at: step.location)
        break
      }
      check(step, run, &result)
    }
    result.assumptions = host.assumptions
    return result
  }

  /// What a command printed, without what it always prints.
  private static func words(of report: EventReport) -> [String] {
    report.messages.filter { !$0.isEmpty && !Host.printedNotices.contains($0) }
  }

  private func check(
    _ step: Scenario.Step, _ run: ScenarioRun, _ result: inout ScenarioResult
  ) {
    if !step.expectations.contains(where: { $0.subject == .exit }) {
      for report in run.reports where report.exitCode != 0 {
        result.fail(
          report.title, "exits with \(report.exitCode), and no exit code is expected",
          Self.words(of: report), at: step.location)
      }
    }
    for expectation in step.expectations {
      result.checked += 1
      let fact = run.fact(expectation.subject, expectation.argument)
      guard let difference = expectation.difference(from: fact) else { continue }
      result.failures.append(
        .init(
          expectation: expectation, message: difference.message, actual: difference.actual,
          location: difference.location, step: step.action.title,
          path: step.action.hasPacket ? run.observation?.pathLines ?? [] : []))
    }
  }
}

extension Scenario.Action {
  /// The step in a few words.
  public var title: String {
    switch self {
    case .events(let events): events.map(\.title).joined(separator: ", then ")
    case .packet(let frame): frame.text
    case .reply: "the answer to it"
    case .flow(let frame): "a flow: \(frame.text)"
    case .capture(let capture): "the recording \(capture.files.joined(separator: ", "))"
    case .check: "the host"
    }
  }

  /// Whether the step sends packets.
  var hasPacket: Bool {
    switch self {
    case .packet, .reply, .flow: true
    case .events, .capture, .check: false
    }
  }
}
