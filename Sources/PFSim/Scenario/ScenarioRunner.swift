/// Runs scenarios; each has a host of its own, so several run at the same time.
public struct ScenarioRunner: Sendable {
  /// What scenarios need of the world outside.
  public var environment: ScenarioEnvironment

  /// Makes a runner.
  public init(environment: ScenarioEnvironment = ScenarioEnvironment()) {
    self.environment = environment
  }

  /// Takes the scenario's steps and checks what is expected; a failed step ends the scenario.
  public func run(_ scenario: Scenario) -> ScenarioResult {
    var result = ScenarioResult(
      name: scenario.name, file: scenario.file, teaches: scenario.teaches)
    let host: Host
    do {
      host = try scenario.deployment.makeHost()
    } catch {
      let reason = error.report.messages.filter { !Host.printedNotices.contains($0) }
      result.failures.append(
        .init(
          expectation: nil, message: "the rules are refused", actual: reason, location: nil,
          step: error.report.title, path: []))
      return result
    }
    var run = ScenarioRun(scenario, on: host, environment)
    for (index, step) in scenario.steps.enumerated() {
      do {
        try run.perform(step: index)
      } catch {
        result.failures.append(
          .init(
            expectation: nil, message: error.reason, actual: [], location: step.location,
            step: step.action.title, path: []))
        break
      }
      check(step, run, &result)
    }
    result.assumptions = host.assumptions
    return result
  }

  private func check(
    _ step: Scenario.Step, _ run: ScenarioRun, _ result: inout ScenarioResult
  ) {
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
