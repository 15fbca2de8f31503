import Foundation
import PFSim

/// Writes what there was into a scenario's expected values.
enum ScenarioUpdate {
  /// Rewrites the expected values of a scenario that differ; comments and layout stay.
  ///
  /// Expectations that name some of several lines are left alone, since nobody can say which
  /// line was meant.
  /// - Throws: ``CommandFailure`` where the file cannot be read or written.
  static func apply(_ result: ScenarioResult) throws(CommandFailure) {
    let updatable = result.failures.filter { $0.expectation?.subject.canBeUpdated ?? false }
    guard !updatable.isEmpty else { return }
    var lines = try InputFile.text(of: result.file).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    // From the end, so that the places of those in front stay right.
    let ordered = updatable.sorted { left, right in
      let (one, other) = (left.location, right.location)
      return (one?.line ?? 0, one?.column ?? 0) > (other?.line ?? 0, other?.column ?? 0)
    }
    for failure in ordered { replace(failure, in: &lines) }
    let output = try OutputFile(result.file)
    try output.write(lines.joined(separator: "\n"))
    try output.finish()
  }

  private static func replace(_ failure: ScenarioResult.Failure, in lines: inout [String]) {
    guard let expectation = failure.expectation, let key = expectation.location,
      let first = expectation.expected.first?.location
    else { return }
    if first.line > key.line, first.column == 1 {
      let text = failure.actual.joined(separator: "\n")
      return replaceBlock(below: first.line - 2, with: text, in: &lines)
    }
    guard failure.actual.count == expectation.expected.count else { return }
    for (line, found) in zip(expectation.expected, failure.actual) where line.text != found {
      guard let place = line.location, lines.indices.contains(place.line - 1) else { continue }
      let new = found.components(separatedBy: "  |  ")[0]
      replaceScalar(line.text, at: place.column, with: new, in: &lines[place.line - 1])
    }
  }

  /// Replaces a scalar that stands on one line; what is behind it (a comment, the end of a list)
  /// stays.
  private static func replaceScalar(
    _ old: String, at column: Int, with new: String, in line: inout String
  ) {
    let head = line.prefix(max(0, column - 1))
    let rest = line.dropFirst(max(0, column - 1))
    for written in [old, quoted(old), "'\(old)'"] where rest.hasPrefix(written) {
      line = head + quoted(new) + rest.dropFirst(written.count)
      return
    }
  }

  /// A block begins below the line with its `|` and ends before a line that is indented less.
  private static func replaceBlock(
    below index: Int, with text: String, in lines: inout [String]
  ) {
    let first = index + 1
    guard lines.indices.contains(first) else { return }
    let indent = lines[first].prefix { $0 == " " }.count
    var end = first
    while end < lines.count,
      lines[end].isEmpty || lines[end].prefix(while: { $0 == " " }).count >= indent
    {
      end += 1
    }
    while end > first, lines[end - 1].isEmpty { end -= 1 }
    var content = text.split(separator: "\n", omittingEmptySubsequences: false)
    while content.last?.isEmpty == true { content.removeLast() }
    let space = String(repeating: " ", count: indent)
    lines.replaceSubrange(first..<end, with: content.map { $0.isEmpty ? "" : space + $0 })
  }

  /// The text as a YAML scalar.
  private static func quoted(_ text: String) -> String {
    let escaped = text.reduce(into: "") { result, character in
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return "\"\(escaped)\""
  }
}
