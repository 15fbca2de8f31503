import Testing

@testable import PFSim
@testable import PFSimCommand

/// Changes every expected value of every scenario file, one at a time, in the file's text.
///
/// Each run must fail at that very line: an expectation that survives a change asserts nothing.
@Suite("Mutated scenario files")
struct MutationTests {
  @Test("a changed value fails at its own line", arguments: try ScenarioSuiteTests.files())
  func everyChange(_ file: String) throws {
    let text = try InputFile.text(of: file)
    let scenario = try ScenarioReader.read(text, file: file)
    for expectation in scenario.steps.flatMap(\.expectations) {
      for change in try ExpectedValue.all(of: expectation, in: text).flatMap(\.changes) {
        let outcome = ScenarioSuite.run(try ScenarioReader.read(change.text, file: file))
        let lines = outcome.result.failures.map { $0.location?.line }
        #expect(lines == [change.line], "\(file):\(change.line): \(change.description)")
        let report = ScenarioReport([outcome]).text(.text)
        #expect(report.contains("  \(file):\(change.line):"), "\(change.description)")
      }
    }
  }

  @Test("an entry that is left out of a list fails", arguments: try ScenarioSuiteTests.files())
  func everyOmission(_ file: String) throws {
    let scenario = try ScenarioReader.read(file)
    for (step, content) in scenario.steps.enumerated() {
      for (index, expectation) in content.expectations.enumerated() {
        guard expectation.subject.canBeUpdated, expectation.expected.count > 1 else { continue }
        for line in expectation.expected.indices {
          var mutated = scenario
          mutated.steps[step].expectations[index].expected.remove(at: line)
          let lines = ScenarioSuite.run(mutated).result.failures.compactMap { $0.location?.line }
          let places = expectation.expected.map { $0.location?.line } + [expectation.location?.line]
          #expect(lines.count == 1 && places.contains(lines[0]), "\(file) \(expectation.title)")
        }
      }
    }
  }

  @Test("there is enough to change")
  func count() throws {
    let scenarios = try ScenarioSuiteTests.all()
    #expect(scenarios.count >= 48)
    #expect(scenarios.flatMap(\.steps).flatMap(\.expectations).count >= 283)
    #expect(scenarios.flatMap(\.steps).allSatisfy { $0.location != nil })
    let places = scenarios.flatMap(\.steps).flatMap(\.expectations).map(\.location)
    #expect(places.allSatisfy { $0 != nil })
  }
}

/// An expected value where it stands in a file's text.
struct ExpectedValue {
  /// The text changed at one place.
  struct Change {
    var text: String
    var line: Int
    var description: String
  }

  /// The number of the line, from 1, and the value's first and last character in it, from 0.
  var line: Int
  var range: Range<Int>
  /// What is put into the line.
  private var insertion = "z"
  private var lines: [Substring]

  private init(line: Int, range: Range<Int>, lines: [Substring], insertion: String = "z") {
    self.line = line
    self.range = range
    self.lines = lines
    self.insertion = insertion
  }

  /// Something else in front of the value, and something behind it.
  var changes: [Change] {
    guard !range.isEmpty else { return [change(at: range.lowerBound, "an entry for nothing")] }
    return [
      change(at: range.lowerBound, "something in front"),
      change(at: range.upperBound, "something behind"),
    ]
  }

  private func change(at offset: Int, _ what: String) -> Change {
    var lines = lines.map(String.init)
    let old = lines[line - 1]
    lines[line - 1].insert(contentsOf: insertion, at: old.index(old.startIndex, offsetBy: offset))
    return Change(
      text: lines.joined(separator: "\n"), line: line,
      description: "\(what): \(old) -> \(lines[line - 1])")
  }

  /// The values of an expectation; the brackets of an empty list count as an empty value.
  static func all(
    of expectation: PFSim.Expectation, in text: String
  ) throws -> [ExpectedValue] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard !expectation.expected.isEmpty else {
      let key = try #require(expectation.location)
      let content = String(lines[key.line - 1])
      let tail = content.dropFirst(key.column - 1)
      let brackets = try #require(tail.range(of: "[]"))
      let offset = content.distance(from: content.startIndex, to: brackets.lowerBound) + 1
      return [ExpectedValue(line: key.line, range: offset..<offset, lines: lines)]
    }
    return try expectation.expected.map { value in
      let place = try #require(value.location)
      let content = lines[place.line - 1]
      if value.text.isEmpty {
        // An empty line of a block; what comes into it is indented as the line before.
        let indent = lines[place.line - 2].prefix { $0 == " " }
        return ExpectedValue(line: place.line, range: 0..<0, lines: lines, insertion: indent + "z")
      }
      let tail = content.dropFirst(place.column - 1)
      let found = try #require(
        tail.range(of: value.text), "\(place): \(value.text) stands not in: \(content)")
      let start = content.distance(from: content.startIndex, to: found.lowerBound)
      return ExpectedValue(
        line: place.line, range: start..<start + value.text.count, lines: lines)
    }
  }
}
