import PFSim

/// Scenarios as a page of documentation: what each teaches, and what happens in it.
struct ScenarioCookbook {
  private let scenarios: [Scenario]

  /// Describes scenarios, in their order.
  init(_ scenarios: [Scenario]) { self.scenarios = scenarios }

  /// The page in Markdown.
  var text: String {
    let stories = scenarios.filter { !Self.isTable($0) }
    let tables = scenarios.filter(Self.isTable)
    var text = """
      # Cookbook

      How a VM loses its network, or gets more of it than was meant, and what helps.

      ## Overview

      Each story is a scenario file that `pfsim test` runs: copy the one that is nearest to yours and
      change it. This page is made from the files by `pfsim test Scenarios --cookbook`.

      | story | what it teaches |
      |---|---|

      """
    for scenario in stories { text += "| \(scenario.name) | \(scenario.teaches.oneLine) |\n" }
    for scenario in stories { text += "\n" + section(scenario) }
    guard !tables.isEmpty else { return text }
    text += "\n## Softnet's tables\n\n| scenario | what it teaches |\n|---|---|\n"
    for scenario in tables {
      text += "| `\(scenario.file)` | \(scenario.teaches.oneLine) |\n"
    }
    return text
  }

  /// Whether a scenario is one of several that together are a table.
  private static func isTable(_ scenario: Scenario) -> Bool {
    scenario.name.hasPrefix("softnet, ")
  }

  private func section(_ scenario: Scenario) -> String {
    var text = "## \(scenario.name)\n\n\(scenario.teaches.oneLine)\n\n"
    var shown: Set<RulesFile> = []
    for (number, step) in scenario.steps.enumerated() {
      text += "\(number + 1). \(Self.sentence(step))\n"
      for file in step.action.rulesFiles where shown.insert(file).inserted {
        text += Self.block(file)
      }
    }
    return text + "\nThe file: `\(scenario.file)`\n"
  }

  /// A file's rules, as a part of the list's entry.
  private static func block(_ file: RulesFile) -> String {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
    let rules = lines.map { $0.isEmpty ? "" : "   \($0)" }.joined(separator: "\n")
    return "\n   ```\n" + rules + (file.text.hasSuffix("\n") ? "" : "\n") + "   ```\n\n"
  }

  /// What happens in a step, then what is expected.
  private static func sentence(_ step: Scenario.Step) -> String {
    let title = step.action.title
    let isCommand = title.hasPrefix("pfctl ") || title.hasPrefix("tart ")
    let what: String
    switch step.action {
    case .packet, .flow, .capture: what = "`\(title)`"
    default: what = isCommand ? "`\(title)`" : title
    }
    let expected = step.expectations.map(words)
    return expected.isEmpty ? what : what + " — " + expected.joined(separator: "; ")
  }

  private static func words(_ expectation: Expectation) -> String {
    let lines = expectation.expected.map(\.text)
    if expectation.subject == .show {
      return "`pfctl -s \(expectation.argument)` prints \(lines.count) lines"
    }
    guard !lines.isEmpty else { return "\(expectation.title): none" }
    return "\(expectation.title): " + lines.map { "`\($0)`" }.joined(separator: ", ")
  }
}

extension Scenario.Action {
  /// The files of rules that a pfctl command of the step loads, but for those of macOS.
  fileprivate var rulesFiles: [RulesFile] {
    guard case .events(let events) = self else { return [] }
    let all = events.flatMap { event in
      if case .pfctl(let line) = event { line.events } else { [event] }
    }
    return all.compactMap { event in
      guard case .load(var file) = event, StockRules.text(ofFile: file.name) == nil else {
        return nil
      }
      file.anchor = ""
      return file
    }
  }
}

extension String {
  /// The text without line feeds, in which a table's bars do no harm.
  fileprivate var oneLine: String {
    split(whereSeparator: \.isNewline).joined(separator: " ").replacing("|", with: "\\|")
  }
}
