/// The edits of findings, put together for one file.
///
/// Edits that touch the same lines as an earlier one are left out: another run finds them again.
public struct RuleFixes: Sendable {
  /// The lines of the file, without line feeds.
  private let lines: [String]
  private let lacksLastLineFeed: Bool
  /// The edits, in the order of the lines, which do not overlap.
  private let edits: [Finding.Edit]

  /// Collects the edits that findings offer for a file.
  public init(_ findings: [Finding], file: String, text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lacksLastLineFeed = lines.last != ""
    if !lacksLastLineFeed { lines.removeLast() }
    self.lines = lines
    var chosen: [Finding.Edit] = []
    for edit in findings.flatMap({ $0.fix?.edits ?? [] }) where edit.file == file {
      var edit = edit
      edit.line = min(edit.line, lines.count + 1)
      edit.removed = min(max(0, edit.removed), lines.count + 1 - edit.line)
      if edit.line > 0, !chosen.contains(where: { Self.overlap($0, edit) }) { chosen.append(edit) }
    }
    edits = chosen.sorted { $0.line < $1.line }
  }

  private static func overlap(_ one: Finding.Edit, _ other: Finding.Edit) -> Bool {
    one.line == other.line
      || one.line < other.line + other.removed && other.line < one.line + one.removed
  }

  /// Whether there is nothing to change.
  public var isEmpty: Bool { edits.isEmpty }

  /// The file's text after the edits; it ends in a line feed.
  public var text: String {
    var result = lines
    for edit in edits.reversed() {
      let start = edit.line - 1
      result.replaceSubrange(start..<(start + edit.removed), with: edit.inserted)
    }
    return result.joined(separator: "\n") + "\n"
  }

  /// The edits as a unified diff with three lines around them.
  public func diff(file: String) -> String {
    var text = "--- \(file)\n+++ \(file)\n"
    var shift = 0
    var next = 0
    while next < edits.count {
      let first = next
      while next + 1 < edits.count, gap(next) <= 2 * Self.context { next += 1 }
      next += 1
      text += hunk(edits[first..<next], &shift)
    }
    return text
  }

  private static let context = 3

  /// The number of lines between an edit and the one behind it.
  private func gap(_ index: Int) -> Int {
    edits[index + 1].line - edits[index].line - edits[index].removed
  }

  private func hunk(_ edits: ArraySlice<Finding.Edit>, _ shift: inout Int) -> String {
    guard let first = edits.first, let last = edits.last else { return "" }
    let start = max(0, first.line - 1 - Self.context)
    let end = min(lines.count, last.line - 1 + last.removed + Self.context)
    var body = ""
    var position = start
    var grown = 0
    for edit in edits {
      for line in lines[position..<(edit.line - 1)] { body += " \(line)\n" }
      position = edit.line - 1 + edit.removed
      for line in lines[(edit.line - 1)..<position] { body += "-\(line)\n" }
      if lacksLastLineFeed, position == lines.count, edit.removed > 0 {
        body += "\\ No newline at end of file\n"
      }
      for line in edit.inserted { body += "+\(line)\n" }
      grown += edit.inserted.count - edit.removed
    }
    for line in lines[position..<end] { body += " \(line)\n" }
    let count = end - start
    let head = "@@ -\(start + 1),\(count) +\(start + 1 + shift),\(count + grown) @@\n"
    shift += grown
    return head + body
  }
}
