import Foundation
import PFSim

/// The result of one scenario with the time it took.
struct ScenarioOutcome: Sendable {
  /// The scenario.
  var scenario: Scenario
  /// What running it gave.
  var result: ScenarioResult
  /// How long it took, in seconds.
  var seconds: Double
}

/// Runs many scenarios on all cores.
enum ScenarioSuite {
  /// The results in the order of the scenarios.
  /// - Parameter root: The folder that captures must lie in; nil for no limit.
  static func run(_ scenarios: [Scenario], root: String? = nil) -> [ScenarioOutcome] {
    let results = Slots(count: scenarios.count)
    DispatchQueue.concurrentPerform(iterations: scenarios.count) { index in
      results.set(index, run(scenarios[index], root: root))
    }
    return results.all
  }

  /// Runs one scenario.
  static func run(_ scenario: Scenario, root: String? = nil) -> ScenarioOutcome {
    let start = DispatchTime.now().uptimeNanoseconds
    let runner = ScenarioRunner(environment: environment(of: scenario, root: root))
    let result = runner.run(scenario)
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    return ScenarioOutcome(scenario: scenario, result: result, seconds: seconds)
  }

  /// Captures lie beside the scenario, and within the root where there is one.
  private static func environment(of scenario: Scenario, root: String?) -> ScenarioEnvironment {
    let folder = HostDescription.folder(of: scenario.file)
    return ScenarioEnvironment { name in
      let path = name.hasPrefix("/") ? name : folder + name
      guard root != nil else { return .success(path) }
      do throws(CommandFailure) {
        _ = try InputFile(root: root).bytes(named: path)
        return .success(path)
      } catch {
        return .failure(.init(error.message))
      }
    }
  }

  /// Results that come from several threads.
  private final class Slots: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [ScenarioOutcome?]

    init(count: Int) { results = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ result: ScenarioOutcome) {
      lock.withLock { results[index] = result }
    }

    var all: [ScenarioOutcome] { results.compactMap { $0 } }
  }
}
