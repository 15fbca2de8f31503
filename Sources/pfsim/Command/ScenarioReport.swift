import PFSim

/// A suite's results in the forms that people and CI systems read.
struct ScenarioReport {
  private let outcomes: [ScenarioOutcome]

  /// Reports results.
  init(_ outcomes: [ScenarioOutcome]) { self.outcomes = outcomes }

  private var results: [ScenarioResult] { outcomes.map(\.result) }

  /// The report in a form; text for forms that tests do not have.
  func text(_ format: OutputFormat) -> String {
    switch format {
    case .json: json.text(indented: true) + "\n"
    case .junit: junit
    case .tap: tap
    case .github: github + summary
    default: plain
    }
  }

  private var summary: String {
    let failed = results.count { !$0.passed }
    return "\(results.count - failed) passed, \(failed) failed\n"
  }

  private var plain: String {
    outcomes.map { outcome in
      let result = outcome.result
      return (result.passed ? "ok    " : "FAIL  ") + result.name + "\n"
        + result.failures.map { Self.indented(Self.details($0, in: result)) }.joined()
    }.joined() + summary
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)\n" }.joined()
  }

  /// A failure's place: the expectation's line, or the file where a step could not be taken.
  private static func place(
    of failure: ScenarioResult.Failure, in result: ScenarioResult
  ) -> String {
    failure.location.map { "\($0.file):\($0.line):\($0.column)" } ?? result.file
  }

  /// A failure with what was expected, what was found and the packet's way.
  private static func details(
    _ failure: ScenarioResult.Failure, in result: ScenarioResult
  ) -> String {
    ([place(of: failure, in: result) + ": " + message(failure)] + failure.path.map { "    \($0)" })
      .joined(separator: "\n")
  }

  /// What differs, without its place.
  private static func message(_ failure: ScenarioResult.Failure) -> String {
    guard let expectation = failure.expectation else {
      return (["\(failure.step): \(failure.message)"] + failure.actual).joined(separator: "\n    ")
    }
    let expected = expectation.expected.map(\.text)
    let head = "\(expectation.title) (\(failure.step)): "
    if !failure.message.isEmpty, failure.actual.isEmpty { return head + failure.message }
    guard expected.count > 1 || failure.actual.count > 1 else {
      return head + "expected '\(expected.first ?? "")', got '\(failure.actual.first ?? "")'"
    }
    let words = failure.message.isEmpty ? "differs" : failure.message
    return head + "\(words) (- expected, + got)" + lines(expected, failure.actual)
  }

  /// The lines of two texts: those of one only with a sign in front.
  private static func lines(_ old: [String], _ new: [String]) -> String {
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var text = ""
    var (left, right) = (0, 0)
    while left < old.count || right < new.count {
      if left < old.count, removed.contains(left) {
        text += "\n    - \(old[left])"
        left += 1
      } else if right < new.count, inserted.contains(right) {
        text += "\n    + \(new[right])"
        right += 1
      } else {
        text += "\n      \(new[right])"
        left += 1
        right += 1
      }
    }
    return text
  }

  private var json: JSONValue {
    var assumptions: [Assumption] = []
    for assumption in results.flatMap(\.assumptions) where !assumptions.contains(assumption) {
      assumptions.append(assumption)
    }
    return ReportDocument.make(
      assumptions: assumptions, [.init("scenarios", .array(results.map(Self.json)))])
  }

  private static func json(_ result: ScenarioResult) -> JSONValue {
    [
      "name": .string(result.name), "file": .string(result.file),
      "teaches": .string(result.teaches), "passed": .bool(result.passed),
      "checked": .integer(Int64(result.checked)),
      "failures": .array(result.failures.map(json)),
    ]
  }

  private static func json(_ failure: ScenarioResult.Failure) -> JSONValue {
    [
      "line": .optional(failure.location?.line), "column": .optional(failure.location?.column),
      "subject": .optional(failure.expectation?.title), "step": .string(failure.step),
      "message": .string(message(failure)),
      "expected": .array(failure.expectation?.expected.map { .string($0.text) } ?? []),
      "got": .array(failure.actual.map { .string($0) }),
    ]
  }

  private var tap: String {
    var text = "TAP version 13\n1..\(results.count)\n"
    for (index, result) in results.enumerated() {
      text += (result.passed ? "ok" : "not ok") + " \(index + 1) - \(result.name)\n"
      for failure in result.failures {
        for line in Self.details(failure, in: result).split(separator: "\n") {
          text += "# \(line)\n"
        }
      }
    }
    return text
  }

  private var github: String {
    results.flatMap { result in
      result.failures.map { failure in
        let place = failure.location.map { ",line=\($0.line),col=\($0.column)" } ?? ""
        return "::error file=\(result.file)\(place)::" + Self.escaped(Self.message(failure)) + "\n"
      }
    }.joined()
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "%": result += "%25"
      case "\n": result += "%0A"
      case "\r": result += "%0D"
      default: result.append(character)
      }
    }
  }

  private var junit: String {
    let failed = results.count { !$0.passed }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text += "<testsuites>\n"
    text += "  <testsuite name=\"pfsim\" tests=\"\(results.count)\" failures=\"\(failed)\">\n"
    for outcome in outcomes {
      let result = outcome.result
      text += "    <testcase name=\"\(Self.xml(result.name))\" "
      text += "classname=\"\(Self.xml(result.file))\" "
      text += "time=\"\(Double(Int(outcome.seconds * 1000)) / 1000)\""
      guard !result.passed else {
        text += "/>\n"
        continue
      }
      text += ">\n"
      for failure in result.failures {
        text += "      <failure message=\"\(Self.xml(Self.place(of: failure, in: result)))\">"
        text += Self.xml(Self.message(failure)) + "</failure>\n"
      }
      text += "    </testcase>\n"
    }
    return text + "  </testsuite>\n</testsuites>\n"
  }

  private static func xml(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      default: result.append(character)
      }
    }
  }
}
