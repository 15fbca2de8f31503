import Foundation
import PFSim

/// The result of one scenario.
struct ScenarioResult: Sendable {
  /// The scenario.
  var scenario: Scenario
  /// What is not as expected.
  var failures: [ScenarioRun.Failure]
  /// Why it could not run to its end.
  var error: String?
  /// How long it took, in seconds.
  var seconds: Double

  /// Whether everything is as expected.
  var passed: Bool { failures.isEmpty && error == nil }
}

/// Runs many scenarios on all cores.
enum ScenarioSuite {
  /// The results in the order of the scenarios.
  static func run(_ scenarios: [Scenario]) -> [ScenarioResult] {
    let results = Slots(count: scenarios.count)
    DispatchQueue.concurrentPerform(iterations: scenarios.count) { index in
      results.set(index, run(scenarios[index]))
    }
    return results.all
  }

  /// Runs one scenario.
  static func run(_ scenario: Scenario) -> ScenarioResult {
    let start = DispatchTime.now().uptimeNanoseconds
    let run = ScenarioRun(scenario)
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    return ScenarioResult(
      scenario: scenario, failures: run.failures, error: run.error, seconds: seconds)
  }

  /// Results that come from several threads.
  private final class Slots: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [ScenarioResult?]

    init(count: Int) { results = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ result: ScenarioResult) {
      lock.lock()
      results[index] = result
      lock.unlock()
    }

    var all: [ScenarioResult] { results.compactMap { $0 } }
  }
}
