import PFSim

/// A suite's results in the forms that people and CI systems read.
struct ScenarioReport {
  private let results: [ScenarioResult]

  /// Reports results.
  init(_ results: [ScenarioResult]) { self.results = results }

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
    results.map { result in
      (result.passed ? "ok    " : "FAIL  ") + result.scenario.name + "\n"
        + Self.messages(of: result).map { "  \($0.place): \($0.text)\n" }.joined()
    }.joined() + summary
  }

  /// What went wrong, with its place in the file.
  private static func messages(of result: ScenarioResult) -> [(place: String, text: String)] {
    let file = result.scenario.file
    var list = result.failures.map { failure in
      let expectation = failure.expectation
      return (
        "\(file):\(expectation.line):\(expectation.column)",
        "\(expectation.subject.name) (\(failure.context)): " + Self.difference(failure)
      )
    }
    if let error = result.error { list.append((file, error)) }
    return list
  }

  /// Expected and got, line by line where either has several lines.
  private static func difference(_ failure: ScenarioRun.Failure) -> String {
    let expected = failure.expectation.expected
    guard expected.contains("\n") || failure.got.contains("\n") else {
      return "expected '\(expected)', got '\(failure.got)'"
    }
    let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let new = failure.got.split(separator: "\n", omittingEmptySubsequences: false)
    let changes = new.difference(from: old)
    var lines: [String] = []
    for change in changes {
      switch change {
      case .remove(let offset, let line, _): lines.append("\n    -\(offset + 1): \(line)")
      case .insert(let offset, let line, _): lines.append("\n    +\(offset + 1): \(line)")
      }
    }
    return "differs (- expected, + got)" + lines.joined()
  }

  private var json: JSONValue {
    ReportDocument.make(
      assumptions: [],
      [
        .init(
          "scenarios",
          .array(
            results.map { result in
              [
                "name": .string(result.scenario.name), "file": .string(result.scenario.file),
                "passed": .bool(result.passed),
                "failures": .array(
                  result.failures.map { failure in
                    [
                      "line": .integer(Int64(failure.expectation.line)),
                      "column": .integer(Int64(failure.expectation.column)),
                      "subject": .string(failure.expectation.subject.name),
                      "context": .string(failure.context),
                      "expected": .string(failure.expectation.expected),
                      "got": .string(failure.got),
                    ]
                  }),
                "error": .optional(result.error),
              ]
            }))
      ])
  }

  private var tap: String {
    var text = "TAP version 13\n1..\(results.count)\n"
    for (index, result) in results.enumerated() {
      text += (result.passed ? "ok" : "not ok") + " \(index + 1) - \(result.scenario.name)\n"
      for message in Self.messages(of: result) {
        for line in "\(message.place): \(message.text)".split(separator: "\n") {
          text += "# \(line)\n"
        }
      }
    }
    return text
  }

  private var github: String {
    results.flatMap { result in
      result.failures.map { failure in
        let place = failure.expectation
        return "::error file=\(result.scenario.file),line=\(place.line),col=\(place.column)::"
          + Self.escaped(
            "\(place.subject.name) (\(failure.context)): \(Self.difference(failure))") + "\n"
      } + (result.error.map { ["::error file=\(result.scenario.file)::\(Self.escaped($0))\n"] } ?? [])
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
    for result in results {
      text += "    <testcase name=\"\(Self.xml(result.scenario.name))\" "
      text += "classname=\"\(Self.xml(result.scenario.file))\" "
      text += "time=\"\(Double(Int(result.seconds * 1000)) / 1000)\""
      let messages = Self.messages(of: result)
      guard !messages.isEmpty else {
        text += "/>\n"
        continue
      }
      text += ">\n"
      for message in messages {
        text += "      <failure message=\"\(Self.xml(message.place))\">"
        text += Self.xml(message.text) + "</failure>\n"
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
