import PFSim

/// Writes what there was into a scenario's expected values.
enum ScenarioUpdate {
  /// Rewrites the blocks of text and the plain values of a scenario that differ.
  /// - Throws: ``CommandFailure`` where the file cannot be read or written.
  static func apply(_ result: ScenarioResult) throws(CommandFailure) {
    let updatable = result.failures.filter { failure in
      switch failure.expectation.subject {
      case .finding, .message: false
      default: true
      }
    }
    guard !updatable.isEmpty else { return }
    let file = result.scenario.file
    var lines = try InputFile.text(of: file).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    for failure in updatable.sorted(by: { $0.expectation.line > $1.expectation.line }) {
      replace(failure, in: &lines)
    }
    let output = try OutputFile(file)
    try output.write(lines.joined(separator: "\n"))
    try output.finish()
  }

  private static func replace(_ failure: ScenarioRun.Failure, in lines: inout [String]) {
    let expectation = failure.expectation
    let index = expectation.line - 1
    guard lines.indices.contains(index) else { return }
    if expectation.isBlock {
      replaceBlock(below: index, with: failure.got, in: &lines)
      return
    }
    let line = lines[index]
    let head = line.prefix(max(0, expectation.column - 1))
    // Only a value that ends its line can be replaced without reading YAML again.
    let written = line.dropFirst(head.count)
    guard written == expectation.expected || written == quoted(expectation.expected) else { return }
    lines[index] = head + quoted(failure.got)
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
